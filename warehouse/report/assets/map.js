// The map: Leaflet for moving about, one canvas for the labs. Labs that would overlap are counted in one disc.

const CELL_PX = 44;
const CLUSTER_FROM = 4;
const MAX_ZOOM = 15;
const MAINLAND = [[41.3, -5.2], [51.1, 9.6]];
const TERRITORIES = { GP: "971", MQ: "972", GF: "973", RE: "974", YT: "976" };
const INSET_PX = 72;
const INSET_MARKS = 200;
const NAMES_FROM_ZOOM = 7;

const Points = L.Layer.extend({
  initialize(labs, pick, names) {
    this.labs = labs;
    this.names = names;
    this.pick = pick;
    this.shown = [];
    this.drawn = [];
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPanes().overlayPane);
    this.canvas.setAttribute("aria-hidden", "true");
    this.tip = L.tooltip({ direction: "top", offset: [0, -8] });
    map.on("moveend zoomend resize viewreset", this.draw, this);
    map.on("click", this.clicked, this);
    map.on("mousemove", this.hovered, this);
  },

  show(indices) {
    this.shown = indices;
    this.draw();
  },

  draw() {
    const map = this._map;
    if (!map) return;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.drawn = [];
    if (map.getZoom() >= NAMES_FROM_ZOOM) this.drawNames(context, map);
    const world = 256 * 2 ** map.getZoom();
    const origin = map.getPixelBounds().min;
    const cells = this.cells(world, origin, size);
    // Single labs first, discs over them: a disc's number must stay readable.
    const [few, many] = [[], []];
    for (const cell of cells.values()) (cell.members.length < CLUSTER_FROM ? few : many).push(cell);
    const { x, y } = this.labs;
    for (const i of few.flatMap((cell) => cell.members)) this.drawLab(context, i, x[i] * world - origin.x, y[i] * world - origin.y);
    for (const cell of many) this.drawDisc(context, cell);
    map.getContainer().dataset.drawn = this.drawn.reduce((sum, mark) => sum + mark.members.length, 0);
  },

  drawNames(context, map) {
    context.fillStyle = palette.muted;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    for (const [name, center] of this.names) {
      const { x, y } = map.latLngToContainerPoint(center);
      context.fillText(name, x, y);
    }
  },

  cells(world, origin, size) {
    const { x: xs, y: ys, kind } = this.labs;
    const cells = new Map();
    for (const i of this.shown) {
      const [x, y] = [xs[i] * world, ys[i] * world];
      const [left, top] = [x - origin.x, y - origin.y];
      if (!(left > -CELL_PX && top > -CELL_PX && left < size.x + CELL_PX && top < size.y + CELL_PX)) continue;
      // Cells are fixed to the world, not to the window: panning does not regroup.
      const key = Math.floor(x / CELL_PX) * 1e7 + Math.floor(y / CELL_PX);
      let cell = cells.get(key);
      if (!cell) cells.set(key, (cell = { members: [], left: 0, top: 0, counts: new Array(ARCHETYPES.length).fill(0) }));
      cell.members.push(i);
      cell.left += left;
      cell.top += top;
      cell.counts[kind[i]] += 1;
    }
    return cells;
  },

  drawLab(context, i, x, y) {
    drawMark(context, x, y, this.labs.archetype[i], { scale: 1.1, vague: Boolean(this.labs.vague[i]) });
    this.drawn.push({ x, y, radius: 9, members: [i] });
  },

  drawDisc(context, { members, left, top, counts }) {
    const total = members.length;
    const [x, y] = [left / total, top / total];
    const radius = Math.min(24, 12 + 2 * Math.log2(total / 2));
    drawCluster(context, x, y, radius, counts, total);
    this.drawn.push({ x, y, radius, members });
  },

  at({ x, y }) {
    return this.drawn.findLast((mark) => Math.hypot(mark.x - x, mark.y - y) <= mark.radius + 3);
  },

  clicked(event) {
    const mark = this.at(event.containerPoint);
    if (!mark) return;
    const bounds = L.latLngBounds(mark.members.map((i) => [this.labs.lat[i], this.labs.lon[i]]));
    const apart = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 30;
    if (mark.members.length > 1 && apart && this._map.getZoom() < MAX_ZOOM) this._map.fitBounds(bounds.pad(0.2));
    else this.pick(mark.members);
  },

  hovered(event) {
    const mark = this.at(event.containerPoint);
    this._map.getContainer().classList.toggle("pointing", Boolean(mark));
    if (!mark) return void this._map.closeTooltip(this.tip);
    const one = mark.members.length === 1;
    const text = one ? this.labs.name[mark.members[0]] : say("here", { n: number(mark.members.length) });
    const point = this._map.containerPointToLatLng([mark.x, mark.y]);
    this.tip.setLatLng(point).setContent(el("span", {}, text));
    this._map.openTooltip(this.tip);
  },
});

function outlines(id, object) {
  const topology = JSON.parse(document.getElementById(id).textContent);
  return topojson.feature(topology, topology.objects[object]);
}

function makeMap(labs, pick) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("leaflet", {
    minZoom: 1, maxZoom: MAX_ZOOM, zoomSnap: 0.5, attributionControl: false, preferCanvas: true, worldCopyJump: false,
    maxBounds: [[-85, -200], [85, 200]], zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
  });
  const options = { interactive: false, smoothFactor: 0.6 };
  const world = L.geoJSON(outlines("world", "countries"), options).addTo(map);
  const shapes = outlines("departements", "departements");
  const departements = L.geoJSON(shapes, options).addTo(map);
  const names = departements.getLayers().map((layer) => [layer.feature.properties.name, layer.getBounds().getCenter()]);
  const points = new Points(labs, pick, names).addTo(map);
  const insets = makeInsets(labs, shapes, map);

  const view = {
    map, points,
    show(indices) {
      points.show(indices);
      insets.show(indices);
    },
    repaint() {
      readPalette();
      world.setStyle({ color: palette.border, weight: 0.8, fillColor: palette.land, fillOpacity: 1 });
      departements.setStyle({ color: palette.border, weight: 0.6, fillColor: palette.land, fillOpacity: 1 });
      document.getElementById("leaflet").setAttribute("aria-label", say("map"));
      insets.label();
      view.show(points.shown);
    },
    focus(i) {
      if (labs.lat[i] !== null) map.setView([labs.lat[i], labs.lon[i]], Math.max(map.getZoom(), 8));
    },
  };
  document.getElementById("leaflet").setAttribute("role", "region");
  map.fitBounds(MAINLAND);
  view.repaint();
  return view;
}

function makeInsets(labs, shapes, map) {
  const members = new Map(Object.keys(TERRITORIES).map((code) => [code, []]));
  for (let i = 0; i < labs.count; i += 1) {
    const code = labs.territory[i];
    if (code && !members.has(code)) members.set(code, []);
    if (code && labs.lat[i] !== null) members.get(code).push(i);
  }
  const boxes = [...members].map(([code, own]) => {
    const shape = shapes.features.find((feature) => feature.id === TERRITORIES[code]);
    return { code, own, shape, bounds: insetBounds(labs, shape, own), canvas: el("canvas", { "aria-hidden": "true" }), text: el("span"), count: 0 };
  }).filter((box) => box.bounds);
  const jump = (bounds) => () => map.fitBounds(bounds, { padding: [10, 10] });
  const [france, all] = [el("span"), el("span")];
  document.getElementById("insets").append(
    el("button", { type: "button", class: "jump", onclick: jump(MAINLAND) }, france),
    el("button", { type: "button", class: "jump", onclick: jump([[-55, -130], [70, 160]]) }, all),
    ...boxes.map((box) => el("button", { type: "button", class: "inset", onclick: jump(box.bounds) }, box.canvas, box.text)),
  );
  const label = () => {
    const names = new Intl.DisplayNames([LOCALES[language()]], { type: "region" });
    france.textContent = say("france");
    all.textContent = say("world");
    for (const box of boxes) box.text.textContent = `${names.of(box.code)} (${number(box.count)})`;
  };
  const show = (indices) => {
    const isShown = new Uint8Array(labs.count);
    for (const i of indices) isShown[i] = 1;
    for (const box of boxes) {
      const shown = box.own.filter((i) => isShown[i]);
      box.count = shown.length;
      drawInset(labs, box, shown);
    }
    label();
  };
  return { show, label };
}

function insetBounds(labs, shape, members) {
  if (shape) return L.geoJSON(shape).getBounds();
  return members.length ? L.latLngBounds(members.map((i) => [labs.lat[i], labs.lon[i]])).pad(0.3) : null;
}

function drawInset(labs, box, shown) {
  const ratio = window.devicePixelRatio || 1;
  box.canvas.width = box.canvas.height = INSET_PX * ratio;
  const context = box.canvas.getContext("2d");
  context.scale(ratio, ratio);
  const [west, east] = [box.bounds.getWest(), box.bounds.getEast()];
  const [south, north] = [box.bounds.getSouth(), box.bounds.getNorth()];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = (INSET_PX - 12) / Math.max((east - west) * squeeze, north - south, 0.01);
  const x = (lon) => INSET_PX / 2 + (lon - (west + east) / 2) * squeeze * scale;
  const y = (lat) => INSET_PX / 2 - (lat - (south + north) / 2) * scale;
  context.fillStyle = palette.land;
  context.strokeStyle = palette.border;
  for (const polygon of box.shape ? box.shape.geometry.coordinates : []) {
    context.beginPath();
    polygon[0].forEach(([lon, lat]) => context.lineTo(x(lon), y(lat)));
    context.closePath();
    context.fill();
    context.stroke();
  }
  // A box this small shows where, not how many: its label counts.
  for (const i of shown.slice(0, INSET_MARKS)) {
    drawMark(context, x(labs.lon[i]), y(labs.lat[i]), labs.archetype[i], { scale: 0.65, vague: Boolean(labs.vague[i]) });
  }
}

function makeLegend() {
  const item = (mark, text) => el("li", {}, mark, " ", text);
  document.getElementById("legend").replaceChildren(
    el("h3", {}, say("legend")),
    el("ul", {},
      ARCHETYPES.map((key) => item(svgMark(key), key === "u" ? say("unclassified") : `${key} · ${say(`name_${key}`)}`)),
      item(svgMark("3", { vague: true }), say("uncertain")),
      item(el("span", { class: "disc", "aria-hidden": "true" }, "12"), say("cluster"))),
  );
}
