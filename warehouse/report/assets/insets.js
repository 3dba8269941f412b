// Overseas territories in boxes of their own: each shows its labs and takes the map there.

const TERRITORIES = { GP: "971", MQ: "972", GF: "973", RE: "974", YT: "976" };
const INSET_PX = 72;
const INSET_MARKS = 80;

function makeInsets(labs, shapes, map) {
  const members = new Map(Object.keys(TERRITORIES).map((code) => [code, []]));
  for (let i = 0; i < labs.count; i += 1) {
    const code = labs.territory[i];
    if (code && !members.has(code)) members.set(code, []);
    if (code && labs.lat[i] !== null) members.get(code).push(i);
  }
  const boxes = [...members]
    .map(([code, own]) => {
      const shape = shapes.features.find((feature) => feature.id === TERRITORIES[code]);
      return {
        code,
        own,
        shape,
        bounds: insetBounds(labs, shape, own),
        canvas: el("canvas", { "aria-hidden": "true" }),
        text: el("span"),
        count: 0,
      };
    })
    .filter((box) => box.bounds);
  const jump = (bounds) => () => map.fitBounds(bounds, { padding: [10, 10] });
  const [france, all] = [el("span"), el("span")];
  document.getElementById("insets").append(
    el("button", { type: "button", class: "jump", onclick: jump(MAINLAND) }, france),
    el(
      "button",
      {
        type: "button",
        class: "jump",
        onclick: jump([
          [-55, -130],
          [70, 160],
        ]),
      },
      all,
    ),
    ...boxes.map((box) =>
      el("button", { type: "button", class: "inset", onclick: jump(box.bounds) }, box.canvas, box.text),
    ),
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
    drawMark(context, x(labs.lon[i]), y(labs.lat[i]), labs.archetype[i], {
      scale: 0.65,
      vague: Boolean(labs.vague[i]),
    });
  }
}
