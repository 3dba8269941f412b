"""This week's crawls and last week's listings to the listings that count: a silent source keeps its last good ones."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.checks import refused
from warehouse.schema import Listing, SourceState, conform
from warehouse.weeks import Week

MAX_STALE_WEEKS = 8
"""So long are last good listings kept; after it they have expired. Source: publishing-and-safety.md 1.6."""


@dataclass(frozen=True)
class WeekListings:
    """The listings that count this week, the states that say why, and the sources whose listings ran out."""

    listings: pa.Table
    sources: pa.Table
    expired: tuple[str, ...]


def carry_forward(
    listings: pa.Table,
    sources: pa.Table,
    *,
    week: Week,
    checks: pa.Table | None = None,
    previous: tuple[pa.Table, pa.Table] | None = None,
) -> WeekListings:
    """Return the week's listings with those of failed, blocked, skipped, refused and absent sources kept from before.

    Args:
        listings: crawled this week.
        sources: states as crawled: ok, failed, blocked or skipped.
        week: the logical week.
        checks: this week's gates; a source with a gate that says carry_forward is not believed.
        previous: listings and sources of the last week there is, as this function returned them.
    """
    doubted = refused(checks) if checks is not None else {}
    before = {row["source"]: row for row in previous[1].to_pylist()} if previous else {}
    kept = _by_source(previous[0]) if previous else {}
    crawled = _by_source(listings)
    states = {row["source"]: row for row in sources.to_pylist()}
    for source in before.keys() - states.keys():
        states[source] = _not_crawled(before[source])

    parts, rows, expired = [], [], []
    for source in sorted(states):
        state = states[source]
        if state["state"] == "ok" and source not in doubted:
            own = crawled.get(source)
            rows.append(state | {"listings": own.num_rows if own else 0, "listings_week": str(week)})
            parts += [own] if own else []
            continue
        if source in doubted:
            state = state | {"failure": "drift", "evidence": doubted[source]}
        row, own = _stale(state, before.get(source), kept.get(source), week)
        rows.append(row)
        parts += [own] if own else []
        if own is None and source in kept:
            expired.append(source)
    empty = Listing.arrow_schema().empty_table()
    return WeekListings(
        listings=conform(pa.concat_tables([empty, *parts]), Listing).sort_by(
            [(name, "ascending") for name in Listing.key]
        ),
        sources=SourceState.table([SourceState(**row) for row in rows]),
        expired=tuple(expired),
    )


def labs_expired(lab_listings: pa.Table, sources: pa.Table) -> list[str]:
    """Return last week's labs that only silent sources list, which give nothing any more: weeks announced it.

    Args:
        lab_listings: last week's.
        sources: this week's states, as `carry_forward` left them.
    """
    silent = sources.filter(pc.and_(pc.not_equal(sources["state"], "ok"), pc.equal(sources["listings"], 0)))
    gone = pc.is_in(lab_listings["source"], value_set=silent["source"].combine_chunks())
    others = set(lab_listings.filter(pc.invert(gone))["lab_id"].to_pylist())
    return sorted(set(lab_listings.filter(gone)["lab_id"].to_pylist()) - others)


def _stale(
    state: dict[str, Any], before: dict[str, Any] | None, kept: pa.Table | None, week: Week
) -> tuple[dict[str, Any], pa.Table | None]:
    """Return the state and listings of a source that gave nothing to believe this week."""
    if before is None or before["listings_week"] is None:
        stale = (before["staleness_weeks"] if before else 0) + 1
        failed = "failed" if state["state"] == "ok" else state["state"]
        return state | {"state": failed, "listings": 0, "listings_week": None, "staleness_weeks": stale}, None
    fetched_in = before["listings_week"]
    stale = week.weeks_since(Week.parse(fetched_in))
    row = state | {"listings_week": fetched_in, "staleness_weeks": stale}
    if kept is None or stale > MAX_STALE_WEEKS:
        failed = "failed" if state["state"] == "ok" else state["state"]
        note = f"listings of {fetched_in} expired after {MAX_STALE_WEEKS} weeks" if kept is not None else None
        evidence = "; ".join(text for text in (note, state["evidence"]) if text) or None
        return row | {"state": failed, "listings": 0, "evidence": evidence}, None
    return row | {"state": "carried_forward", "listings": kept.num_rows, "fetched_at": before["fetched_at"]}, kept


def _not_crawled(before: dict[str, Any]) -> dict[str, Any]:
    """Return a state for a source that was there last week and that nobody asked this week."""
    nothing = dict.fromkeys(("rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes"), 0)
    why = {"state": "skipped", "failure": "not_crawled", "evidence": "not among the sources of this run"}
    return before | nothing | why


def _by_source(listings: pa.Table) -> dict[str, pa.Table]:
    table = conform(listings, Listing)
    return {name: table.filter(pc.equal(table["source"], name)) for name in table["source"].unique().to_pylist()}
