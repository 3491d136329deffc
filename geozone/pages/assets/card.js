// What a place or a proposal is told: a card built of text nodes only, never of markup.
function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "click") made.addEventListener("click", value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

// A text in both languages: Chinese first, English smaller behind or beneath.
const both = (text, tag = "small") =>
  [text.zh || text.en || "", text.zh && text.en ? node(tag, { lang: "en" }, text.en) : ""];

const round = (value, places) => value.toLocaleString("en-US",
  { minimumFractionDigits: places, maximumFractionDigits: places, useGrouping: false });

function chip(data, verdict) {
  return node("span", { class: `chip ${verdict}` }, node("b", { "aria-hidden": "true" },
    data.verdicts[verdict].mark), ...both(data.verdicts[verdict]));
}

// A code of the vocabulary in words; `code:theme` names the theme behind.
function caused(data, code) {
  const at = code.indexOf(":");
  const cause = at < 0 ? code : code.slice(0, at), theme = at < 0 ? null : code.slice(at + 1);
  const name = data.causes[cause] || { zh: cause, en: cause };
  const of = theme && (data.themes[theme] || { zh: theme, en: theme });
  return of ? { zh: `${of.zh}：${name.zh}`, en: `${of.en}: ${name.en}` } : name;
}

// What has to be shown, each fact once with the rules that ask for it.
function needed(data, needs) {
  const asked = new Map();
  for (const need of needs) {
    const at = need.indexOf(":"), fact = need.slice(at + 1);
    if (!asked.has(fact)) asked.set(fact, []);
    if (at >= 0) asked.get(fact).push(need.slice(0, at));
  }
  return [...asked].map(([fact, rules]) => node("li", {}, ...both(data.facts[fact] || { zh: fact, en: fact }),
    ...rules.map((rule) => node("code", {}, rule))));
}

function block(zh, en, ...children) {
  return node("section", {}, node("h3", {}, zh, node("small", { lang: "en" }, en)), ...children);
}

function ruleItem(data, id) {
  const rule = data.rules[id] || { says: {}, cite: "", office: {} };
  const office = rule.office || {};
  return node("li", { "data-rule": id },
    node("code", {}, id),
    node("p", {}, ...both(rule.says, "span")),
    node("p", { class: "fine" }, rule.cite ? `依据：${rule.cite}` : ""),
    node("p", { class: "fine" }, office.zh || office.en ? "责任机关：" : "", ...both(office)));
}

const limitLine = (data, verdict) =>
  verdict === "allowed" ? node("p", { class: "limit" }, ...both(data.limits)) : "";

function closer(close) {
  return node("button", { type: "button", class: "close", "aria-label": "关闭 / close", click: close }, "×");
}

function measures(pairs) {
  return node("dl", {}, ...pairs.flatMap(([name, value]) =>
    [node("dt", {}, name), node("dd", {}, value)]));
}

function cellCard(data, grid, at, actions) {
  const activity = data.activities[actions.chosen()];
  const row = grid.row(at.line, at.col);
  if (row === null) {
    return [closer(actions.close), node("p", { class: "outside" }, "研究区外，未作判定",
      node("small", { lang: "en" }, "outside the study area: nothing is judged"))];
  }
  const reason = activity.reasons[activity.rows[row]];
  const [x, y] = grid.centre(at.line, at.col), [lon, lat] = grid.ground.inverse(x, y);
  return [
    closer(actions.close),
    node("header", {}, chip(data, reason.verdict), node("p", { class: "of" }, ...both(activity.name))),
    limitLine(data, reason.verdict),
    node("p", { class: "fine" }, "该栅格单元中心的判定", node("small", { lang: "en" },
      `judged at the centre of this ${round(grid.meta.resolution_m, 0)} m cell`)),
    measures([
      ["点击处 clicked", `${round(at.lon, 6)}°E, ${round(at.lat, 6)}°N`],
      ["单元中心 centre", `${round(lon, 6)}°E, ${round(lat, 6)}°N`],
      ["X（北）north", `${round(y, 2)} m`],
      ["Y（东）east", `${round(x, 2)} m`],
    ]),
    reason.causes.length ? block("原因", "Causes", node("ul", { class: "causes" },
      ...reason.causes.map((one) => node("li", { "data-cause": one }, ...both(caused(data, one)))))) : "",
    reason.rules.length ? block("适用规定", "Deciding rules", node("ul", { class: "rules" },
      ...reason.rules.map((one) => ruleItem(data, one)))) : "",
    reason.needs.length && reason.verdict !== "prohibited" ? block("须出示", "To be shown",
      node("ul", { class: "needs" }, ...needed(data, reason.needs))) : "",
    block("此处各项活动", "Every activity here", node("ul", { class: "others" },
      ...data.activities.map((one, place) => node("li", {}, node("button", {
        type: "button", click: () => actions.choose(place),
        "aria-pressed": String(place === actions.chosen()),
      }, node("span", {}, ...both(one.name)), chip(data, one.reasons[one.rows[row]].verdict)))))),
  ];
}

function findingItem(data, one) {
  const theme = one.theme && (data.themes[one.theme] || { zh: one.theme, en: one.theme });
  const facts = [];
  if (one.distance_m !== null) facts.push(["距离 distance", `${round(one.distance_m, 2)} m`]);
  if (one.limit_m) facts.push(["限距 limit", `${round(one.limit_m, 0)} m`]);
  if (one.overlap_m2) facts.push(["涉及面积 shared", `${round(one.overlap_m2, 2)} m²`]);
  return node("li", { "data-rule": one.rule },
    node("p", {}, node("code", {}, one.rule), chip(data, one.verdict), theme ? theme.zh : ""),
    facts.length ? measures(facts) : "",
    node("p", {}, ...both(one.says, "span")),
    node("p", { class: "fine" }, one.cite ? `依据：${one.cite}` : ""));
}

function gapItem(data, one) {
  const text = caused(data, one.theme ? `${one.cause}:${one.theme}` : one.cause);
  const fact = one.fact && (data.facts[one.fact] || { zh: one.fact, en: one.fact });
  return node("li", { "data-cause": one.cause }, ...both(text), one.rule ? node("code", {}, one.rule) : "",
    fact ? node("p", { class: "fine" }, ...both(fact)) : "",
    one.margin_m === null ? "" : node("p", { class: "fine" }, `余量 margin ${round(one.margin_m, 2)} m`));
}

function proposalCard(data, one, actions) {
  return [
    closer(actions.close),
    node("header", {}, chip(data, one.verdict),
      node("p", { class: "of" }, one.id, one.name && one.name !== one.id ? ` ${one.name}` : ""),
      node("p", { class: "fine" }, ...both(one.activity_name))),
    limitLine(data, one.verdict),
    one.ground === one.verdict ? "" : measures([["选址层面 ground",
      `${data.verdicts[one.ground].zh} ${data.verdicts[one.ground].en}`]]),
    one.findings.length ? block("触及的规定", "Findings", node("ul", { class: "rules" },
      ...one.findings.map((each) => findingItem(data, each)))) : "",
    one.gaps.length ? block("需核实", "Open", node("ul", { class: "causes" },
      ...one.gaps.map((each) => gapItem(data, each)))) : "",
  ];
}
