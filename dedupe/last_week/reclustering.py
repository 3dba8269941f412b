"""Scored pairs to clusters: only components in which something is other than last week are clustered again.

A component, the rows that strong pairs and judgements link, is clustered by itself. Where all its listings, its pairs,
their scores and what is decided of them are last week's, so are its clusters: the order of listings that are as they
were is that of their keys, so even ties fall the same way. A pair stirs its rows when it is new, gone or of another
score, and links them or lies within a component; pairs between two components say nothing as long as they are weak. So
what is clustered again are whole components of this week.
"""

import numpy as np

from dedupe import clustering
from dedupe.average_link import LINK_AT
from dedupe.clustering import Clusters, Constraints, Scored
from dedupe.keys.text import Array
from dedupe.last_week.known import NEW
from dedupe.last_week.pairing import Compared


def clusters(scored: Scored, constraints: Constraints, compared: Compared) -> Clusters:
    """Return the clusters of this week's rows; exactly those of `clustering.clusters`."""
    memory, old = compared.before, compared.known.old
    again = _again(scored, constraints, compared)
    rows = np.flatnonzero(again)
    if 2 * len(rows) > len(old):
        # as after the first week, whose labs speak for every pair from now on: all at once is less work
        return clustering.clusters(scored, constraints)
    place = np.full(len(old), NEW, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    within = np.flatnonzero(again[scored.left] & again[scored.right])
    found = clustering.clusters(
        Scored(place[scored.left[within]], place[scored.right[within]], scored.score[within]),
        Constraints(
            must=place[constraints.must],
            must_not=place[constraints.must_not],
            exclusive=constraints.exclusive[rows],
            follower=constraints.follower[rows],
        ),
    )
    stands = np.flatnonzero(~again)
    result = Clusters(np.empty_like(old), np.empty_like(old))
    for names, fresh, before in (
        (result.cluster, found.cluster, memory.cluster),
        (result.component, found.component, memory.component),
    ):
        names[rows] = rows[fresh]
        names[stands] = compared.known.now[before[old[stands]]]
    return result


def is_judged(constraints: Constraints) -> Array:
    """Return True for the rows of which somebody decided something."""
    judged = np.zeros(len(constraints.follower), dtype=bool)
    judged[constraints.must] = True
    judged[constraints.must_not] = True
    return judged


def _again(scored: Scored, constraints: Constraints, compared: Compared) -> Array:
    """Return True for the rows of components in which something is other than last week."""
    memory, old, now = compared.before, compared.known.old, compared.known.now
    kept = np.flatnonzero(old >= 0)
    component = np.full(len(old), NEW, dtype=np.int64)
    component[kept] = memory.component[old[kept]]
    stirred = is_judged(constraints)
    stirred[kept] |= (constraints.exclusive[kept] >= 0) != memory.is_exclusive[old[kept]]
    is_other = np.ones(len(scored.score), dtype=bool)
    same = np.flatnonzero(compared.number >= 0)
    is_other[same] = memory.link[compared.number[same]] != scored.score[same]
    other = scored.take(np.flatnonzero(is_other))
    other = other.take((other.score >= LINK_AT) | (component[other.left] == component[other.right]))
    is_lost = np.ones(len(memory.left), dtype=bool)
    is_lost[compared.number[same]] = False
    left, right = memory.left[is_lost], memory.right[is_lost]
    within = memory.component[left] == memory.component[right]
    gone = np.concatenate([left[within], right[within], np.flatnonzero(memory.is_judged)])
    stirred[np.concatenate([other.left, other.right, now[gone][now[gone] >= 0]])] = True
    is_open = np.zeros(len(memory.digest), dtype=bool)
    is_open[component[stirred & (component >= 0)]] = True
    # the listings that are new belong to none yet
    again: Array = np.append(is_open, True)[component]
    return again
