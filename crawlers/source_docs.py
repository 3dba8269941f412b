"""The declarations of all sources to docs/sources.md: generated, never edited."""

from crawlers.catalogue import SPIDERS, sources
from crawlers.declaration import SourceInfo
from crawlers.guards.failures import FAILURES

_HEAD = """# Sources

Made from the declarations in `crawlers/spiders/` (`pytest tests/crawlers/test_catalogue.py --accept` writes it anew).
`labs sources` prints the same. Ranks say whom to trust when sources disagree, 1 most. Of a source whose fields are
`facts` only name, place, URL and status are published; description and contacts stand in no edition.

A record that is no lab by the scope rule of its source is a rejection with the rule `out_of_scope`, counted and kept
with its reason. Each source has frozen pages and golden rows in `tests/pages/<source>/`.
"""

_FAILURES = """## Failure classes

What `sources.failure` and the evidence beside it say of a source, or of an entry of a directory, that gave nothing.
A source that fails keeps last week's listings, marked `carried_forward`; no lab is closed for it.

| class | state | what it means |
|---|---|---|
"""


def document() -> str:
    """Return the page: a table of all sources, what each declares, and the failure classes."""
    found = sources()
    head = "| rank | source | coverage | licence | fields | cadence | asked |\n|---|---|---|---|---|---|---|\n"
    table = head + "\n".join(_row(info) for info in found)
    details = "\n\n".join(_details(info) for info in found)
    failures = _FAILURES + "\n".join(
        f"| `{failure}` | {meaning.state} | {meaning.sentence} |" for failure, meaning in FAILURES.items()
    )
    crashed = "| `crashed` | failed | Our own parser broke: a bug, with the place in the evidence. |"
    return "\n\n".join([_HEAD + "\n" + table, details, f"{failures}\n{crashed}"]) + "\n"


def _row(info: SourceInfo) -> str:
    hosts = info.hosts[0] if len(info.hosts) == 1 else f"{info.hosts[0]} and {len(info.hosts) - 1} more"
    cells = (
        str(info.rank),
        f"[{info.name}](#{info.name})",
        info.coverage,
        info.terms.licence,
        info.terms.fields_permitted,
        info.cadence,
        hosts,
    )
    return f"| {' | '.join(cells)} |"


def _details(info: SourceInfo) -> str:
    terms, expected = info.terms, info.expectations
    filled = "".join(f", {column} on {share:.0%}" for column, share in expected.filled.items())
    share_alike = ", share alike" if terms.is_share_alike else ""
    return f"""## {info.name}

[{info.title}]({info.homepage}) · `{SPIDERS.replace(".", "/")}/{info.name}.py` · contact: <{info.contact}>

- Scope: {info.scope}.
- Terms: [{terms.licence}]({terms.terms_url}){share_alike}, read on {terms.checked_on}; credit: {terms.attribution}.
- Expected: {expected.listings[0]} to {expected.listings[1]} listings, coordinates on {expected.with_coordinates:.0%} \
of them{filled}.
- Hosts: {", ".join(info.hosts)}."""
