// What the reader asks for, and which labs answer it.

const EMPTY = {
  text: "",
  archetypes: [],
  region: "",
  departement: "",
  country: "",
  status: "",
  source: "",
  companies: false,
};
const STATUSES = ["active", "planned", "closed", "unknown"];

function select(labs, asked) {
  const words = fold(asked.text).split(/\s+/).filter(Boolean);
  const archetypes = new Set(asked.archetypes);
  const wanted = (value) => (value === "" ? null : Number(value));
  const [region, departement, country, source] = [asked.region, asked.departement, asked.country, asked.source].map(
    wanted,
  );
  const found = [];
  for (let i = 0; i < labs.count; i += 1) {
    if (archetypes.size && !archetypes.has(labs.archetype[i])) continue;
    if (region !== null && labs.region[i] !== region) continue;
    if (departement !== null && labs.departement[i] !== departement) continue;
    if (country !== null && labs.country[i] !== country) continue;
    if (asked.status && labs.status[i] !== asked.status) continue;
    if (source !== null && !labs.sources[i].includes(source)) continue;
    if (asked.companies && !servesCompanies(labs, i)) continue;
    if (words.some((word) => !labs.haystack[i].includes(word))) continue;
    found.push(i);
  }
  return found;
}

function makeFilters(labs, answer) {
  const form = document.getElementById("filters");
  let asked = { ...EMPTY };
  form.addEventListener("submit", (event) => event.preventDefault());

  // Departements of a region, and how many labs stand behind each choice.
  const tally = (column, keep = () => true) => {
    const counts = new Map();
    for (let i = 0; i < labs.count; i += 1) {
      if (labs[column][i] !== null && keep(i)) counts.set(labs[column][i], (counts.get(labs[column][i]) ?? 0) + 1);
    }
    return counts;
  };
  const change = (name, value) => {
    asked = { ...asked, [name]: value };
    if (name === "region") asked.departement = "";
    if (name === "region") fillDepartements();
    run();
  };
  const run = () => {
    performance.mark("asked");
    answer(select(labs, asked));
    performance.measure("filter", "asked");
  };
  const options = (names, counts) => [
    el("option", { value: "" }, say("all")),
    ...[...counts]
      .map(([n, count]) => [names[n], n, count])
      .sort((a, b) => a[0].localeCompare(b[0], language()))
      .map(([name, n, count]) => el("option", { value: n }, `${name} (${number(count)})`)),
  ];
  const choice = (name, content) => {
    const control = el(
      "select",
      { id: `filter-${name}`, onchange: (event) => change(name, event.target.value) },
      content,
    );
    control.value = asked[name];
    return el("label", { for: control.id }, el("span", {}, say(name)), control);
  };
  const fillDepartements = () => {
    const counts = tally("departement", (i) => asked.region === "" || labs.region[i] === Number(asked.region));
    const control = form.querySelector("#filter-departement");
    control.replaceChildren(...options(labs.lists.departement, counts));
    control.value = asked.departement;
  };
  const archetypeBox = (key) => {
    const box = el("input", {
      type: "checkbox",
      value: key,
      onchange: () => {
        change(
          "archetypes",
          [...form.querySelectorAll(".chips input:checked")].map((input) => input.value),
        );
      },
    });
    box.checked = asked.archetypes.includes(key);
    return el("label", { class: "chip" }, box, svgMark(key), el("span", {}, archetypeLabel(key)));
  };
  const sourceCounts = () => {
    const counts = new Map();
    for (const list of labs.sources ?? []) for (const n of list) counts.set(n, (counts.get(n) ?? 0) + 1);
    return counts;
  };
  const build = () => {
    const search = el("input", {
      type: "search",
      id: "filter-text",
      placeholder: say("search"),
      autocomplete: "off",
      oninput: (event) => change("text", event.target.value),
    });
    search.value = asked.text;
    const companies = el("input", {
      type: "checkbox",
      id: "filter-companies",
      onchange: (event) => change("companies", event.target.checked),
    });
    companies.checked = asked.companies;
    const statuses = STATUSES.map((status) => el("option", { value: status }, say(`status_${status}`)));
    form.replaceChildren(
      el("label", { class: "search", for: "filter-text" }, el("span", {}, say("search_label")), search),
      el("fieldset", { class: "chips" }, el("legend", {}, say("archetypes")), ARCHETYPES.map(archetypeBox)),
      el(
        "div",
        { class: "choices" },
        choice("region", options(labs.lists.region, tally("region"))),
        choice("departement", []),
        choice("country", options(labs.countries[language()], tally("country"))),
        choice("status", [el("option", { value: "" }, say("all")), ...statuses]),
        choice("source", options(labs.titles, sourceCounts())),
        el("label", { class: "chip", for: "filter-companies" }, companies, el("span", {}, say("companies"))),
        el("button", { type: "reset" }, say("reset")),
      ),
    );
    fillDepartements();
  };
  // The browser clears the controls itself, after this.
  form.addEventListener("reset", () => {
    const narrowed = asked.region !== "";
    asked = { ...EMPTY };
    if (narrowed) fillDepartements();
    run();
  });
  build();
  return { run, repaint: build };
}
