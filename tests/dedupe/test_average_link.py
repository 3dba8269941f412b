"""All components at once come to what joining two groups at a time, the slow way, comes to."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.average_link import LINK_AT, UNSEEN
from dedupe.clustering import Constraints, Scored, clusters

ROWS = 9
PAIRS = list(combinations(range(ROWS), 2))


def joined_one_by_one(score: dict[tuple[int, int], float], apart: set[tuple[int, int]]) -> list[int]:
    """Return the cluster of each row: the two groups with the highest mean are joined, as long as one reaches."""
    groups = [{row} for row in range(ROWS)]

    def mean(one: set[int], two: set[int]) -> float:
        pairs = [(min(a, b), max(a, b)) for a in one for b in two]
        return round(sum(score.get(pair, UNSEEN) for pair in pairs) / len(pairs), 9)

    while True:
        offers = [
            (-mean(one, two), min(one), min(two))
            for one, two in combinations(sorted(groups, key=min), 2)
            if mean(one, two) >= LINK_AT
            and any((min(a, b), max(a, b)) in score for a in one for b in two)
            and not any((min(a, b), max(a, b)) in apart for a in one for b in two)
        ]
        if not offers:
            return [min(next(group for group in groups if row in group)) for row in range(ROWS)]
        _, one, two = min(offers)
        low, high = (next(group for group in groups if row in group) for row in (one, two))
        groups = [group for group in groups if group not in (low, high)] + [low | high]


scores = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([0.0, 0.25, 0.5, 0.625, 0.75, 0.875, 1.0]))
numbers = st.lists(st.sampled_from([-1, -1, -1, 0, 1]), min_size=ROWS, max_size=ROWS)


@settings(max_examples=300, deadline=None)
@given(score=scores, apart=st.sets(st.sampled_from(PAIRS), max_size=4), exclusive=numbers)
def test_the_clusters_are_those_of_joining_two_groups_at_a_time(
    score: dict[tuple[int, int], float], apart: set[tuple[int, int]], exclusive: list[int]
) -> None:
    twice = {(a, b) for a, b in PAIRS if exclusive[a] == exclusive[b] >= 0}
    keys = sorted(score)
    pairs = np.array(keys, dtype=np.int64).reshape(-1, 2)
    found = clusters(
        Scored(pairs[:, 0], pairs[:, 1], np.array([score[key] for key in keys], dtype=np.float32)),
        Constraints(
            must=np.empty((0, 2), dtype=np.int64),
            must_not=np.array(sorted(apart), dtype=np.int64).reshape(-1, 2),
            exclusive=np.array(exclusive, dtype=np.int64),
            follower=np.zeros(ROWS, dtype=bool),
        ),
    )
    vetoed = {pair for pair, own in score.items() if own == 0}
    assert found.cluster.tolist() == joined_one_by_one(score, apart | twice | vetoed)
