// The labs that the filters leave, as a list: what the map shows, for the keyboard and for readers of screens.

const PAGE = 50;

function makeList(labs) {
  const [list, more, count] = ["list", "more", "count"].map((id) => document.getElementById(id));
  let shown = [];
  let until = PAGE;

  const entry = (i) => {
    const key = labs.archetype[i];
    const status = labs.status[i];
    const tag =
      status === "active" || status === "unknown"
        ? null
        : el("span", { class: `tag status-${status}` }, sayKnown("status", status));
    return el(
      "li",
      {},
      el(
        "a",
        { href: `#lab-${labs.id[i]}` },
        svgMark(key, { vague: Boolean(labs.vague[i]) }),
        el(
          "span",
          { class: "what" },
          el("b", {}, labs.name[i]),
          el("small", {}, `${placeOf(labs, i)} · ${archetypeName(key)}`),
        ),
        tag,
      ),
    );
  };
  const render = () => {
    count.textContent = shown.length ? say("count", { n: number(shown.length), all: number(labs.count) }) : say("none");
    list.replaceChildren(...shown.slice(0, until).map(entry));
    const rest = Math.min(PAGE, shown.length - until);
    more.hidden = rest <= 0;
    if (!more.hidden) more.textContent = say("more", { n: number(rest) });
  };
  more.addEventListener("click", () => {
    const next = until;
    until += PAGE;
    render();
    // The reader goes on where the list ended.
    list.children[next]?.firstChild.focus();
  });
  return {
    show(indices) {
      shown = indices;
      until = PAGE;
      render();
    },
    repaint: render,
  };
}
