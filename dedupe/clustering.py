"""Scored pairs to clusters: average link inside components, under must-link and must-not-link."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dedupe.average_link import LINK_AT, average_link
from dedupe.candidates import all_pairs
from dedupe.keys.text import Array, Integers


@dataclass(frozen=True)
class Constraints:
    """What people and sources have decided before any score.

    Attributes:
        must: Pairs of rows that are one lab (k x 2).
        must_not: Pairs of rows that are not (k x 2).
        exclusive: A number for rows of which a cluster holds at most one with the same number (a source that lists no
            lab twice), -1 for none.
        follower: True for rows that may join a cluster but never join two: share-alike listings.
    """

    must: Integers
    must_not: Integers
    exclusive: Integers
    follower: Array

    @staticmethod
    def none(n: int) -> "Constraints":
        """Return no constraints on n rows."""
        pairs = np.empty((0, 2), dtype=np.int64)
        return Constraints(pairs, pairs, np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=bool))


@dataclass(frozen=True)
class Scored:
    """Scored pairs of rows, each once; the score of a vetoed pair, of which no cluster holds both rows, is 0."""

    left: Integers
    right: Integers
    score: Array

    def take(self, kept: Array) -> "Scored":
        """Return the pairs kept."""
        return Scored(self.left[kept], self.right[kept], self.score[kept])


@dataclass(frozen=True)
class Clusters:
    """What each row is in, each named by its lowest row.

    Attributes:
        cluster: The rows that are one lab.
        component: The rows that strong pairs and constraints link: all that its cluster hangs on.
    """

    cluster: Integers
    component: Integers


def clusters(pairs: Scored, constraints: Constraints) -> Clusters:
    """Return the clusters of the rows.

    Rows that lead (not followers) are clustered without a look at the followers, which then join, each at most one
    cluster: what the open sources say of each other never hangs on a share-alike source.
    """
    n = len(constraints.follower)
    apart = np.arange(n, dtype=np.int64)
    follower = constraints.follower
    if not follower.any():
        return _grow(pairs, constraints, apart, closed=np.zeros(n, dtype=bool))
    leads = ~(follower[pairs.left] | follower[pairs.right])
    base = _grow(pairs.take(leads), constraints, apart, closed=np.zeros(n, dtype=bool))
    return _grow(pairs, constraints, base.cluster, closed=~follower)


def _grow(pairs: Scored, constraints: Constraints, base: Integers, closed: Array) -> Clusters:
    """Return the clusters grown from `base`; no two that hold a closed row become one."""
    n = len(base)
    strong = pairs.take(pairs.score >= LINK_AT)
    component = _components(n, np.stack([strong.left, strong.right], axis=1), constraints.must, base)
    vetoed = pairs.take(pairs.score == 0)
    refused = np.concatenate(
        [
            constraints.must_not,
            np.stack([vetoed.left, vetoed.right], axis=1),
            _sharing_a_number(component, constraints.exclusive),
        ]
    )
    refused = refused[component[refused[:, 0]] == component[refused[:, 1]]]
    look = _open_question(component, strong, refused, closed)[component]
    lowest = lowest_rows(component)
    result = np.where(look, base, lowest)
    rows = np.flatnonzero(look)
    place = np.full(n, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    within = np.flatnonzero(look[pairs.left] & (component[pairs.left] == component[pairs.right]))
    must, refused = (place[decided[look[decided[:, 0]]]] for decided in (constraints.must, refused))
    found = average_link(
        component[rows],
        lowest_rows(_components(len(rows), np.empty((0, 2), dtype=np.int64), must, place[base[rows]])),
        (place[pairs.left[within]], place[pairs.right[within]], pairs.score[within]),
        refused,
        closed[rows],
    )
    result[rows] = rows[found]
    return Clusters(result, lowest)


def _components(n: int, linked: Integers, must: Integers, base: Integers) -> Integers:
    """Return a number for each of n rows, the same for rows that pairs of rows (k x 2) or the base put together."""
    grown = np.flatnonzero(base != np.arange(n))
    links = np.concatenate([linked, must, np.stack([grown, base[grown]], axis=1)])
    graph = coo_matrix((np.ones(len(links), dtype=np.int8), (links[:, 0], links[:, 1])), shape=(n, n))
    component: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return component


def lowest_rows(group: Integers) -> Integers:
    """Return for each row the lowest row with its number."""
    lowest = np.full(group.max(initial=-1) + 1, len(group), dtype=np.int64)
    np.minimum.at(lowest, group, np.arange(len(group)))
    return lowest[group]


def _open_question(component: Integers, strong: Scored, refused: Integers, closed: Array) -> Array:
    """Return True for the components whose rows are not all linked with each other and free of constraints."""
    size = np.bincount(component)
    linked = np.bincount(component[strong.left], minlength=len(size))
    question = linked < size * (size - 1) // 2
    question[component[refused.ravel()]] = True
    question[component[closed]] = True
    question[size == 1] = False
    return question


def _sharing_a_number(component: Integers, exclusive: Integers) -> Integers:
    """Return the pairs of rows of one component with the same number of which a cluster holds at most one."""
    rows = np.flatnonzero(exclusive >= 0)
    own = all_pairs(component[rows] * (exclusive.max(initial=-1) + 1) + exclusive[rows])
    return rows[own]
