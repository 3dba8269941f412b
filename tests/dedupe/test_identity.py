"""Ids are carried over weeks whatever sources do with their keys and names."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedupe.identity import LIKENESS, MEMBERSHIP, MINTED_AT_ONCE, Claims, assign, mint, mint_all
from dedupe.ids.new_keys import BadKeys
from dedupe.ids.rekey import rekey, rekey_judgements
from dedupe.judgements import Judgement
from dedupe.policy import SourcePolicy
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, lab_ids, resolved
from warehouse.schema import IdBridge, RegistryEntry, empty

ROBOTS = {
    "name": "Robotique Club", "city": "Lille", "country_code": "FR", "lat": 50.63, "lon": 3.06,
    "street": "1 quai du Wault", "website": "https://robots.example",
}  # fmt: skip


def weeks(*tables: pa.Table, **more: Any) -> list[Any]:
    """Return the resolution of each week, each after the one before."""
    done: list[Any] = []
    for number, table in enumerate(tables):
        done.append(resolved(table, f"2026-W{40 + number}", previous=before(done[-1]) if done else None, **more))
    return done


def bridge(resolution: Any) -> dict[str, tuple[str | None, str]]:
    return {row["old_id"]: (row["new_id"], row["relation"]) for row in resolution.id_bridge.to_pylist()}


def test_an_id_is_minted_from_the_first_listing_and_the_week() -> None:
    (first,) = weeks(listings(lab("wiki", "b", **BRINDILLE_AGAIN), lab("atlas", "1", **BRINDILLE)))
    assert set(lab_ids(first).values()) == {mint("atlas", "1", "2026-W40")}
    assert mint("atlas", "1", "2026-W40") != mint("atlas", "1", "2026-W41")


def test_ids_minted_in_batches_are_those_minted_one_by_one() -> None:
    listings = [("atlas", str(number)) for number in range(MINTED_AT_ONCE + 3)]
    ids = mint_all(listings, "2026-W40")
    assert len(set(ids)) == len(listings)
    for place in (0, MINTED_AT_ONCE - 1, MINTED_AT_ONCE, MINTED_AT_ONCE + 2):
        assert ids[place] == mint(*listings[place], "2026-W40")


def test_an_id_is_rather_minted_from_an_open_listing_than_from_a_share_alike_one() -> None:
    policy = {"atlas": SourcePolicy(1, licence_layer="share_alike"), "wiki": SourcePolicy(2)}
    (first,) = weeks(listings(lab("wiki", "b", **BRINDILLE), lab("atlas", "1", **BRINDILLE)), policy=policy)
    assert set(lab_ids(first).values()) == {mint("wiki", "b", "2026-W40")}


def test_a_source_that_renumbers_all_its_keys_changes_no_id() -> None:
    first, second = weeks(
        listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ENCLUME)),
        listings(lab("atlas", "901", **ENCLUME), lab("atlas", "902", **BRINDILLE)),
    )
    assert lab_ids(second) == {("atlas", "901"): lab_ids(first)["atlas", "2"],
                               ("atlas", "902"): lab_ids(first)["atlas", "1"]}  # fmt: skip
    assert bridge(second) == {}


def test_a_renamed_lab_keeps_its_id() -> None:
    first, second = weeks(
        listings(lab("atlas", "1", **BRINDILLE)), listings(lab("atlas", "1", **{**BRINDILLE, "name": "Le Rucher"}))
    )
    assert lab_ids(second) == lab_ids(first)


def test_a_key_given_to_another_lab_gets_another_id_and_the_old_one_is_retired() -> None:
    first, second = weeks(listings(lab("atlas", "1", **BRINDILLE)), listings(lab("atlas", "1", **ROBOTS)))
    old = lab_ids(first)["atlas", "1"]
    assert lab_ids(second)["atlas", "1"] != old
    assert bridge(second) == {old: (None, "retired")}


def test_two_keys_exchanged_change_no_id() -> None:
    first, second = weeks(
        listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ROBOTS)),
        listings(lab("atlas", "1", **ROBOTS), lab("atlas", "2", **BRINDILLE)),
    )
    assert lab_ids(second)["atlas", "2"] == lab_ids(first)["atlas", "1"]
    assert lab_ids(second)["atlas", "1"] == lab_ids(first)["atlas", "2"]


def test_a_lab_that_left_one_source_and_appeared_in_another_keeps_its_id() -> None:
    first, second = weeks(listings(lab("atlas", "1", **BRINDILLE)), listings(lab("wiki", "b", **BRINDILLE_AGAIN)))
    assert lab_ids(second)["wiki", "b"] == lab_ids(first)["atlas", "1"]


def test_a_retired_id_comes_back_when_its_listing_returns() -> None:
    first, second, third = weeks(
        listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ROBOTS)),
        listings(lab("atlas", "2", **ROBOTS)),
        listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ROBOTS)),
    )
    old = lab_ids(first)["atlas", "1"]
    assert bridge(second) == {old: (None, "retired")}
    assert second.departed["lab_id"].to_pylist() == [old]
    assert lab_ids(third) == lab_ids(first)
    assert bridge(third) == {}
    assert len(third.departed) == 0


def test_a_key_that_returns_with_another_lab_brings_no_id_back() -> None:
    first, _, third = weeks(
        listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ENCLUME)),
        listings(lab("atlas", "2", **ENCLUME)),
        listings(lab("atlas", "1", **ROBOTS), lab("atlas", "2", **ENCLUME)),
    )
    assert lab_ids(third)["atlas", "1"] not in set(lab_ids(first).values())


def test_the_oldest_id_survives_a_merger_and_the_other_names_its_heir() -> None:
    vague = {"name": "Tanneurs", "city": "Saumur", "country_code": "FR"}
    first, second, third = weeks(
        listings(lab("wiki", "b", **vague)),
        listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **vague)),
        listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE)),
    )
    oldest, younger = lab_ids(first)["wiki", "b"], lab_ids(second)["atlas", "1"]
    assert oldest != younger
    assert set(lab_ids(third).values()) == {oldest}
    assert bridge(third) == {younger: (oldest, "merged_into")}


def test_a_lab_recognised_in_anothers_listings_takes_not_its_id() -> None:
    one, two = date(2026, 1, 5), date(2026, 1, 12)
    older, younger = mint("s", "a", "2026-W02"), mint("s", "b", "2026-W03")
    registry = RegistryEntry.table(
        [
            RegistryEntry(lab_id=older, status="active", first_seen=one, last_seen=two),
            RegistryEntry(lab_id=younger, status="active", first_seen=two, last_seen=two),
        ]
    )
    rows = [registry["lab_id"].to_pylist().index(lab_id) for lab_id in (older, younger)]
    claims = Claims(np.array(rows), np.array([0, 0]), np.array([3, 1]), np.array([LIKENESS, MEMBERSHIP]))
    outcome = assign(pa.table({"source": ["s"], "source_key": ["b"]}), claims, (registry, empty(IdBridge)), "2026-W04")
    assert outcome.ids.to_pylist() == [younger]
    assert outcome.id_bridge.select(["old_id", "new_id"]).to_pylist() == [{"old_id": older, "new_id": younger}]


def test_the_bridge_of_chained_mergers_leads_to_the_end_in_one_step() -> None:
    one, two = date(2026, 1, 5), date(2026, 1, 12)
    a, b, c = (mint("s", key, "2026-W01") for key in "abc")
    registry = RegistryEntry.table(
        [
            RegistryEntry(lab_id=a, status="merged", first_seen=one, last_seen=one, replaced_by=[b]),
            RegistryEntry(lab_id=b, status="active", first_seen=two, last_seen=two),
            RegistryEntry(lab_id=c, status="active", first_seen=one, last_seen=two),
        ]
    )  # fmt: skip
    links = IdBridge.table([IdBridge(old_id=a, new_id=b, relation="merged_into", since=date(2026, 1, 12))])
    claims = Claims(np.array([1, 2]), np.array([0, 0]), np.array([1, 1]), np.array([MEMBERSHIP, MEMBERSHIP]))
    first = pa.table({"source": ["s"], "source_key": ["b"]})
    outcome = assign(first, claims, (registry, links), "2026-W03")
    assert outcome.ids.to_pylist() == [c]
    assert {row["old_id"]: row["new_id"] for row in outcome.id_bridge.to_pylist()} == {a: c, b: c}
    assert {row["since"] for row in outcome.id_bridge.to_pylist() if row["old_id"] == a} == {date(2026, 1, 12)}


def test_a_split_keeps_the_id_with_most_listings() -> None:
    same = [lab(source, "1", **BRINDILLE) for source in ("atlas", "region", "wiki")]
    apart = [
        *same[:2],
        lab("wiki", "1", **{**BRINDILLE, **ROBOTS, "name": BRINDILLE["name"], "email": None, "phone": None}),
    ]
    first, second = weeks(listings(*same), listings(*apart))
    ids = lab_ids(second)
    assert ids["atlas", "1"] == lab_ids(first)["atlas", "1"]
    assert ids["atlas", "1"] == ids["region", "1"]


def test_an_erased_id_is_never_given_again() -> None:
    first = weeks(listings(lab("atlas", "1", **BRINDILLE)))[0]
    erased = first.registry.set_column(
        first.registry.column_names.index("status"), first.registry.schema.field("status"), pa.array(["erased"])
    )
    past = before(first)
    second = resolved(listings(lab("atlas", "1", **BRINDILLE)), "2026-W41", previous=replace(past, registry=erased))
    assert lab_ids(second)["atlas", "1"] != lab_ids(first)["atlas", "1"]


def test_announced_keys_are_applied_once_to_ids_and_judgements() -> None:
    (first,) = weeks(listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **ROBOTS)))
    past = rekey(before(first), "atlas", {"1": "one"})
    edited = {**BRINDILLE, "name": "Le Rucher", "street": None, "lat": None, "lon": None, "email": None}
    second = resolved(listings(lab("atlas", "one", **edited), lab("atlas", "2", **ROBOTS)), "2026-W41", previous=past)
    assert lab_ids(second)["atlas", "one"] == lab_ids(first)["atlas", "1"]
    judged = [Judgement(("atlas", "1"), ("wiki", "1"), "same", "ada", date(2026, 10, 1), "")]
    assert rekey_judgements(judged, "atlas", {"1": "one"})[0].left == ("atlas", "one")
    with pytest.raises(BadKeys, match="'2'"):
        rekey(before(first), "atlas", {"1": "2"})


def test_a_week_made_again_keeps_the_ids_it_was_published_with() -> None:
    first, second = weeks(
        listings(lab("wiki", "z", **ROBOTS)), listings(lab("wiki", "z", **ROBOTS), lab("wiki", "b", **BRINDILLE))
    )
    issued = {("wiki", "b"): lab_ids(second)["wiki", "b"]}
    table = listings(lab("wiki", "z", **ROBOTS), lab("atlas", "0", **BRINDILLE), lab("wiki", "b", **BRINDILLE))
    again = resolved(table, "2026-W41", previous=before(first), issued=issued)
    assert mint("atlas", "0", "2026-W41") != lab_ids(second)["wiki", "b"], "another listing leads the lab now"
    assert lab_ids(again)["atlas", "0"] == lab_ids(second)["wiki", "b"]
    same = resolved(second.listings, "2026-W41", previous=before(first), issued=issued)
    assert (same.registry, same.assignments, same.id_bridge) == (
        second.registry, second.assignments, second.id_bridge,
    )  # fmt: skip


def test_an_id_that_a_week_made_again_no_longer_has_is_told() -> None:
    (first,) = weeks(listings(lab("wiki", "b", **BRINDILLE), lab("atlas", "1", **ROBOTS)))
    issued = lab_ids(first)
    again = resolved(listings(lab("wiki", "b", **BRINDILLE)), "2026-W40", issued=issued)
    assert bridge(again) == {issued["atlas", "1"]: (None, "retired")}
    one = resolved(listings(lab("wiki", "b", **BRINDILLE), lab("atlas", "1", **BRINDILLE)), "2026-W40", issued=issued)
    (kept,) = set(lab_ids(one).values())
    (ended,) = set(issued.values()) - {kept}
    assert bridge(one) == {ended: (kept, "merged_into")}
