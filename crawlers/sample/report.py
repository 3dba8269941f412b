"""network.toml to the tables of README.md: what happens in each week, and what must never be one lab."""

from collections.abc import Iterator
from pathlib import Path

from crawlers.sample.network import SOURCES, Network

README = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- made from network.toml by crawlers/sample/build.py -->", "<!-- end -->"


def with_tables(text: str, network: Network) -> str:
    """Return the README with its tables made anew."""
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}\n\n{tables(network)}\n{_END}{tail}"


def tables(network: Network) -> str:
    """Return the tables: weeks, events, archetypes."""
    return "\n".join([*_weeks(network), "", *_events(network), "", *_archetypes(network)])


def _weeks(network: Network) -> Iterator[str]:
    yield "### Records served by each source"
    yield ""
    yield "| week | " + " | ".join(SOURCES) + " | labs expected |"
    yield "|---|" + "---:|" * (len(SOURCES) + 1)
    for week in network.weeks:
        cells = [_served(network, source, week) for source in SOURCES]
        yield f"| {week} | " + " | ".join(cells) + f" | {len(network.groups(week))} |"
    yield ""
    yield "Records a rule must reject stand in brackets; for spaceapi, directory entries without a readable answer."


def _served(network: Network, source: str, week: str) -> str:
    if fault := network.fault(source, week):
        return f"fails: {fault['answer']}"
    rows = network.served(source, week)
    silent = [row for row in rows if row.facts.get("answer", "ok") != "ok"]
    refused = len(network.rejections(source)) + len(silent) + (len(network.unanswered()) if source == "spaceapi" else 0)
    given = sum(row.lab is not None for row in rows) - len(silent)
    return f"{given} [{refused}]" if refused else str(given)


def _events(network: Network) -> Iterator[str]:
    yield "### What happens"
    yield ""
    yield "| week | lab | event | the sources say | expected in the snapshot | changes |"
    yield "|---|---|---|---|---|---|"
    for event in network.events:
        other = f" ({event.other})" if event.other else ""
        changes = ", ".join(f"`{kind}`" for kind in event.changes) or "none of its own"
        told = f"{event.says} | {event.expected} | {changes}"
        yield f"| {event.week} | {event.lab} | {event.kind}{other} | {told} |"


def _archetypes(network: Network) -> Iterator[str]:
    week = network.weeks[-1]
    expected = network.archetypes(week)
    yield f"### Archetypes a reader of the texts gives, {week}"
    yield ""
    yield "| archetype | labs | which |"
    yield "|---|---:|---|"
    for archetype in sorted(set(expected.values())):
        slugs = sorted(slug for slug, given in expected.items() if given == archetype)
        yield f"| {archetype} | {len(slugs)} | {', '.join(slugs)} |"
