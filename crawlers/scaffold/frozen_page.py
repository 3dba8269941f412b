"""A real page to one that may be committed: a handful of records, personal data cut."""

import json
from typing import Any

from crawlers.guards.bodies.whole import json_body, text_body
from crawlers.guards.failures import CrawlFailed
from crawlers.guards.personal_data.contacts import scrub
from crawlers.scaffold.proposal import Proposal

RECORDS = 5
_PERSONS = frozenset(
    {"keymasters", "contact", "contacts", "user", "author", "creator", "subscriberemails", "names", "trigger_person"}
)
"""Keys under which sources name people, compared in lower case."""

_CONTINUES = frozenset({"query-continue-offset", "continue", "next_page"})
"""Keys that lead to a next page, which is not frozen."""


def frozen(response: Any, proposal: Proposal) -> tuple[str, str]:
    """Return the page scrubbed and shortened, and the ending of its file name.

    JSON keeps its shape: the first records, every text scrubbed, whatever stands under a key for people left out.
    """
    try:
        document = json_body(response, numbers="text")
    except CrawlFailed:
        lines = text_body(response).splitlines()[: RECORDS + 1] if proposal.base else []
        return scrub("\n".join(lines)) + "\n", "csv"
    kept = _shortened(document, proposal.records_at)
    if proposal.base == "OpendatasoftDataset" and isinstance(kept, dict):
        kept = kept["results"]  # the export the spider asks is the bare list
    return json.dumps(_scrubbed(kept), ensure_ascii=False, indent=1) + "\n", "json"


def _shortened(document: Any, at: tuple[str, ...]) -> Any:
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key not in _CONTINUES}
    if at and isinstance(document, dict) and at[0] in document:
        return document | {at[0]: _shortened(document[at[0]], at[1:])}
    if isinstance(document, list):
        return document[:RECORDS]
    if (
        isinstance(document, dict)
        and document
        and not at
        and all(isinstance(value, dict) for value in document.values())
    ):
        return dict(list(document.items())[:RECORDS])
    return document


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {key: _scrubbed(item) for key, item in value.items() if str(key).lower() not in _PERSONS}
    return value
