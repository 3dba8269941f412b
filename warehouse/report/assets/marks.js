// Marks of the archetypes, on a canvas and as SVG: a colour and a shape each, so that colour is never the only sign.

const ARCHETYPES = ["1", "2", "3", "4", "5", "6", "u"];
const PATHS = Object.fromEntries(Object.entries(WORDS.shapes).map(([key, path]) => [key, new Path2D(path)]));

const palette = {};

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const key of ARCHETYPES) palette[key] = style.getPropertyValue(`--a${key}`).trim();
  for (const name of ["ink", "muted", "paper", "land", "border", "outline"])
    palette[name] = style.getPropertyValue(`--${name}`).trim();
}

function drawMark(context, x, y, key, { scale = 1, vague = false } = {}) {
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  context.lineWidth = 1.2;
  if (vague) {
    // Hollow and dashed: somewhere about here.
    context.globalAlpha = 0.9;
    context.fillStyle = palette.paper;
    context.fill(PATHS[key]);
    context.setLineDash([2, 1.6]);
    context.lineWidth = 2;
    context.strokeStyle = palette[key];
  } else {
    context.fillStyle = palette[key];
    context.fill(PATHS[key]);
    context.strokeStyle = palette.outline;
  }
  context.stroke(PATHS[key]);
  context.restore();
}

function drawCluster(context, x, y, radius, counts, total) {
  let angle = -Math.PI / 2;
  ARCHETYPES.forEach((key, k) => {
    if (!counts[k]) return;
    const next = angle + (counts[k] / total) * 2 * Math.PI;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, angle, next);
    context.fillStyle = palette[key];
    context.fill();
    angle = next;
  });
  context.beginPath();
  context.arc(x, y, radius - 5, 0, 2 * Math.PI);
  context.fillStyle = palette.paper;
  context.fill();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = palette.ink;
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = palette.ink;
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(total > 9999 ? `${Math.round(total / 1000)}k` : String(total), x, y + 0.5);
}

function svgMark(key, { size = 16, vague = false } = {}) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { class: "mark", viewBox: "-7 -7 14 14", width: size, height: size, "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", WORDS.shapes[key]);
  path.setAttribute("class", vague ? `a${key} vague` : `a${key}`);
  svg.append(path);
  return svg;
}
