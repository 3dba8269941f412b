"""An entry that gives no answer, in a directory that does, keeps its last good listing for eight weeks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.fabricate import NOW, W40, World, lab_id, listing, state, table
from warehouse import checks
from warehouse.carry_forward import WeekListings, carry_forward, labs_expired
from warehouse.silent_entries import heard, run_out
from warehouse.staleness import MAX_STALE_WEEKS
from warehouse.weeks import Week


def made(
    week: Week,
    read: Sequence[str],
    silent: Sequence[str] = (),
    before: WeekListings | None = None,
    *,
    how: str = "ok",
    between: int = 1,
    gates: pa.Table | None = None,
) -> WeekListings:
    """Return a week in which the directory was read, or failed: some entries gave a listing, others no answer."""
    fetched = NOW + timedelta(weeks=week.weeks_since(W40))
    return carry_forward(
        table("listings", [listing("network", key) for key in read]),
        table("sources", [state("network", how, unanswered=len(silent), fetched_at=fetched)]),
        entries(silent),
        week=week,
        checks=gates,
        previous=before,
        weeks_between={"network": between},
    )


def entries(keys: Sequence[str]) -> pa.Table:
    told = {"source": "network", "failure": "timed_out", "evidence": "no answer"}
    return table("unanswered", [{**told, "source_key": key} for key in keys])


def keys(week: WeekListings) -> list[str]:
    found: list[str] = week.listings["source_key"].to_pylist()
    return found


def entry(week: WeekListings, key: str) -> dict[str, Any]:
    return next(dict(row) for row in week.unanswered.to_pylist() if row["source_key"] == key)


def source(week: WeekListings) -> dict[str, Any]:
    return dict(week.sources.to_pylist()[0])


FIRST = made(W40, ["a", "b", "c"])


def test_a_silent_entry_keeps_its_last_good_listing_and_says_so() -> None:
    week = made(W40.next, ["a", "b"], ["c"], FIRST)
    assert week.listings.equals(FIRST.listings)
    row = entry(week, "c")
    assert (row["is_kept"], row["listings_week"], row["staleness_weeks"]) == (True, "2026-W40", 1)
    assert (row["failure"], row["evidence"], row["fetched_at"]) == ("timed_out", "no answer", NOW)
    row = source(week)
    assert (row["state"], row["staleness_weeks"], row["listings_week"]) == ("ok", 0, "2026-W41")
    assert (row["listings"], row["listings_kept"], row["unanswered"]) == (3, 1, 1)


def test_after_eight_weeks_it_lets_go_with_a_reason_and_not_before() -> None:
    week, at = FIRST, W40
    for stale in range(1, MAX_STALE_WEEKS + 1):
        at = at.next
        week = made(at, ["a", "b"], ["c"], week)
        assert (keys(week), entry(week, "c")["staleness_weeks"]) == (["a", "b", "c"], stale)
        assert (entry(week, "c")["fetched_at"], run_out(week.unanswered)) == (NOW, set())
    week = made(at.next, ["a", "b"], ["c"], week)
    assert (keys(week), run_out(week.unanswered)) == (["a", "b"], {("network", "c")})
    assert (source(week)["listings"], source(week)["listings_kept"]) == (2, 0)
    later = made(at.next.next, ["a", "b"], ["c"], week)
    assert (keys(later), run_out(later.unanswered)) == (["a", "b"], set())
    assert entry(later, "c")["listings_week"] is None


def test_an_entry_that_answers_again_is_as_read_and_begins_anew() -> None:
    week = made(W40.next, ["a", "b"], ["c"], FIRST)
    week = made(W40.plus(2), ["a", "b", "c"], [], week)
    assert (keys(week), week.unanswered.num_rows, source(week)["listings_kept"]) == (["a", "b", "c"], 0, 0)
    week = made(W40.plus(3), ["a", "b"], ["c"], week)
    assert (entry(week, "c")["listings_week"], entry(week, "c")["staleness_weeks"]) == ("2026-W42", 1)


def test_an_entry_the_directory_names_no_more_is_gone() -> None:
    assert keys(made(W40.next, ["a", "b"], [], FIRST)) == ["a", "b"]
    week = made(W40.next, ["a", "b"], ["c"], FIRST)
    week = made(W40.plus(2), ["a", "b"], [], week)
    assert (keys(week), week.unanswered.num_rows) == (["a", "b"], 0)


def test_an_entry_that_never_answered_keeps_nothing() -> None:
    week = made(W40, ["a"], ["c"])
    assert (keys(week), entry(week, "c")["is_kept"], run_out(week.unanswered)) == (["a"], False, set())
    assert keys(made(W40.next, ["a"], ["c"], week)) == ["a"]


def test_an_entry_grows_older_while_its_source_is_silent_as_a_whole() -> None:
    week = made(W40.next, ["a", "b"], ["c"], FIRST)
    at = W40.next
    for stale in range(2, MAX_STALE_WEEKS + 1):
        at = at.next
        week = made(at, [], [], week, how="failed")
        assert (keys(week), entry(week, "c")["staleness_weeks"]) == (["a", "b", "c"], stale)
        assert (source(week)["state"], source(week)["staleness_weeks"]) == ("carried_forward", stale - 1)
        assert (source(week)["listings"], source(week)["listings_kept"]) == (3, 1)
    alone = made(at.next, [], [], week, how="failed")
    assert (keys(alone), run_out(alone.unanswered)) == (["a", "b"], {("network", "c")})
    assert source(alone)["state"] == "carried_forward", "its own listings last a week longer"
    back = made(at.next, ["a", "b"], ["c"], week)
    assert (keys(back), run_out(back.unanswered)) == (["a", "b"], {("network", "c")})


def test_an_entry_stays_silent_through_a_week_in_which_its_source_failed() -> None:
    week = made(W40.next, ["a", "b"], ["c"], FIRST)
    week = made(W40.plus(2), [], [], week, how="failed")
    week = made(W40.plus(3), ["a", "b"], ["c"], week)
    assert (keys(week), entry(week, "c")["listings_week"]) == (["a", "b", "c"], "2026-W40")
    assert entry(week, "c")["staleness_weeks"] == 3


def test_of_a_week_that_is_not_believed_no_entry_is_either() -> None:
    refusal = [{"name": "count", "subject": "network", "value": 1.0, "verdict": "carry_forward", "why": "fell"}]
    week = made(W40.next, ["a"], ["b"], FIRST, gates=table("checks", refusal))
    assert (keys(week), week.unanswered.num_rows) == (["a", "b", "c"], 0)


def test_a_week_that_is_made_again_from_its_own_tables_is_the_same() -> None:
    second = made(W40.next, ["a", "b"], ["c", "d"], FIRST)
    for at, past in ((W40.next, FIRST), (W40.plus(9), FIRST)):
        week = made(at, ["a", "b"], ["c", "d"], past)
        stood = table("sources", [state("network", unanswered=2, fetched_at=source(week)["fetched_at"])])
        again = carry_forward(week.listings, stood, week.unanswered, week=at, previous=past)
        assert again == week
    assert keys(second) == ["a", "b", "c"]


def test_a_monthly_source_has_silent_entries_that_are_stale_only_when_it_was_due() -> None:
    week = made(W40.plus(2), ["a", "b"], ["c"], FIRST, between=4)
    assert entry(week, "c")["staleness_weeks"] == 0, "somebody asked before it was due"
    nobody = table("listings", []), table("sources", []), entries([])
    week = carry_forward(*nobody, week=W40.plus(5), previous=week, weeks_between={"network": 4})
    assert (source(week)["failure"], source(week)["listings"], source(week)["listings_kept"]) == ("not_due", 3, 1)
    assert (source(week)["staleness_weeks"], entry(week, "c")["staleness_weeks"]) == (0, 2)


def test_a_file_that_gives_no_answer_stands_for_its_listings_but_those_that_were_read() -> None:
    first = made(W40, ["file/1", "file/2", "file2/1", "other/1"])
    week = made(W40.next, ["file/1", "other/1"], ["file"], first)
    assert keys(week) == ["file/1", "file/2", "other/1"]
    assert [row["source_key"] for row in week.unanswered.to_pylist() if row["is_kept"]] == ["file/2"]
    again = carry_forward(
        week.listings, table("sources", [state("network")]), week.unanswered, week=W40.next, previous=first
    )
    assert (again.listings, again.unanswered) == (week.listings, week.unanswered)
    third = made(W40.plus(2), ["other/1"], ["file"], week)
    ages = {row["source_key"]: row["staleness_weeks"] for row in third.unanswered.to_pylist() if row["is_kept"]}
    assert ages == {"file/1": 1, "file/2": 2}


@pytest.mark.parametrize("key", ["c", "c/1"])
def test_what_is_silent_is_neither_known_again_nor_lost(key: str) -> None:
    before = table("listings", [listing("network", one) for one in ("a", "b", key)] + [listing("atlas", key)])
    left = heard(before, entries(["c"]))
    assert sorted(zip(left["source"].to_pylist(), left["source_key"].to_pylist(), strict=True)) == [
        ("atlas", key),
        ("network", "a"),
        ("network", "b"),
    ]
    crawled = table("listings", [listing("network", one) for one in ("a", "b", "d")])
    gates = checks.check_week(crawled, table("sources", [state("network")]), previous=left).to_pylist()
    assert {row["name"]: row["value"] for row in gates}["known_again_share"] == 1.0


def test_a_lab_leaves_announced_when_its_last_entry_has_run_out() -> None:
    members = {"a": (("network", "a"),), "b": (("network", "b"), ("atlas", "b")), "c": (("network", "c"),)}
    world = World(W40, {"a": {}, "b": {}, "c": {}}, members, {"network": "ok", "atlas": "ok"})
    states = table("sources", [state("network", listings=1), state("atlas", listings=1)])
    ended = {"source": "network", "failure": "timed_out", "listings_week": "2026-W31", "staleness_weeks": 9}
    unanswered = table("unanswered", [{**ended, "source_key": key} for key in ("a", "b")])
    assert labs_expired(world.tables()["lab_listings"], states, unanswered) == [lab_id("a")]
