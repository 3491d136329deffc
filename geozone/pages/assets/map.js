// The page: data out of its blocks, layers onto the frame's map, clicks to cards.
const read = (id) => JSON.parse(byId(id).textContent);
const verdictTable = (list) => Object.fromEntries(list.map((one) => [one.code, one]));

function graticule(map) {
  const lines = L.layerGroup().addTo(map);
  const steps = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
  function label(place, words, kind) {
    const icon = L.divIcon({ className: `degree ${kind}`, html: node("span", {}, words), iconSize: null });
    L.marker(place, { icon, interactive: false, keyboard: false }).addTo(lines);
  }
  function draw() {
    lines.clearLayers();
    const seen = map.getBounds(), wide = map.getSize().x;
    const wanted = (seen.getEast() - seen.getWest()) * 130 / Math.max(wide, 1);
    const step = steps.filter((one) => one >= wanted).pop() || 10;
    const style = { color: "#7d8894", weight: 0.6, opacity: 0.45, interactive: false, dashArray: "2 4" };
    const places = Math.max(0, Math.ceil(-Math.log10(step)));
    for (let at = Math.ceil(seen.getWest() / step); at * step < seen.getEast(); at++) {
      L.polyline([[seen.getSouth(), at * step], [seen.getNorth(), at * step]], style).addTo(lines);
      const apart = map.latLngToContainerPoint([seen.getNorth(), at * step]).x;
      if (apart < wide - 56) label([seen.getNorth(), at * step], `${round(at * step, places)}°E`, "lon");
    }
    for (let at = Math.ceil(seen.getSouth() / step); at * step < seen.getNorth(); at++) {
      L.polyline([[at * step, seen.getWest()], [at * step, seen.getEast()]], style).addTo(lines);
      label([at * step, seen.getEast()], `${round(at * step, places)}°N`, "lat");
    }
  }
  map.on("moveend resize", draw);
  draw();
}

function addOutline(map, outline) {
  const layer = L.geoJSON(outline, { interactive: false,
    style: { color: "#26323d", weight: 1.6, fill: false, opacity: 0.85 } }).addTo(map);
  map.fitBounds(layer.getBounds(), { padding: [24, 24], animate: false });
  return layer.getBounds();
}

function addProposals(map, data, show) {
  return data.proposals.map((one, place) => {
    const { colour, mark } = data.verdicts[one.verdict];
    const pin = () => L.divIcon({ className: `pin ${one.verdict}`, iconSize: [24, 24],
      html: node("span", {}, mark) });
    const marker = (at) => L.marker(at, { icon: pin(), riseOnHover: true, keyboard: true });
    const layer = L.geoJSON(one.geometry, {
      style: { color: "#1d2730", weight: 2, fillColor: colour, fillOpacity: 0.35 },
      pointToLayer: (_, at) => marker(at),
    }).addTo(map);
    if (!/Point/.test(one.geometry.type)) layer.addLayer(marker(layer.getBounds().getCenter()));
    layer.on("click", (event) => { L.DomEvent.stopPropagation(event); show(place, false); });
    layer.on("keypress", (event) => { if (event.originalEvent.key === "Enter") show(place, false); });
    layer.eachLayer((each) => {
      const drawn = each.getElement && each.getElement();
      if (drawn) drawn.setAttribute("aria-label", `${one.id} ${data.verdicts[one.verdict].zh}`);
    });
    return layer;
  });
}

// Classes of suitability, above the zones, where somebody asks for them.
function addScore(map, score, grid, bounds) {
  const paint = paints(Object.fromEntries(score.classes.map((one) => [one.code, one.colour])));
  const names = [];
  for (const one of score.classes) names[one.value] = one.code;
  const layer = new ZoneLayer(grid, names, paint,
    { bounds, opacity: 0.95, keepBuffer: 1, zIndex: 5 });
  fillScore(score, paint, (shown) => shown ? layer.addTo(map) : layer.remove());
}

function start(map, data, grid, scored) {
  const paint = paints(Object.fromEntries(
    Object.entries(data.verdicts).map(([verdict, one]) => [verdict, one.colour])));
  const bounds = addOutline(map, data.outline);
  const card = byId("card"), layers = new Map();
  let chosen = 0, shown = null, cell = null, picked = null;

  const actions = { chosen: () => chosen, choose, close };

  function close() {
    card.hidden = true;
    if (cell) cell.remove();
    cell = shown = picked = null;
  }

  function open(children, facts) {
    for (const name of Object.keys(card.dataset)) delete card.dataset[name];
    Object.assign(card.dataset, facts);
    card.replaceChildren(...children.filter(Boolean));
    card.scrollTop = 0;
    card.hidden = false;
  }

  function inspect(lon, lat) {
    close();
    shown = { lon, lat, ...grid.place(lon, lat) };
    const row = grid.row(shown.line, shown.col), activity = data.activities[chosen];
    const facts = { col: shown.col, line: shown.line, row: row === null ? "" : row,
      verdict: row === null ? "" : activity.reasons[activity.rows[row]].verdict, activity: activity.key };
    open(cellCard(data, grid, shown, actions), facts);
    if (row === null) return;
    reveal(lon, lat);
    cell = L.polygon(grid.corners(shown.line, shown.col), { color: "#111", weight: 2, fill: false,
      interactive: false, className: "cell" }).addTo(map);
  }

  // How much of the map the card covers, from the right or from below: [right, bottom] pixels.
  function beneath() {
    const stage = byId("stage").getBoundingClientRect(), box = card.getBoundingClientRect();
    return box.width > stage.width * 0.8 ? [40, box.height + 30] : [box.width + 40, 40];
  }

  const reveal = (lon, lat) =>
    map.panInside([lat, lon], { paddingTopLeft: [50, 40], paddingBottomRight: beneath() });

  function showProposal(place, fly) {
    close();
    const one = data.proposals[place];
    picked = place;
    open(proposalCard(data, one, actions), { proposal: one.id, verdict: one.verdict });
    if (fly) map.fitBounds(drawn[place].getBounds(), { maxZoom: Math.max(map.getZoom(), 13),
      paddingTopLeft: [40, 40], paddingBottomRight: beneath() });
    const same = data.activities.findIndex((each) => each.key === one.activity);
    if (same >= 0) choose(same);
  }

  function choose(place) {
    const before = layers.get(chosen);
    if (before && place !== chosen) before.remove();
    chosen = place;
    const activity = data.activities[place];
    if (!layers.has(place)) {
      const verdicts = activity.rows.map((one) => activity.reasons[one].verdict);
      layers.set(place, new ZoneLayer(grid, verdicts, paint, { bounds, opacity: 0.88, keepBuffer: 1 }));
    }
    layers.get(place).addTo(map);
    byId(`activity-${place}`).checked = true;
    showHectares(activity);
    if (shown) inspect(shown.lon, shown.lat);
  }

  fillHead(data);
  fillActivities(data, choose);
  fillLegend(data, paint);
  fillProposals(data, showProposal);
  fillSources(data);
  if (scored) addScore(map, data.score, scored, bounds);
  onFold(map);
  graticule(map);
  const drawn = addProposals(map, data, showProposal);
  if (data.activities.length) choose(0);
  map.on("click", (event) => data.activities.length && inspect(event.latlng.lng, event.latlng.lat));
  onFind((lon, lat) => { map.setView([lat, lon], Math.max(map.getZoom(), 12), { animate: false }); inspect(lon, lat); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer() && data.activities.length) {
      const middle = map.getCenter();
      inspect(middle.lng, middle.lat);
    }
  });
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
}

async function main() {
  const map = window[document.querySelector(".folium-map").id];
  try {
    const data = read("geozone-data");
    data.verdicts = verdictTable(data.verdicts);
    const scored = data.score && evidenceGrid(data.score.grid, await unpack(read("geozone-score")));
    start(map, data, evidenceGrid(data.grid, await unpack(read("geozone-index"))), scored);
    byId("loading").hidden = true;
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    byId("loading").textContent = "无法载入地图数据 / the map data cannot be read";
    document.documentElement.dataset.ready = "no";
    throw error;
  }
}

main();
