// The labs of the snapshot: columns as packed by payload.py, and what is derived from them once.

const MERCATOR_LIMIT = 85.0511;

async function readLabs() {
  const packed = atob(JSON.parse(document.getElementById("labs").textContent).deflate);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i += 1) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return derive(await new Response(stream).json());
}

const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, " ").replace(/œ/gi, "oe").toLowerCase();

function derive(payload) {
  const { labs, lists, count } = payload;
  const listed = (list, n) => (n === null ? null : lists[list][n]);
  const model = { ...labs, count, lists, titles: payload.titles, countries: payload.countries };
  model.x = new Float64Array(count).fill(NaN);
  model.y = new Float64Array(count).fill(NaN);
  model.kind = Uint8Array.from(labs.archetype ?? [], (key) => ARCHETYPES.indexOf(key));
  model.haystack = new Array(count);
  model.placed = 0;
  for (let i = 0; i < count; i += 1) {
    const words = [
      labs.name[i],
      labs.commune[i],
      listed("departement", labs.departement[i]),
      labs.operator[i],
      labs.address[i],
    ];
    model.haystack[i] = fold([...words, ...(labs.alt[i] ?? []), `lab-${labs.id[i]}`].filter(Boolean).join("\n"));
    if (labs.lat[i] === null) continue;
    // Web Mercator on the unit square: a zoom is then one multiplication.
    const lat = (Math.max(-MERCATOR_LIMIT, Math.min(MERCATOR_LIMIT, labs.lat[i])) * Math.PI) / 180;
    model.x[i] = labs.lon[i] / 360 + 0.5;
    model.y[i] = 0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI);
    model.placed += 1;
  }
  return model;
}

function placeOf(labs, i) {
  const country = labs.country[i] === null ? null : labs.countries[language()][labs.country[i]];
  const departement = labs.departement[i] === null ? null : labs.lists.departement[labs.departement[i]];
  const parts = [labs.commune[i], departement ?? country];
  return [...new Set(parts.filter(Boolean))].join(" · ") || say("place_unknown");
}

const servesCompanies = (labs, i) => labs.archetype[i] === "4" || labs.archetype[i] === "5" || labs.cue[i] !== null;
