// Puts the parts together: language, labs, filters, map, list and card.

function setLanguage(code) {
  document.documentElement.lang = code;
  document.title = `${say("title")} · ${WORDS.week}`;
  document.getElementById(`lang-${code}`).checked = true;
}

async function main() {
  const explorer = document.getElementById("explorer");
  const preferred = (navigator.languages ?? [navigator.language]).find((code) => /^(fr|en)\b/.test(code)) ?? "fr";
  setLanguage(preferred.slice(0, 2));
  explorer.hidden = false;
  if (!("DecompressionStream" in window)) {
    explorer.replaceChildren(say("unsupported"));
    return;
  }
  const labs = await readLabs();
  document.documentElement.classList.add("scripted");
  const byId = new Map((labs.id ?? []).map((id, i) => [`#lab-${id}`, i]));
  const card = makeCard(labs, () => {
    if (byId.has(location.hash)) history.replaceState(null, "", location.href.split("#")[0]);
  });
  const view = makeMap(labs, (members) => card.choose(members));
  const list = makeList(labs);
  const filters = makeFilters(labs, (found) => {
    view.show(found);
    list.show(found);
  });
  makeLegend();
  filters.run();

  const openFromAddress = () => {
    const i = byId.get(location.hash);
    if (i === undefined) return;
    view.focus(i);
    card.open(i);
  };
  window.addEventListener("hashchange", openFromAddress);
  openFromAddress();
  for (const input of document.querySelectorAll("input[name=language]")) {
    input.addEventListener("change", () => {
      setLanguage(input.value);
      makeLegend();
      view.repaint();
      for (const part of [filters, list, card]) part.repaint();
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.repaint());
  Object.assign(document.documentElement.dataset, { labs: labs.count, placed: labs.placed });
  performance.mark("ready");
}

main();
