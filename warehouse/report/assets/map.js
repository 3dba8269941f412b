// The map: Leaflet for moving about, outlines for a background, no tiles and so no network.

const MAINLAND = [
  [41.3, -5.2],
  [51.1, 9.6],
];

function outlines(id, object) {
  const topology = JSON.parse(document.getElementById(id).textContent);
  return topojson.feature(topology, topology.objects[object]);
}

function makeMap(labs, pick) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("leaflet", {
    minZoom: 1,
    maxZoom: MAX_ZOOM,
    zoomSnap: 0.5,
    attributionControl: false,
    preferCanvas: true,
    worldCopyJump: false,
    maxBounds: [
      [-85, -200],
      [85, 200],
    ],
    zoomAnimation: !still,
    fadeAnimation: !still,
    inertia: !still,
  });
  const options = { interactive: false, smoothFactor: 0.6 };
  const world = L.geoJSON(outlines("world", "countries"), options).addTo(map);
  const shapes = outlines("departements", "departements");
  const departements = L.geoJSON(shapes, options).addTo(map);
  const names = departements.getLayers().map((layer) => [layer.feature.properties.name, layer.getBounds().getCenter()]);
  const points = new Points(labs, pick, names).addTo(map);
  const insets = makeInsets(labs, shapes, map);

  const view = {
    map,
    points,
    show(indices) {
      points.show(indices);
      insets.show(indices);
    },
    repaint() {
      readPalette();
      world.setStyle({ color: palette.border, weight: 0.8, fillColor: palette.land, fillOpacity: 1 });
      departements.setStyle({ color: palette.border, weight: 0.6, fillColor: palette.land, fillOpacity: 1 });
      document.getElementById("leaflet").setAttribute("aria-label", say("map"));
      for (const way of ["in", "out"]) nameControl(`.leaflet-control-zoom-${way}`, say(`zoom_${way}`));
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

function nameControl(selector, text) {
  const control = document.querySelector(selector);
  control.title = text;
  control.setAttribute("aria-label", text);
}

function makeLegend() {
  const item = (mark, text) => el("li", {}, mark, " ", text);
  document.getElementById("legend").replaceChildren(
    el("h3", {}, say("legend")),
    el(
      "ul",
      {},
      ARCHETYPES.map((key) => item(svgMark(key), archetypeLabel(key))),
      item(svgMark("3", { vague: true }), say("uncertain")),
      item(el("span", { class: "disc", "aria-hidden": "true" }, "12"), say("cluster")),
    ),
  );
}
