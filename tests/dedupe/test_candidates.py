"""Pairs of rows: each once, with all that made it."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.candidates import Candidates, completed, marked, united

ONE, OTHER, GROUP = 1, 2, 4

rows = st.integers(0, 11)
pairs = st.sets(st.tuples(rows, rows).filter(lambda pair: pair[0] < pair[1]))


def candidates(found: set[tuple[int, int]], bit: int) -> Candidates:
    return marked(np.array(sorted(found), dtype=np.int64).reshape(-1, 2), bit)


def as_dict(found: Candidates) -> dict[tuple[int, int], int]:
    keys = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert keys == sorted(set(keys))
    return dict(zip(keys, found.rules.tolist(), strict=True))


@given(pairs, pairs)
def test_united_lists_hold_each_pair_once_with_all_its_rules(
    one: set[tuple[int, int]], other: set[tuple[int, int]]
) -> None:
    both, place = united(candidates(one, ONE), candidates(other, OTHER))
    assert as_dict(both) == {pair: ONE * (pair in one) | OTHER * (pair in other) for pair in one | other}
    found = [sorted(one)[at] if at >= 0 else None for at in place.tolist()]
    assert found == [pair if pair in one else None for pair in as_dict(both)]


@given(pairs, st.lists(st.integers(-1, 3), min_size=12, max_size=12))
def test_groups_are_completed(one: set[tuple[int, int]], group: list[int]) -> None:
    inside = {(a, b) for a, b in itertools.combinations(range(12), 2) if group[a] == group[b] >= 0}
    every, place = completed(candidates(one, ONE), np.array(group), GROUP)
    assert as_dict(every) == {pair: ONE * (pair in one) | GROUP * (pair in inside) for pair in one | inside}
    assert [at >= 0 for at in place.tolist()] == [pair in one for pair in as_dict(every)]
