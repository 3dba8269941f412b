"""What was one lab last week stays one, what was two stays two, and more so when all that happened is a loss."""

import numpy as np

from dedupe.candidates import Candidates
from dedupe.ids import carry
from dedupe.last_week.inertia import LOSS, LastWeek, inertia
from dedupe.policy import Policy, SourcePolicy
from dedupe.scoring import STAYS, STAYS_APART
from tests.dedupe.labs import BRINDILLE, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, resolved

ROWS = [
    lab("atlas", "1", **BRINDILLE), lab("wiki", "1", **BRINDILLE),
    lab("atlas", "2", **ENCLUME), lab("network", "2", **ENCLUME),
]  # fmt: skip


def told(*weeks: list[dict[str, object]], policy: Policy | None = None) -> tuple[list[tuple[str, str]], LastWeek]:
    """Return the listings of the last of the weeks, and what is known of them before they are matched."""
    first, *between = (listings(*rows) for rows in weeks[:-1])
    past = before(resolved(first, "2026-W10"))
    for number, table in enumerate(between, start=11):
        past = before(resolved(table, f"2026-W{number}", previous=past))
    now = listings(*weeks[-1]).sort_by([("source", "ascending"), ("source_key", "ascending")])
    keys = zip(now["source"].to_pylist(), now["source_key"].to_pylist(), strict=True)
    return list(keys), carry.continuity(now, past).told(len(now), policy or {})


def names(keys: list[tuple[str, str]], of: np.ndarray) -> set[str]:  # type: ignore[type-arg]
    return {" ".join(key) for key, is_it in zip(keys, of, strict=True) if is_it}


def test_what_two_labs_have_left_is_held_apart_when_a_source_is_missing() -> None:
    pairs = Candidates(np.array([0, 0, 0]), np.array([1, 2, 3]), np.zeros(3, dtype=np.int32))
    lab_before, same = np.array([7, 7, 8, 8]), np.array([True, True, True, False])
    whole, bereft = np.zeros(4, dtype=bool), np.array([True, True, False, False])
    assert inertia(pairs, LastWeek(lab_before, same, whole)).tolist() == [STAYS, -STAYS_APART, -STAYS_APART]
    assert inertia(pairs, LastWeek(lab_before, same, bereft)).tolist() == [STAYS, -STAYS_APART - LOSS, -STAYS_APART]
    assert inertia(pairs, LastWeek(np.array([7, -1, -1, -1]), same, bereft)).tolist() == [0, 0, 0]


def test_a_lab_waits_for_a_lost_listing_until_it_is_back() -> None:
    without = [row for row in ROWS if row["source"] != "wiki"]
    keys, now = told(ROWS, without)
    assert names(keys, now.is_bereft) == {"atlas 1"}
    assert now.says_the_same.all()
    keys, now = told(ROWS, without, without, without)
    assert names(keys, now.is_bereft) == {"atlas 1"}
    _, now = told(ROWS, without, ROWS)
    assert not now.is_bereft.any()


def test_a_lost_share_alike_listing_is_not_missed() -> None:
    without = [row for row in ROWS if row["source"] != "wiki"]
    _, now = told(ROWS, without, policy={"wiki": SourcePolicy(2, licence_layer="share_alike")})
    assert not now.is_bereft.any()


def test_a_listing_that_says_something_else_is_not_held_by_a_loss() -> None:
    moved = {**BRINDILLE, "street": "3 quai Neuf"}
    keys, now = told(ROWS, [lab("atlas", "1", **moved), *ROWS[2:]])
    assert names(keys, now.is_bereft) == {"atlas 1"}
    assert names(keys, ~now.says_the_same) == {"atlas 1"}
