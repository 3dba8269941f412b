"""Scored pairs to clusters: average link inside components, under must-link and must-not-link."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dedupe.average_link import LINK_AT, average_link
from dedupe.text import Array, Integers


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
    """Scored pairs of rows, each once; a vetoed pair has a score of 0 and stands in the constraints too."""

    left: Integers
    right: Integers
    score: Array

    def take(self, kept: Array) -> "Scored":
        """Return the pairs kept."""
        return Scored(self.left[kept], self.right[kept], self.score[kept])


def cluster(pairs: Scored, constraints: Constraints) -> Integers:
    """Return the cluster of each row, named by its lowest row.

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
    return _grow(pairs, constraints, base, closed=~follower)


def _grow(pairs: Scored, constraints: Constraints, base: Integers, closed: Array) -> Integers:
    """Return the clusters grown from `base`; no two that hold a closed row become one."""
    n = len(base)
    strong = pairs.score >= LINK_AT
    component = _components(n, pairs.take(strong), constraints.must, base)
    look = _open_question(component, pairs.take(strong), constraints, closed)[component]
    lowest = np.full(component.max(initial=-1) + 1, n, dtype=np.int64)
    np.minimum.at(lowest, component, np.arange(n))
    result = np.where(look, base, lowest[component])
    refused: dict[int, set[int]] = defaultdict(set)
    for left, right in constraints.must_not[look[constraints.must_not].all(axis=1)].tolist():
        refused[left].add(right)
        refused[right].add(left)
    exclusive = {
        int(row): int(constraints.exclusive[row]) for row in np.flatnonzero(look & (constraints.exclusive >= 0))
    }
    standing = set(np.flatnonzero(look & closed).tolist())
    joined = _components(n, pairs.take(np.zeros(len(strong), dtype=bool)), constraints.must, base)
    for rows, edges in _open_components(component, look, pairs):
        groups: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            groups[int(joined[row])].append(row)
        for members in average_link(groups.values(), edges, refused=refused, exclusive=exclusive, closed=standing):
            result[members] = members[0]
    return result


def _components(n: int, pairs: Scored, must: Integers, base: Integers) -> Integers:
    left = np.concatenate([pairs.left, must[:, 0], np.arange(n)])
    right = np.concatenate([pairs.right, must[:, 1], base])
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    component: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return component


def _open_question(component: Integers, strong: Scored, constraints: Constraints, closed: Array) -> Array:
    """Return True for the components whose rows are not all linked with each other and free of constraints."""
    size = np.bincount(component)
    linked = np.bincount(component[strong.left], minlength=len(size))
    question = linked < size * (size - 1) // 2
    question[component[constraints.must_not.ravel()]] = True
    question[component[closed]] = True
    numbered = constraints.exclusive >= 0
    pair = np.stack([component[numbered], constraints.exclusive[numbered]])
    repeated, counts = np.unique(pair, axis=1, return_counts=True)
    question[repeated[0, counts > 1]] = True
    question[size == 1] = False
    return question


def _open_components(
    component: Integers, look: Array, pairs: Scored
) -> Iterator[tuple[list[int], list[tuple[int, int, float]]]]:
    """Yield the rows and the scored pairs of each component to look at."""
    rows = np.flatnonzero(look)
    rows = rows[np.argsort(component[rows], kind="stable")]
    own = np.flatnonzero(look[pairs.left] & (component[pairs.left] == component[pairs.right]))
    own = own[np.argsort(component[pairs.left[own]], kind="stable")]
    starts = np.flatnonzero(np.diff(component[rows], prepend=-1))
    names = component[rows[starts]]
    home = component[pairs.left[own]]
    first, last = np.searchsorted(home, names), np.searchsorted(home, names, side="right")
    left, right, score = (column[own].tolist() for column in (pairs.left, pairs.right, pairs.score.astype(np.float64)))
    for start, stop, low, high in zip(starts, [*starts, len(rows)][1:], first, last, strict=True):
        edges = list(zip(left[low:high], right[low:high], score[low:high], strict=True))
        yield rows[start:stop].tolist(), edges
