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
A source that fails keeps its last good listings, marked `carried_forward`; no lab is closed for it. An entry without an
answer keeps its own, where the keys of a source tell which they are; those that are not read by a rule of the source
(other terms, no file of a known format) do not.

| class | state | what it means |
|---|---|---|
"""


_NOT_OF_THE_CRAWL = """| `drift` | carried_forward | A gate does not believe the answer: see [checks.md](checks.md). |
| `not_crawled` | carried_forward | The run was told to ask other sources only. |
| `not_due` | skipped | By its cadence it was not to be asked this week; its last listings count in full. |"""

_CADENCE = """## Cadence, and what a crawl costs

A `weekly` source is asked every week, a `monthly` one every 4 weeks, a `frozen` one, a file that changes no more, every
52. Until it is due again it rests: its state is `skipped`, its failure `not_due`, its last listings count in full and
are not stale. One that was due and failed is asked again the next week. `labs refresh --sources NAME` asks it at once.

Each row of the published table `sources` is a ledger of the crawl: `requests`, `bytes` received, `not_modified_share`
(answers 304: a page that has not changed is not sent again), `rate_limited` (429) and `overloaded` (503) answers,
`delay_s` (mean seconds between two answers of the host asked most) and `requests_per_listing`; `robots` and
`reservations` say what its robots.txt and its TDMRep or AIPREF signals permit. A backfill into an empty
warehouse starts in a week all sources were asked in: one that rested then has no pages there, nor listings before."""


_WEBSITES = """## The labs' own sites

`labs check-websites` (deployment `website-checks`, each Wednesday) looks at the home pages of the labs of the last
release: 1,500 a week, each once in 28 days at most, those never seen first, one page a lab, robots.txt respected, the
same guards as for every source. Social networks are not asked. The page itself is not kept; `site_checks` holds
what its head says (status, JSON-LD types, language, date; title and description without contacts, neither where
the site reserves mining) and is published nowhere. From the next week's refresh on

- a site that answers, is not parked and has not moved to another site confirms its lab (`last_confirmed_on`), a closed
  one excepted; one that is away closes no lab;
- the words of its head count for the archetype as those of a listing do, with the evidence's source `lab_websites`.

A page counts in an edition only where a listing of that edition names it as the lab's website."""


def document() -> str:
    """Return the page: a table of all sources, what each declares, and the failure classes."""
    found = sources()
    head = "| rank | source | coverage | licence | fields | cadence | asked |\n|---|---|---|---|---|---|---|\n"
    table = head + "\n".join(_row(info) for info in found)
    details = "\n\n".join(_details(info) for info in found)
    failures = _FAILURES + "\n".join(
        f"| `{failure}` | {meaning.state} | {meaning.sentence} |" for failure, meaning in FAILURES.items()
    )
    return "\n\n".join([_HEAD + "\n" + table, _CADENCE, _WEBSITES, details, f"{failures}\n{_NOT_OF_THE_CRAWL}"]) + "\n"


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
