"""This week's crawls and last week's listings to the listings that count: a silent source keeps its last good ones.

A source that is silent because it was not due by its cadence has not failed: it rests, and its listings are not stale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.checks import refused
from warehouse.schema import Listing, SourceState, conform
from warehouse.weeks import Week

MAX_STALE_WEEKS = 8
"""So long are last good listings kept; after it they have expired. Source: publishing-and-safety.md 1.6."""

_NOTHING_ASKED: Mapping[str, int | None] = {
    **dict.fromkeys(("rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes"), 0),
    **dict.fromkeys(("not_modified_share", "rate_limited", "overloaded", "delay_s", "requests_per_listing")),
}
"""What a crawl that did not take place cost."""


@dataclass(frozen=True)
class WeekListings:
    """The listings that count this week, the states that say why, and the sources whose listings ran out."""

    listings: pa.Table
    sources: pa.Table
    expired: tuple[str, ...]


def carry_forward(  # noqa: PLR0913  # two inputs of this week, two of the last, and what the sources promise
    listings: pa.Table,
    sources: pa.Table,
    *,
    week: Week,
    checks: pa.Table | None = None,
    previous: tuple[pa.Table, pa.Table] | None = None,
    weeks_between: Mapping[str, int] = MappingProxyType({}),
) -> WeekListings:
    """Return the week's listings with those of failed, blocked, skipped, refused and absent sources kept from before.

    Args:
        listings: crawled this week.
        sources: states as crawled: ok, failed, blocked or skipped.
        week: the logical week.
        checks: this week's gates; a source with a gate that says carry_forward is not believed.
        previous: listings and sources of the last week there is, as this function returned them.
        weeks_between: source to the weeks from one crawl to the next by its cadence; 1 where it says nothing.
    """
    doubted = refused(checks) if checks is not None else {}
    before = {row["source"]: row for row in previous[1].to_pylist()} if previous else {}
    kept = _by_source(previous[0]) if previous else {}
    crawled = _by_source(listings)
    states = {row["source"]: row for row in sources.to_pylist()}
    parts, rows, expired = [], [], []
    for source in sorted(states.keys() | before.keys()):
        overdue = weeks_overdue(before.get(source), week, weeks_between.get(source, 1))
        if source not in states and overdue == 0:
            rows.append(_resting(before[source], weeks_between[source], week))
            parts += [kept[source]] if source in kept else []
            continue
        state = states.get(source) or _not_crawled(before[source])
        if state["state"] == "ok" and source not in doubted:
            own = crawled.get(source)
            rows.append(state | {"listings": own.num_rows if own else 0, "listings_week": str(week)})
            parts += [own] if own else []
            continue
        if source in doubted:
            state = state | {"failure": "drift", "evidence": doubted[source]}
        row, own = _stale(state, before.get(source), kept.get(source), overdue)
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


def weeks_overdue(before: Mapping[str, Any] | None, week: Week, weeks_between: int) -> int:
    """Return for how many weeks, this one included, a source has been due without an answer: 0 when it is not due.

    Args:
        before: its state in the last week there is, None when there is none.
        week: this week.
        weeks_between: weeks from one crawl to the next.
    """
    if before is None or before["listings_week"] is None:
        return (before["staleness_weeks"] if before else 0) + 1
    return max(0, week.weeks_since(Week.parse(before["listings_week"])) - (weeks_between - 1))


def _resting(before: dict[str, Any], weeks_between: int, week: Week) -> dict[str, Any]:
    """Return the state of a source that is not due: its listings of the last good week count in full."""
    due = Week.parse(before["listings_week"]).plus(weeks_between)
    why = f"listings of {before['listings_week']} count until it is asked again in {due}"
    return {**before, **_NOTHING_ASKED} | {
        "state": "skipped",
        "failure": "not_due",
        "evidence": why,
        "staleness_weeks": 0,
    }


def _stale(
    state: dict[str, Any], before: dict[str, Any] | None, kept: pa.Table | None, stale: int
) -> tuple[dict[str, Any], pa.Table | None]:
    """Return the state and listings of a source that gave nothing to believe for `stale` weeks, this one included."""
    if before is None or before["listings_week"] is None:
        failed = "failed" if state["state"] == "ok" else state["state"]
        return state | {"state": failed, "listings": 0, "listings_week": None, "staleness_weeks": stale}, None
    fetched_in = before["listings_week"]
    row = state | {"listings_week": fetched_in, "staleness_weeks": stale}
    if kept is None or stale > MAX_STALE_WEEKS:
        failed = "failed" if state["state"] == "ok" else state["state"]
        note = f"listings of {fetched_in} expired after {MAX_STALE_WEEKS} weeks" if kept is not None else None
        told = (state["evidence"] or "").removeprefix(note or "").removeprefix("; ")  # said by an earlier run
        evidence = "; ".join(text for text in (note, told) if text) or None
        return row | {"state": failed, "listings": 0, "evidence": evidence}, None
    return row | {"state": "carried_forward", "listings": kept.num_rows, "fetched_at": before["fetched_at"]}, kept


def _not_crawled(before: dict[str, Any]) -> dict[str, Any]:
    """Return a state for a source that was there last week and that nobody asked this week."""
    why = {"state": "skipped", "failure": "not_crawled", "evidence": "not among the sources of this run"}
    return {**before, **_NOTHING_ASKED, **why}


def _by_source(listings: pa.Table) -> dict[str, pa.Table]:
    table = conform(listings, Listing)
    return {name: table.filter(pc.equal(table["source"], name)) for name in table["source"].unique().to_pylist()}
