// The page of changes: where map.js, panel.js and card.js tell one verdict, two are told here.
// These functions stand in for those of the same name before them: the last one counts.
HATCHES.same = () => false;
HATCHES.rules = (x, y) => (y & 3) < 1;

const turnWords = (data, one) => ({
  zh: `${data.verdicts[one.was].zh} → ${data.verdicts[one.now].zh}`,
  en: `${data.verdicts[one.was].en} → ${data.verdicts[one.now].en}`,
});

function legendRow(paint, painted, words, area, total) {
  return node("tr", { "data-painted": painted },
    node("th", { scope: "row" }, swatch(painted, paint[painted]), node("span", {}, ...both(words))),
    node("td", {}, area.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })),
    node("td", {}, total ? `${round(100 * area / total, 1)}%` : "–"));
}

// Old and new verdict of every activity, the largest ground first, then what stays.
function fillLegend(data, paint) {
  byId("legend-title").replaceChildren("变化（按新结论着色）", node("small", {}, "Change, coloured by new verdict"));
  const table = byId("legend");
  table.append(node("thead", {}, node("tr", {}, node("th", { scope: "col" }, "原 → 新"),
    node("th", { scope: "col" }, "公顷", node("small", {}, "ha")), node("th", { scope: "col" }, "占比"))));
  for (const activity of data.activities) {
    const total = Object.values(activity.hectares).reduce((sum, one) => sum + one, 0);
    const rows = activity.turns.map((one) =>
      legendRow(paint, one.now, turnWords(data, one), one.hectares, total));
    for (const stays of ["rules", "same"]) {
      const area = activity.hectares[stays];
      if (area || stays === "same") rows.push(legendRow(paint, stays, data.verdicts[stays], area, total));
    }
    table.append(node("tbody", { "data-activity": activity.key, hidden: "" }, ...rows));
  }
  byId("limits").before(node("p", { class: "fine", id: "exact" },
    "公顷按精确边界计算；窄于栅格单元的变化在图上可能不可见，见 changes.gpkg。",
    node("small", { lang: "en" }, "Hectares are exact; a change narrower than a cell may not show on the map: see changes.gpkg.")));
}

function showHectares(activity) {
  for (const body of byId("legend").querySelectorAll("tbody")) {
    body.hidden = body.dataset.activity !== activity.key;
  }
}

function turnChips(data, reason) {
  if (reason.a.verdict === reason.b.verdict) return [chip(data, reason.b.verdict)];
  return [chip(data, reason.a.verdict), node("span", { class: "arrow" }, "→"), chip(data, reason.b.verdict)];
}

function sideBlock(data, name, half) {
  const side = data.sides[name], told = { rules: side.rules };
  return node("section", { "data-side": name, "data-verdict": half.verdict },
    node("h3", {}, name === "a" ? "原：A 侧" : "新：B 侧",
      node("small", { lang: "en" }, `side ${name.toUpperCase()} · ${side.given}`)),
    node("p", {}, chip(data, half.verdict)),
    half.causes.length ? node("ul", { class: "causes" },
      ...half.causes.map((one) => node("li", { "data-cause": one }, ...both(caused(data, one))))) : "",
    half.rules.length ? node("ul", { class: "rules" }, ...half.rules.map((one) => ruleItem(told, one))) : "");
}

function changedBy(data, reason) {
  if (!reason.by.length && !reason.layers.length) return "";
  return block("变化由此引起", "Changed by", node("p", { class: "by" },
    ...reason.by.map((one) => node("code", { "data-by": one }, one))),
    reason.layers.length ? node("p", { class: "fine" }, "两日图层不同 layers differ: ",
      reason.layers.map((one) => (data.themes[one] || { zh: one }).zh).join("、")) : "");
}

function cellCard(data, grid, at, actions) {
  const activity = data.activities[actions.chosen()];
  const row = grid.row(at.line, at.col);
  if (row === null) {
    return [closer(actions.close), node("p", { class: "outside" }, "研究区外，未作判定",
      node("small", { lang: "en" }, "outside the study area: nothing is judged"))];
  }
  const reason = activity.reasons[activity.rows[row]];
  const stays = data.verdicts[reason.verdict];
  return [
    closer(actions.close),
    node("header", {}, node("div", { class: "turn" }, ...turnChips(data, reason)),
      reason.a.verdict === reason.b.verdict ? node("p", { class: "stays" }, ...both(stays)) : "",
      node("p", { class: "of" }, ...both(activity.name))),
    limitLine(data, reason.b.verdict),
    node("p", { class: "fine" }, "该栅格单元中心的判定", node("small", { lang: "en" },
      `judged at the centre of this ${round(grid.meta.resolution_m, 0)} m cell`)),
    measures([["点击处 clicked", `${round(at.lon, 6)}°E, ${round(at.lat, 6)}°N`]]),
    changedBy(data, reason),
    sideBlock(data, "b", reason.b),
    sideBlock(data, "a", reason.a),
    block("此处各项活动", "Every activity here", node("ul", { class: "others" },
      ...data.activities.map((one, place) => node("li", {}, node("button", {
        type: "button", click: () => actions.choose(place),
        "aria-pressed": String(place === actions.chosen()),
      }, node("span", {}, ...both(one.name)),
      node("span", { class: "turn" }, ...turnChips(data, one.reasons[one.rows[row]]))))))),
  ];
}
