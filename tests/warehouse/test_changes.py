"""The feed says what moved and why, and replays one week into the next."""

import json
from dataclasses import replace
from typing import get_args

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.fabricate import W40, W41, World, lab_id, state, table
from warehouse.changes import UNTOLD, Snapshot, changes, replay
from warehouse.schema.change import ChangeKind, ChangeReason

FIRST = World(W40, {"a": {}, "b": {}, "c": {}}, states={"network": "ok", "atlas": "ok"})


def snapshot(world: World, rejections: pa.Table | None = None) -> Snapshot:
    tables = world.tables()
    names = ("labs", "lab_listings", "registry", "id_bridge", "sources")
    return Snapshot(**{name: tables[name] for name in names}, rejections=rejections)


def told(before: World | None, now: World, **more: object) -> list[tuple[str, str, str]]:
    names = {lab_id(name): name for world in (before, now) if world for name in [*world.labs, *world.retired]}
    decided = {(lab_id(name.partition("_")[0]), name.partition("_")[2] or "*"): str(why) for name, why in more.items()}
    feed = changes(snapshot(before) if before else None, snapshot(now), decided=decided)
    return sorted((names[row["lab_id"]], row["change"], row["reason"]) for row in feed.to_pylist())


def test_in_the_first_week_every_lab_is_added() -> None:
    assert told(None, FIRST) == [(name, "added", "first_listed") for name in "abc"]


def test_the_same_week_twice_gives_an_empty_feed() -> None:
    assert told(FIRST, FIRST) == []


def test_columns_that_move_with_the_calendar_are_not_told() -> None:
    now = FIRST.then(labs={name: {"staleness_weeks": 3, "last_confirmed_on": W41.monday} for name in "abc"})
    assert told(FIRST, now) == []


@pytest.mark.parametrize(("columns", "kind", "reason"), [
    ({"name": "Nouvel atelier"}, "renamed", "edited_at_source"),
    ({"lat": 48.2}, "moved", "edited_at_source"),
    ({"lat": 48.1004}, "changed", "edited_at_source"),
    ({"lat": None, "lon": None}, "changed", "edited_at_source"),
    ({"archetype": "2"}, "archetype_changed", "edited_at_source"),
    ({"archetype_score": 0.4}, "changed", "edited_at_source"),
    ({"status": "closed"}, "status_changed", "closed_by_source"),
    ({"website": "https://a.example"}, "changed", "edited_at_source"),
    ({"equipment": ["laser"]}, "changed", "edited_at_source"),
])  # fmt: skip
def test_an_edit_is_told_by_its_kind(columns: dict[str, object], kind: str, reason: str) -> None:
    now = FIRST.then(labs=FIRST.labs | {"a": columns})
    assert told(FIRST, now) == [("a", kind, reason)]


def test_a_lab_that_changes_in_two_ways_has_two_rows_with_their_own_values() -> None:
    now = FIRST.then(labs=FIRST.labs | {"a": {"name": "Neuf", "website": "https://a.example"}})
    feed = changes(snapshot(FIRST), snapshot(now)).to_pylist()
    assert [(row["change"], row["changed_fields"]) for row in feed] == [("changed", ["website"]), ("renamed", ["name"])]
    assert json.loads(feed[0]["before_json"]) == {"website": None}
    assert json.loads(feed[1]["after_json"]) == {"name": "Neuf"}


def test_a_lab_that_vanishes_from_a_healthy_source_is_removed_with_that_reason() -> None:
    now = FIRST.then(labs={"a": {}, "b": {}}, retired={"c": ("retired", (), W41)})
    assert told(FIRST, now) == [("c", "removed", "vanished_from_healthy_source")]


def test_a_lab_that_was_closed_and_vanishes_was_closed_by_its_source() -> None:
    before = World(W40, FIRST.labs | {"c": {"status": "closed"}})
    now = before.then(labs={"a": {}, "b": {}}, retired={"c": ("retired", (), W41)})
    assert told(before, now) == [("c", "removed", "closed_by_source")]


def test_a_lab_whose_record_is_refused_now_left_the_scope() -> None:
    now = FIRST.then(labs={"a": {}, "b": {}}, retired={"c": ("retired", (), W41)})
    refusal = {"source": "network", "page": "https://n.example", "record": "c", "rule": "out_of_scope", "reason": "x"}
    feed = changes(snapshot(FIRST), snapshot(now, table("rejections", [refusal])))
    assert feed["reason"].to_pylist() == ["left_scope"]


def test_a_lab_whose_only_source_ran_out_expired_and_did_not_vanish() -> None:
    now = FIRST.then(
        labs={"a": {}, "b": {}},
        members={"a": (("atlas", "a"),), "b": (("atlas", "b"),)},
        states={"network": "failed", "atlas": "ok"},
        retired={"c": ("retired", (), W41)},
    )
    assert ("c", "removed", "source_expired") in told(FIRST, now)


def test_a_lab_whose_only_entry_ran_out_expired_and_one_of_which_a_source_was_well_vanished() -> None:
    both = {"b": (("network", "b"), ("network", "b2")), "c": (("network", "c"),)}
    before = replace(FIRST, members=both)
    now = before.then(labs={"a": {}}, retired={name: ("retired", (), W41) for name in "bc"})
    ended = {"source": "network", "failure": "timed_out", "listings_week": "2026-W32", "staleness_weeks": 9}
    silent = [{**ended, "source_key": "b"}, {**ended, "source_key": "c"}]
    silent += [{"source": "network", "source_key": "b2", "failure": "timed_out"}]
    feed = changes(snapshot(before), replace(snapshot(now), unanswered=table("unanswered", silent))).to_pylist()
    reasons = {row["lab_id"]: row["reason"] for row in feed}
    assert reasons == {lab_id("b"): "vanished_from_healthy_source", lab_id("c"): "source_expired"}


def test_a_merge_names_its_heir() -> None:
    now = FIRST.then(
        labs={"a": {}, "b": {}},
        members={"a": (("network", "a"), ("network", "c"))},
        retired={"c": ("merged_into", ("a",), W41)},
    )
    feed = changes(snapshot(FIRST), snapshot(now)).to_pylist()
    assert [(row["change"], row["reason"], row["related_ids"]) for row in feed] == [
        ("merged_into", "duplicate", [lab_id("a")])
    ]


def test_a_split_names_its_parent() -> None:
    before = World(W40, {"a": {}}, members={"a": (("network", "a"), ("network", "b"))})
    now = before.then(labs={"a": {}, "b": {}}, members={})
    feed = changes(snapshot(before), snapshot(now)).to_pylist()
    assert [(row["change"], row["related_ids"]) for row in feed if row["lab_id"] == lab_id("b")] == [
        ("split_from", [lab_id("a")])
    ]


def test_a_key_the_source_uses_for_another_lab_is_neither_a_split_nor_a_double() -> None:
    now = FIRST.then(
        labs={"a": {}, "b": {}, "new": {}}, members={"new": (("network", "c"),)}, retired={"c": ("retired", (), W41)}
    )
    assert told(FIRST, now) == [("c", "removed", "key_reused"), ("new", "added", "first_listed")]


def test_a_lab_that_comes_back_is_restored() -> None:
    gone = FIRST.then(labs={"a": {}, "b": {}}, retired={"c": ("retired", (), W41)})
    back = gone.then(labs=FIRST.labs, retired={})
    assert told(gone, back) == [("c", "restored", "listed_again")]


def test_a_persons_decision_is_the_reason_told() -> None:
    now = FIRST.then(labs={"a": {"name": "Juste"}, "b": {}}, retired={"c": ("retired", (), W41)})
    assert told(FIRST, now, a_name="correction", c="privacy") == [
        ("a", "renamed", "correction"), ("c", "removed", "privacy")
    ]  # fmt: skip


def test_one_year_of_a_registry_can_say_every_kind_and_every_reason() -> None:
    both = (("network", "a"), ("network", "b"))
    retired = {name: ("retired", (), W41) for name in "defghk"}
    before = World(
        W40,
        {"a": {}, "b": {}, "d": {"status": "closed"}, **{name: {} for name in "efghijk"}},
        members={"f": (("late", "f"),), "i": (("network", "i"), ("network", "j")), "k": (("network", "k"),)},
        states={"network": "ok", "late": "ok"},
    )
    now = before.then(
        labs={
            "a": {"name": "Neuf"},
            "i": {"lat": 49.0, "archetype": "2"},
            "j": {"status": "closed"},
            "n": {},
            "x": {"name": "Autre"},
            "m": {},
            "o": {"fees": "5 €"},
            "p": {},
        },
        members={"a": both, "i": (("network", "i"),), "m": (("network", "j"),), "x": (("network", "k"),)},
        retired=retired | {"b": ("merged_into", ("a",), W41)},
    )
    before = replace(before, labs=dict(before.labs) | {"o": {}, "p": {"description": "x"}})
    issued = now.tables()["registry"]
    earlier = issued.filter(pa.compute.equal(issued["lab_id"], lab_id("n")))
    ended = replace(snapshot(before), registry=pa.concat_tables([snapshot(before).registry, earlier]))
    refused = table("rejections", [{"source": "network", "page": "https://x", "record": "e", "rule": "out_of_scope",
                                    "reason": "no workshop"}])  # fmt: skip
    after = replace(snapshot(now, refused), sources=table("sources", [state("network"), state("late", "failed")]))
    decided = {(lab_id("g"), "*"): "privacy", (lab_id("o"), "fees"): "correction"}
    feed = changes(ended, after, decided=decided)
    assert set(feed["change"].to_pylist()) == set(get_args(ChangeKind))
    assert set(feed["reason"].to_pylist()) == set(get_args(ChangeReason))


def test_no_contact_stands_in_the_feed() -> None:
    text = str(changes(None, snapshot(FIRST)).to_pylist())
    assert "phone" not in text
    assert "email" not in text
    assert "+33" not in text


cells = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text("aé<\u2028\x1f'=", min_size=1, max_size=4),
        "lat": st.none() | st.floats(-90, 90).map(lambda value: round(value, 6) + 0.0),
        "website": st.none() | st.just("https://a.example"),
        "equipment": st.none() | st.lists(st.sampled_from(["laser", "cnc", "3d"]), min_size=1, max_size=3),
        "status": st.sampled_from(["active", "closed", "unknown"]),
        "founded_on": st.none() | st.just(W40.monday),
        "archetype": st.sampled_from(["1", "2", "unclassified"]),
    },
)
weeks = st.dictionaries(st.sampled_from("abcdefgh"), cells, min_size=1)


@given(weeks, weeks)
@settings(max_examples=60, deadline=None)
def test_last_weeks_labs_and_the_feed_give_this_weeks_labs_row_for_row(
    before: dict[str, dict[str, object]], now: dict[str, dict[str, object]]
) -> None:
    first = World(W40, before)
    gone = {name: ("retired", (), W41) for name in before.keys() - now.keys()}
    second = first.then(labs=now, retired=gone)
    feed = changes(snapshot(first), snapshot(second))
    replayed = replay(snapshot(first).labs, feed)
    assert replayed.drop_columns(UNTOLD).equals(snapshot(second).labs.drop_columns(UNTOLD))
    kinds = {kind: set(feed.filter(pa.compute.equal(feed["change"], kind))["lab_id"].to_pylist()) for kind in
             ("added", "restored", "split_from", "removed", "merged_into")}  # fmt: skip
    ids = set(snapshot(first).labs["lab_id"].to_pylist())
    come = kinds["added"] | kinds["restored"] | kinds["split_from"]
    assert set(snapshot(second).labs["lab_id"].to_pylist()) == (ids | come) - kinds["removed"] - kinds["merged_into"]


@given(st.permutations("abcdefgh"))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_change_the_feed(order: list[str]) -> None:
    before = World(W40, {name: {} for name in order})
    now = before.then(labs={name: {"name": f"{name}!"} for name in order[:]})
    straight = World(W40, {name: {} for name in "abcdefgh"})
    later = straight.then(labs={name: {"name": f"{name}!"} for name in "abcdefgh"})
    assert changes(snapshot(before), snapshot(now)).equals(changes(snapshot(straight), snapshot(later)))
