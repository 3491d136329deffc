// The panel beside the map: activities, legend, coordinates, proposals, sources.
const byId = (id) => document.getElementById(id);

function shares(data, activity) {
  const total = Object.values(activity.hectares).reduce((sum, one) => sum + one, 0);
  if (!total) return "";
  const bar = node("span", { class: "bar", "aria-hidden": "true" });
  for (const verdict of Object.keys(data.verdicts)) {
    const part = node("i", { class: verdict });
    part.style.flexGrow = String((activity.hectares[verdict] || 0) / total);
    bar.append(part);
  }
  return bar;
}

function fillHead(data) {
  document.title = data.title.zh || data.title.en;
  byId("title").textContent = data.title.zh || data.title.en;
  byId("subtitle").textContent = data.title.zh && data.title.en !== data.title.zh ? data.title.en || "" : "";
  byId("decided").append("决策日期 ", node("b", {}, data.on), node("small", { lang: "en" }, "decision date"));
  for (const [code, name] of Object.entries(data.places)) {
    byId("decided").append(node("span", { class: "place" }, `${name.zh || name.en}（${code}）`));
  }
  byId("limits").append(...both(data.limits));
  if (data.synthetic) {
    byId("sample").hidden = false;
    byId("sample").append(...both(data.sample));
  }
}

function fillActivities(data, choose) {
  const list = byId("activities");
  data.activities.forEach((activity, place) => {
    const input = node("input", { type: "radio", name: "activity", id: `activity-${place}`, value: place });
    input.addEventListener("change", () => choose(place));
    list.append(node("label", { class: "activity", for: `activity-${place}` }, input,
      node("span", {}, ...both(activity.name), shares(data, activity))));
  });
}

function fillLegend(data, paint) {
  const table = byId("legend");
  table.append(node("thead", {}, node("tr", {}, node("th", { scope: "col" }, "结论"),
    node("th", { scope: "col" }, "公顷", node("small", {}, "ha")), node("th", { scope: "col" }, "占比"))));
  const body = node("tbody");
  for (const [verdict, name] of Object.entries(data.verdicts)) {
    body.append(node("tr", { "data-verdict": verdict },
      node("th", { scope: "row" }, swatch(verdict, paint[verdict]), node("span", {}, ...both(name))),
      node("td", {}), node("td", {})));
  }
  table.append(body);
}

function showHectares(activity) {
  const total = Object.values(activity.hectares).reduce((sum, one) => sum + one, 0);
  for (const row of byId("legend").querySelectorAll("tbody tr")) {
    const area = activity.hectares[row.dataset.verdict] || 0, [ha, share] = row.querySelectorAll("td");
    ha.textContent = total ? area.toLocaleString("en-US",
      { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : "–";
    share.textContent = total ? `${round(100 * area / total, 1)}%` : "–";
    row.classList.toggle("none", !area);
  }
}

function fillScore(score, paint, show) {
  const input = byId("score-shown");
  byId("score-box").hidden = false;
  byId("score-title").append(...both(score.title));
  for (const one of score.classes) {
    byId("score-legend").append(node("tr", { "data-class": one.code },
      node("th", { scope: "row" }, swatch(one.code, paint[one.code]), node("span", {}, ...both(one))),
      node("td", {}, one.hectares.toLocaleString("en-US",
        { minimumFractionDigits: 2, maximumFractionDigits: 2 }))));
  }
  for (const note of score.notes) byId("score-notes").append(node("li", { class: "fine" }, ...both(note)));
  input.addEventListener("change", () => show(input.checked));
}

function fillProposals(data, show) {
  byId("proposals-box").hidden = !data.proposals.length;
  data.proposals.forEach((one, place) => byId("proposals").append(node("li", {},
    node("button", { type: "button", "data-proposal": place, click: () => show(place, true) },
      node("span", {}, one.id, one.name && one.name !== one.id ? node("small", {}, one.name) : "",
        node("small", {}, one.activity_name.zh || one.activity_name.en)),
      chip(data, one.verdict)))));
}

function fillSources(data) {
  for (const one of data.policies) {
    byId("policies").append(node("li", {}, node("code", {}, one.id), ...both(one.title),
      one.number ? node("small", {}, one.number) : ""));
  }
  for (const one of data.attributions) byId("sources").append(node("li", { class: "fine" }, one));
  byId("engine").textContent = [data.engine, "面积为椭球面积 / areas are ellipsoidal"].filter(Boolean).join(" · ");
}

function onFind(go) {
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const numbers = byId("lonlat").value.split(/[\s,，;；]+/).filter(Boolean).map(Number);
    const fits = numbers.length === 2 && numbers.every(Number.isFinite)
      && Math.abs(numbers[0]) <= 180 && Math.abs(numbers[1]) < 85;
    byId("find-fault").hidden = fits;
    if (fits) go(numbers[0], numbers[1]);
  });
}

function onFold(map) {
  const panel = byId("panel"), button = byId("fold");
  const label = (open) => {
    button.textContent = open ? "收起图例" : "图层与图例";
    button.setAttribute("aria-expanded", String(open));
    panel.classList.toggle("folded", !open);
    map.invalidateSize();
  };
  button.addEventListener("click", () => label(panel.classList.contains("folded")));
  label(!window.matchMedia("(max-width: 760px)").matches);
}
