// The labs on one canvas over the map. Labs that would overlap are counted in one disc, split by archetype.

const CELL_PX = 44;
const CLUSTER_FROM = 4;
const NAMES_FROM_ZOOM = 7;
const MAX_ZOOM = 15;

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
    for (const i of few.flatMap((cell) => cell.members))
      this.drawLab(context, i, x[i] * world - origin.x, y[i] * world - origin.y);
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
      if (!cell)
        cells.set(key, (cell = { members: [], left: 0, top: 0, counts: new Array(ARCHETYPES.length).fill(0) }));
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
