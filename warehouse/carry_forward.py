"""This week's crawls and last week's listings to the listings that count: a silent source keeps its last good ones.

A source that is silent because it was not due by its cadence has not failed: it rests, and its listings are not stale.
What is kept of entries that are silent in a source that answers: silent_entries.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.checks import refused
from warehouse.schema import Listing, SourceState, UnansweredEntry, conform, empty
from warehouse.silent_entries import LastWeek, of_an_answer, of_silence, run_out
from warehouse.staleness import MAX_STALE_WEEKS, weeks_overdue
from warehouse.weeks import Week

_NOTHING_ASKED: Mapping[str, int | None] = {
    **dict.fromkeys(("rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes"), 0),
    **dict.fromkeys(("not_modified_share", "rate_limited", "overloaded", "delay_s", "requests_per_listing")),
}
"""What a crawl that did not take place cost."""


@dataclass(frozen=True)
class WeekListings:
    """The listings that count this week, the states and silent entries that say why, and whose listings ran out."""

    listings: pa.Table
    sources: pa.Table
    unanswered: pa.Table
    expired: tuple[str, ...] = ()
    """Sources whose last good listings counted last week and have expired."""


def carry_forward(  # noqa: PLR0913  # what was read this week, what counted last week, and what the sources promise
    listings: pa.Table,
    sources: pa.Table,
    unanswered: pa.Table,
    *,
    week: Week,
    checks: pa.Table | None = None,
    previous: WeekListings | None = None,
    weeks_between: Mapping[str, int] = MappingProxyType({}),
) -> WeekListings:
    """Return the week's listings with those of failed, blocked, skipped, refused and absent sources kept from before.

    Args:
        listings: crawled this week.
        sources: states as crawled: ok, failed, blocked or skipped.
        unanswered: entries without an answer of the sources that gave one.
        week: the logical week.
        checks: this week's gates; a source with a gate that says carry_forward is not believed.
        previous: the last week there is, as this function returned it.
        weeks_between: source to the weeks from one crawl to the next by its cadence; 1 where it says nothing.
    """
    doubted = refused(checks) if checks is not None else {}
    past = _last_week(previous) if previous else {}
    crawled, silent = _by_source(conform(listings, Listing)), _by_source(unanswered)
    states = {row["source"]: row for row in sources.to_pylist()}
    parts, rows, entries, expired = [empty(Listing)], [], [], []
    for source in sorted(states.keys() | past.keys()):
        before, between = past.get(source), weeks_between.get(source, 1)
        overdue = weeks_overdue(before.state if before else None, week, between)
        state = states.get(source)
        if state is not None and state["state"] == "ok" and source not in doubted:
            told = silent[source].to_pylist() if source in silent else []
            own, told_of = of_an_answer(crawled.get(source, empty(Listing)), told, before, week, between)
            row = state | {"listings_week": str(week)}
        elif before is None:
            own, told_of = empty(Listing), []
            row = _stale(_doubted(states[source], doubted), None, 0, overdue)
        else:
            own, told_of = of_silence(before, week, between)
            if state is None and overdue == 0:
                row = _resting(before.state, between, week)
            else:
                asked = _doubted(state, doubted) if state else _not_crawled(before.state)
                row = _stale(asked, before.state, own.num_rows, overdue)
                if row["state"] != "carried_forward":
                    expired += [source] if own.num_rows else []
                    own = empty(Listing)
        kept = sum(entry.is_kept for entry in told_of)
        rows.append(row | {"listings": own.num_rows, "listings_kept": kept})
        parts.append(own)
        entries += told_of
    return WeekListings(
        listings=conform(pa.concat_tables(parts), Listing).sort_by([(name, "ascending") for name in Listing.key]),
        sources=SourceState.table([SourceState(**row) for row in rows]),
        unanswered=UnansweredEntry.table(entries),
        expired=tuple(expired),
    )


def labs_expired(lab_listings: pa.Table, sources: pa.Table, unanswered: pa.Table) -> list[str]:
    """Return last week's labs that only silent sources and entries list, which give nothing more: weeks announced it.

    Args:
        lab_listings: last week's.
        sources: this week's states, as `carry_forward` left them.
        unanswered: this week's entries, as `carry_forward` left them.
    """
    silent = sources.filter(pc.and_(pc.not_equal(sources["state"], "ok"), pc.equal(sources["listings"], 0)))
    gone = pc.is_in(lab_listings["source"], value_set=silent["source"].combine_chunks())
    if ended := run_out(unanswered):
        pairs = zip(lab_listings["source"].to_pylist(), lab_listings["source_key"].to_pylist(), strict=True)
        gone = pc.or_(gone, pa.array([pair in ended for pair in pairs], pa.bool_()))
    others = set(lab_listings.filter(pc.invert(gone))["lab_id"].to_pylist())
    return sorted(set(lab_listings.filter(gone)["lab_id"].to_pylist()) - others)


def _last_week(previous: WeekListings) -> dict[str, LastWeek]:
    """Return what is known of each source of the last week there is."""
    listings = _by_source(conform(previous.listings, Listing))
    kept = _by_source(previous.unanswered.filter(previous.unanswered["is_kept"]))
    return {
        state["source"]: LastWeek(
            state,
            listings.get(state["source"], empty(Listing)),
            {row["source_key"]: row for row in kept[state["source"]].to_pylist()} if state["source"] in kept else {},
        )
        for state in previous.sources.to_pylist()
    }


def _resting(before: Mapping[str, Any], weeks_between: int, week: Week) -> dict[str, Any]:
    """Return the state of a source that is not due: its listings of the last good week count in full."""
    due = Week.parse(before["listings_week"]).plus(weeks_between)
    why = f"listings of {before['listings_week']} count until it is asked again in {due}"
    return {**before, **_NOTHING_ASKED} | {
        "state": "skipped",
        "failure": "not_due",
        "evidence": why,
        "staleness_weeks": 0,
    }


def _doubted(state: dict[str, Any], doubted: Mapping[str, str]) -> dict[str, Any]:
    """Return the state of a source that did not answer, or did and is not believed."""
    source = state["source"]
    return state | {"failure": "drift", "evidence": doubted[source]} if source in doubted else state


def _stale(state: dict[str, Any], before: Mapping[str, Any] | None, kept: int, stale: int) -> dict[str, Any]:
    """Return the state of a source that gave nothing to believe for `stale` weeks, this one included.

    Args:
        state: as crawled.
        before: in the last week there is.
        kept: how many listings there are to keep.
        stale: weeks.
    """
    failed = "failed" if state["state"] == "ok" else state["state"]
    if before is None or before["listings_week"] is None:
        return state | {"state": failed, "listings_week": None, "staleness_weeks": stale}
    fetched_in = before["listings_week"]
    row = state | {"listings_week": fetched_in, "staleness_weeks": stale}
    if kept and stale <= MAX_STALE_WEEKS:
        return row | {"state": "carried_forward", "fetched_at": before["fetched_at"]}
    note = f"listings of {fetched_in} expired after {MAX_STALE_WEEKS} weeks" if kept else None
    told = (state["evidence"] or "").removeprefix(note or "").removeprefix("; ")  # said by an earlier run
    evidence = "; ".join(text for text in (note, told) if text) or None
    return row | {"state": failed, "evidence": evidence}


def _not_crawled(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state for a source that was there last week and that nobody asked this week."""
    why = {"state": "skipped", "failure": "not_crawled", "evidence": "not among the sources of this run"}
    return {**before, **_NOTHING_ASKED, **why}


def _by_source(table: pa.Table) -> dict[str, pa.Table]:
    return {name: table.filter(pc.equal(table["source"], name)) for name in table["source"].unique().to_pylist()}
