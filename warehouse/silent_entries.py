"""Directory entries without an answer to the last good listings that are kept of them.

A source that answers as a whole may have entries that do not. Such an entry is treated as a silent source is: its last
good listing stays, marked, for as long. One the directory no longer names is gone, and one that is read is as read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.schema import UnansweredEntry
from warehouse.staleness import MAX_STALE_WEEKS, weeks_overdue
from warehouse.weeks import Week

Entries = Sequence[Mapping[str, Any]]
"""Rows of `unanswered` of one source."""


@dataclass(frozen=True)
class LastWeek:
    """A source in the last week there is: its state, the listings that counted, and the entries they were kept of."""

    state: Mapping[str, Any]
    listings: pa.Table
    entries: Mapping[str, Mapping[str, Any]]
    """Rows of `unanswered` whose listing was kept, by key."""


def of_an_answer(
    crawled: pa.Table, silent: Entries, before: LastWeek | None, week: Week, weeks_between: int
) -> tuple[pa.Table, list[UnansweredEntry]]:
    """Return the listings that count of a source that answered, those of its silent entries with them, and the entries.

    Args:
        crawled: its listings as crawled; of a week that is made again from its tables those kept may be among them.
        silent: its entries that did not answer.
        before: the source in the last week there is.
        week: this week.
        weeks_between: weeks from one crawl of the source to the next.
    """
    own = _without(crawled, [entry["source_key"] for entry in silent if entry["is_kept"]])
    told = {entry["source_key"]: entry for entry in silent}
    rows = {key: _row(entry) for key, entry in told.items()}
    if before is None or not told:
        return own, list(rows.values())
    read = set(own["source_key"].to_pylist())
    for key in before.listings["source_key"].to_pylist():
        entry = _entry_of(key, told)
        if entry is not None and key not in read:
            answered = before.entries.get(key, before.state)
            rows[key] = _row({**entry, "source_key": key}, answered, weeks_overdue(answered, week, weeks_between))
    kept = [key for key, row in rows.items() if row.is_kept]
    again = before.listings.filter(pc.is_in(before.listings["source_key"], value_set=pa.array(kept, pa.string())))
    return pa.concat_tables([own, again]), list(rows.values())


def of_silence(before: LastWeek, week: Week, weeks_between: int) -> tuple[pa.Table, list[UnansweredEntry]]:
    """Return last week's listings of a source that gave nothing this week, and its entries that had been silent before.

    Those grow older by themselves, and run out before the source does.
    """
    rows = [_row(entry, entry, weeks_overdue(entry, week, weeks_between)) for entry in before.entries.values()]
    return _without(before.listings, [row.source_key for row in rows if not row.is_kept]), rows


def heard(listings: pa.Table, unanswered: pa.Table) -> pa.Table:
    """Return last week's listings but those of entries that are silent this week: nobody can know them again."""
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for row in unanswered.select(["source", "source_key"]).to_pylist():
        told.setdefault(row["source"], {})[row["source_key"]] = row
    parts = [listings.filter(pc.invert(pc.is_in(listings["source"], value_set=pa.array(sorted(told), pa.string()))))]
    for source, entries in sorted(told.items()):
        own = listings.filter(pc.equal(listings["source"], source))
        is_heard = [_entry_of(key, entries) is None for key in own["source_key"].to_pylist()]
        parts.append(own.filter(pa.array(is_heard, pa.bool_())))
    return pa.concat_tables(parts)


def run_out(unanswered: pa.Table) -> set[tuple[str, str]]:
    """Return the listings, by source and key, that counted last week and that a silence of weeks has ended."""
    ended = unanswered.filter(pc.and_(unanswered["staleness_weeks"].is_valid(), pc.invert(unanswered["is_kept"])))
    return set(zip(ended["source"].to_pylist(), ended["source_key"].to_pylist(), strict=True))


def _entry_of(key: str, told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the entry a listing is of: that of its key, else the longest its key begins with, None when it is none."""
    while key not in told:
        key, slash, _ = key.rpartition("/")
        if not slash:
            return None
    return told[key]


def _row(
    entry: Mapping[str, Any], answered: Mapping[str, Any] | None = None, overdue: int | None = None
) -> UnansweredEntry:
    """Return the row of an entry; of one with a last good listing with the state of when it was read."""
    return UnansweredEntry(
        source=entry["source"],
        source_key=entry["source_key"],
        failure=entry["failure"],
        evidence=entry["evidence"],
        listings_week=answered["listings_week"] if answered else None,
        fetched_at=answered["fetched_at"] if answered else None,
        staleness_weeks=overdue,
        is_kept=overdue is not None and overdue <= MAX_STALE_WEEKS,
    )


def _without(listings: pa.Table, keys: list[str]) -> pa.Table:
    return listings.filter(pc.invert(pc.is_in(listings["source_key"], value_set=pa.array(keys, pa.string()))))
