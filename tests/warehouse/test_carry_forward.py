"""A source that is silent, blocked or not believed keeps its last good listings, marked, for eight weeks."""

from dataclasses import replace

import pyarrow as pa
import pytest

from tests.warehouse.fabricate import NOW, W40, empty_of, listing, state, table
from warehouse import checks
from warehouse.carry_forward import WeekListings, carry_forward, labs_expired
from warehouse.staleness import MAX_STALE_WEEKS, weeks_overdue
from warehouse.weeks import Week

NOBODY = empty_of("unanswered")
GOOD = carry_forward(
    table("listings", [listing("network", "a"), listing("network", "b"), listing("atlas", "a")]),
    table("sources", [state("network", fetched_at=NOW), state("atlas", fetched_at=NOW)]),
    NOBODY,
    week=W40,
)


def silent(how: str = "failed") -> tuple[pa.Table, pa.Table, pa.Table]:
    crawled = table("listings", [listing("atlas", "a")])
    return crawled, table("sources", [state("network", how, failure="http", evidence="503"), state("atlas")]), NOBODY


def row_of(week: WeekListings, source: str) -> dict[str, object]:
    return next(row for row in week.sources.to_pylist() if row["source"] == source)


def test_a_good_week_is_taken_as_it_is() -> None:
    assert GOOD.listings.num_rows == 3
    assert row_of(GOOD, "network")["listings"] == 2
    assert row_of(GOOD, "network")["listings_week"] == "2026-W40"
    assert row_of(GOOD, "network")["staleness_weeks"] == 0


@pytest.mark.parametrize("how", ["failed", "blocked", "skipped"])
def test_a_silent_source_keeps_last_weeks_listings_and_says_so(how: str) -> None:
    week = carry_forward(*silent(how), week=W40.next, previous=GOOD)
    assert week.listings.equals(GOOD.listings)
    row = row_of(week, "network")
    assert (row["state"], row["failure"], row["evidence"]) == ("carried_forward", "http", "503")
    assert (row["listings"], row["listings_week"], row["staleness_weeks"]) == (2, "2026-W40", 1)
    assert row["fetched_at"] == NOW
    assert week.expired == ()


def test_after_eight_weeks_listings_expire_with_a_reason_and_not_before() -> None:
    week, at = GOOD, W40
    for stale in range(1, MAX_STALE_WEEKS + 1):
        at = at.next
        week = carry_forward(*silent(), week=at, previous=week)
        assert row_of(week, "network")["staleness_weeks"] == stale
        assert week.listings.num_rows == 3
    week = carry_forward(*silent(), week=at.next, previous=week)
    assert week.expired == ("network",)
    assert week.listings["source"].to_pylist() == ["atlas"]
    assert row_of(week, "network")["state"] == "failed"
    assert "2026-W40 expired" in str(row_of(week, "network")["evidence"])
    later = carry_forward(*silent(), week=at.next.next, previous=week)
    assert later.expired == ()
    assert row_of(later, "network")["staleness_weeks"] == MAX_STALE_WEEKS + 2


def test_staleness_counts_weeks_of_the_calendar_when_weeks_are_missing() -> None:
    week = carry_forward(*silent(), week=Week.parse("2026-W45"), previous=GOOD)
    assert row_of(week, "network")["staleness_weeks"] == 5


def test_a_source_nobody_asked_is_skipped_and_kept() -> None:
    crawled = table("listings", [listing("atlas", "a")])
    week = carry_forward(crawled, table("sources", [state("atlas")]), NOBODY, week=W40.next, previous=GOOD)
    assert week.listings.num_rows == 3
    row = row_of(week, "network")
    assert (row["state"], row["failure"]) == ("carried_forward", "not_crawled")


def test_a_drift_refused_source_keeps_last_weeks_listings_with_the_reason() -> None:
    crawled, states = table("listings", [listing("network", "a")]), table("sources", [state("network")])
    before = carry_forward(
        table("listings", [listing("network", f"k{number}") for number in range(20)]), states, NOBODY, week=W40
    )
    history = [checks.check_week(before.listings, states)]
    found = checks.check_week(crawled, states, history=history)
    week = carry_forward(crawled, states, NOBODY, week=W40.next, checks=found, previous=before)
    assert week.listings.num_rows == 20
    row = row_of(week, "network")
    assert (row["state"], row["failure"]) == ("carried_forward", "drift")
    assert "count: 1 against" in str(row["evidence"])


def test_a_source_that_never_answered_carries_nothing() -> None:
    week = carry_forward(*silent(), week=W40)
    assert row_of(week, "network")["state"] == "failed"
    assert row_of(week, "network")["listings"] == 0
    assert week.expired == ()


def test_a_source_that_comes_back_replaces_what_was_kept() -> None:
    kept = carry_forward(*silent(), week=W40.next, previous=GOOD)
    crawled = table("listings", [listing("network", "c")])
    back = carry_forward(crawled, table("sources", [state("network")]), NOBODY, week=W40.next.next, previous=kept)
    assert [row["source_key"] for row in back.listings.to_pylist() if row["source"] == "network"] == ["c"]
    assert row_of(back, "network")["staleness_weeks"] == 0


def test_the_same_sources_in_another_order_give_the_same_tables() -> None:
    crawled, states, nobody = silent()
    turned = carry_forward(
        crawled.take(list(reversed(range(crawled.num_rows)))),
        states.take([1, 0]),
        nobody,
        week=W40.next,
        previous=replace(GOOD, sources=GOOD.sources.take([1, 0])),
    )
    straight = carry_forward(crawled, states, nobody, week=W40.next, previous=GOOD)
    assert turned.listings.equals(straight.listings)
    assert turned.sources.equals(straight.sources)


def test_a_lab_another_source_still_lists_does_not_expire() -> None:
    from tests.warehouse.fabricate import World, lab_id

    members = {"a": (("network", "a"),), "b": (("network", "b"), ("atlas", "b")), "c": (("atlas", "c"),)}
    world = World(W40, {"a": {}, "b": {}, "c": {}}, members, {"network": "ok", "atlas": "ok"})
    silent = table("sources", [state("network", "failed", listings=0), state("atlas")])
    healthy = table("sources", [state("network"), state("atlas")])
    assert labs_expired(world.tables()["lab_listings"], silent, NOBODY) == [lab_id("a")]
    assert labs_expired(world.tables()["lab_listings"], healthy, NOBODY) == []


MONTHLY = {"network": 4}


def rested(week: WeekListings, at: Week) -> WeekListings:
    crawled = table("listings", [listing("atlas", "a")])
    return carry_forward(
        crawled,
        table("sources", [state("atlas")]),
        NOBODY,
        week=at,
        previous=week,
        weeks_between=MONTHLY,
    )


def test_a_source_that_is_not_due_rests_and_its_listings_count_in_full() -> None:
    week, at = GOOD, W40
    for _ in range(3):
        at = at.next
        week = rested(week, at)
        row = row_of(week, "network")
        assert (row["state"], row["failure"], row["staleness_weeks"]) == ("skipped", "not_due", 0)
        assert (row["listings"], row["listings_week"], row["fetched_at"]) == (2, "2026-W40", NOW)
        assert (row["requests"], row["requests_per_listing"]) == (0, None)
        assert row["evidence"] == "listings of 2026-W40 count until it is asked again in 2026-W44"
        assert week.listings.num_rows == 3
    overdue = row_of(rested(week, at.next), "network")
    assert (overdue["state"], overdue["failure"], overdue["staleness_weeks"]) == ("carried_forward", "not_crawled", 1)


def test_a_monthly_source_that_fails_when_due_is_stale_from_then_on_and_removes_nothing_for_eight_weeks() -> None:
    week, at = GOOD, Week.parse("2026-W43")
    for stale in range(1, MAX_STALE_WEEKS + 1):
        at = at.next
        week = carry_forward(*silent(), week=at, previous=week, weeks_between=MONTHLY)
        assert row_of(week, "network")["staleness_weeks"] == stale
        assert week.listings.num_rows == 3
    week = carry_forward(*silent(), week=at.next, previous=week, weeks_between=MONTHLY)
    assert week.expired == ("network",)


def test_a_frozen_source_that_fails_after_a_year_keeps_its_listings() -> None:
    later = W40.plus(52)
    week = carry_forward(*silent(), week=later, previous=GOOD, weeks_between={"network": 52})
    assert (row_of(week, "network")["state"], week.listings.num_rows) == ("carried_forward", 3)


@pytest.mark.parametrize(
    ("answered", "weeks_later", "between", "overdue"),
    [("2026-W40", 1, 1, 1), ("2026-W40", 3, 4, 0), ("2026-W40", 4, 4, 1), ("2026-W40", 52, 52, 1), (None, 1, 4, 6)],
)
def test_a_source_is_overdue_from_the_week_it_is_due(
    answered: str | None, weeks_later: int, between: int, overdue: int
) -> None:
    before = {"listings_week": answered, "staleness_weeks": 5}
    assert weeks_overdue(before, W40.plus(weeks_later), between) == overdue
    assert weeks_overdue(None, W40, between) == 1
