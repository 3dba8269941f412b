// The card of one lab, in a dialog; or the labs that stand on one spot of the map.

function makeCard(labs, onClose) {
  const dialog = document.getElementById("card");
  let current = null;
  dialog.addEventListener("close", () => {
    current = null;
    onClose();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  const fill = (...content) => {
    const close = el("button", { type: "button", class: "close", onclick: () => dialog.close() }, say("close"));
    dialog.replaceChildren(el("div", { class: "inner" }, close, ...content));
    if (!dialog.open) dialog.showModal();
  };
  const open = (i) => {
    current = () => fill(...cardOf(labs, i));
    current();
  };
  const entry = (i) =>
    el("li", {}, el("a", { href: `#lab-${labs.id[i]}` }, svgMark(labs.archetype[i]), " ", labs.name[i]));
  const choose = (members) => {
    if (members.length === 1) return void (location.hash = `lab-${labs.id[members[0]]}`);
    current = () =>
      fill(
        el("h2", { id: "card-title" }, say("here", { n: number(members.length) })),
        el("ul", { class: "spot" }, members.map(entry)),
      );
    current();
  };
  return { open, choose, close: () => dialog.close(), repaint: () => current?.() };
}

function cardOf(labs, i) {
  const status = labs.status[i];
  return [
    el("h2", { id: "card-title" }, labs.name[i]),
    el(
      "p",
      { class: "sub" },
      placeOf(labs, i),
      " ",
      el("span", { class: `tag status-${status}` }, sayKnown("status", status)),
    ),
    el(
      "dl",
      {},
      fact("alt_names", labs.alt[i]?.join(" · ")),
      fact("address", labs.address[i] ?? labs.commune[i]),
      fact("site", labs.site[i] && anchor(labs.site[i], hostOf(labs.site[i]))),
      fact("operator", labs.operator[i]),
      fact("description", labs.about[i]),
      fact("opening_hours", labs.hours[i]),
      fact("equipment", labs.equipment[i]),
      fact("companies", servesCompanies(labs, i) ? companiesReason(labs, i) : null),
      fact("archetype", archetypeOf(labs, i)),
      fact("why", reasons(labs, i)),
      fact("life", liveness(labs, i)),
      fact("position", position(labs, i)),
      fact(
        "sources",
        el(
          "ul",
          {},
          labs.listings[i].map((listing) => listingOf(labs, listing)),
        ),
      ),
      fact("history", past(labs, i)),
      fact("id", el("code", {}, `lab-${labs.id[i]}`)),
    ),
    el("p", {}, el("a", { href: `#lab-${labs.id[i]}` }, say("permalink")), " · ", correction(labs, i)),
  ];
}

function fact(key, value) {
  if (value === null || value === undefined || value === "") return null;
  return el("div", {}, el("dt", {}, say(key)), el("dd", {}, value));
}

function archetypeOf(labs, i) {
  const key = labs.archetype[i];
  const parts = [svgMark(key, { size: 20 }), " ", el("strong", {}, archetypeLabel(key))];
  const notes = labs.purpose[i] ? [sayKnown("finalite", labs.purpose[i])] : [];
  if (key !== "u" && labs.score[i] !== null) notes.push(say("score", { score: number(labs.score[i]) }));
  if (labs.second[i]) notes.push(say("runner_up", { archetype: archetypeName(labs.second[i]) }));
  if (labs.hint[i]) notes.push(say("hint", { archetype: archetypeName(labs.hint[i]) }));
  return [...parts, notes.length ? el("small", {}, notes.join(" ; ")) : null];
}

function reasons(labs, i) {
  const because = labs.because[i] && sayKnown("because", labs.because[i]);
  const by = labs.by[i] && sayKnown("by", labs.by[i]);
  const cues = labs.cues[i].map(([words, field, source, archetype, why]) =>
    el(
      "li",
      {},
      say("cue", { words, field: sayKnown("field", labs.lists.field[field]), source: labs.titles[source] }),
      " ",
      el("small", {}, `${sentenceOf(labs, why)} (${say("for", { archetype: archetypeName(archetype) })})`),
    ),
  );
  if (!because && !by && !cues.length) return null;
  return [el("span", {}, because || by || ""), cues.length ? el("ul", {}, cues) : null];
}

function sentenceOf(labs, n) {
  const [fr, en] = labs.lists.sentence[n].split("\t");
  return language() === "fr" ? fr : en;
}

function companiesReason(labs, i) {
  return labs.cue[i] === null ? say("companies_archetype") : say("companies_cues", { cue: labs.cue[i] });
}

function liveness(labs, i) {
  const confirmed = labs.confirmed[i];
  const parts = [
    confirmed === null ? say("unconfirmed") : say("confirmed_on", { day: day(labs.lists.day[confirmed]) }),
  ];
  if (labs.stale[i]) parts.push(say("stale", { n: number(labs.stale[i]) }));
  return parts.join(" ; ");
}

function position(labs, i) {
  if (labs.lat[i] === null) return say("place_unknown");
  const parts = [`${labs.lat[i].toFixed(5)}, ${labs.lon[i].toFixed(5)}`];
  if (labs.within[i] !== null) parts.push(say("within", { n: number(labs.within[i]) }));
  if (labs.vague[i]) parts.push(say("uncertain"));
  for (const issue of labs.issues[i]) parts.push(sayKnown("issue", labs.lists.issue[issue]));
  return parts.join(" ; ");
}

function listingOf(labs, [source, url, licence, fetched, carried]) {
  const name = labs.titles[source];
  const notes = [
    licence === null ? null : labs.lists.licence[licence],
    fetched === null ? null : say("read_on", { day: day(labs.lists.day[fetched]) }),
    carried ? say("carried") : null,
  ].filter(Boolean);
  return el("li", {}, url ? anchor(url, name) : name, " ", el("small", {}, notes.join(" ; ")));
}

function past(labs, i) {
  const parts = [];
  if (labs.first[i] !== null) parts.push(say("first_seen", { day: day(labs.lists.day[labs.first[i]]) }));
  for (const change of labs.change[i] ?? []) parts.push(sayKnown("change", change));
  if (labs.former[i]) parts.push(say("former_ids", { ids: labs.former[i].map((id) => `lab-${id}`).join(", ") }));
  return parts.join(" ; ");
}

function correction(labs, i) {
  if (!WORDS.correction) return say("correct_how");
  return anchor(WORDS.correction.replaceAll("{lab_id}", `lab-${labs.id[i]}`), say("correct"));
}
