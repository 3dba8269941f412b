"""Linked groups of rows to clusters, by average link under constraints, all components at once."""

from dataclasses import dataclass

import numpy as np

from dedupe.keys.text import Array, Integers, firsts

LINK_AT = 0.5
"""Mean probability from which two clusters are one."""

UNSEEN = 0.12
"""Probability of a pair inside a component that no blocking rule found (dedupe.md 7.4)."""


@dataclass(frozen=True)
class Links:
    """Pairs of groups, one below two, each once, in order of component, one, two.

    Attributes:
        component: The component both are in.
        one, two: Names of the groups: their lowest rows.
        total, count: Sum and number of the scored pairs of their rows.
        is_refused: True where the two hold rows that must not be one lab.
    """

    component: Integers
    one: Integers
    two: Integers
    total: Array
    count: Integers
    is_refused: Array

    def __len__(self) -> int:
        return len(self.one)

    def take(self, kept: Array) -> "Links":
        """Return the links kept, in their order."""
        return Links(
            self.component[kept], self.one[kept], self.two[kept], self.total[kept], self.count[kept],
            self.is_refused[kept],
        )  # fmt: skip


def average_link(
    component: Integers, group: Integers, scored: tuple[Integers, Integers, Array], refused: Integers, closed: Array
) -> Integers:
    """Return the cluster of each row, named by its lowest row.

    In each component the two groups with the highest mean probability over all pairs of their rows are joined, until
    no mean reaches `LINK_AT`; of equal means the pair with the lowest rows goes first, so the order of rows changes
    nothing. A turn joins one pair in every component that has one left, so there are as many turns as the largest
    component has joins.

    Args:
        component: Component of each row; no two components are ever joined.
        group: What is joined from the start, named by the lowest row.
        scored: Left rows, right rows and probabilities of scored pairs within components, each pair once.
        refused: Pairs of rows that must not be together (k x 2), within components.
        closed: True for rows of clusters that stand: no two of those are joined.
    """
    joins = group.copy()
    size = np.bincount(group, minlength=len(group))
    is_closed = np.zeros(len(group), dtype=bool)
    is_closed[group[closed]] = True
    left, right, score = scored
    links = _merged(
        Links(
            component=np.concatenate([component[left], component[refused[:, 0]]]),
            one=np.concatenate([group[left], group[refused[:, 0]]]),
            two=np.concatenate([group[right], group[refused[:, 1]]]),
            total=np.concatenate([score.astype(np.float64), np.zeros(len(refused))]),
            count=np.concatenate([np.ones(len(left), dtype=np.int64), np.zeros(len(refused), dtype=np.int64)]),
            is_refused=np.concatenate([np.zeros(len(left), dtype=bool), np.ones(len(refused), dtype=bool)]),
        )
    )
    while len(links):
        best, goes_on = _best(links, size, is_closed)
        stays, goes = links.one[best], links.two[best]
        joins[goes] = stays
        size[stays] += size[goes]
        is_closed[stays] |= is_closed[goes]
        rest = links.take(goes_on)
        links = _merged(
            Links(rest.component, joins[rest.one], joins[rest.two], rest.total, rest.count, rest.is_refused)
        )
    return _ends(joins)


def _best(links: Links, size: Integers, is_closed: Array) -> tuple[Integers, Array]:
    """Return the link to join in each component that has one, and True for the links of those components."""
    pairs = size[links.one] * size[links.two]
    # rounded, so that no order of addition shows in it
    mean = np.round((links.total + UNSEEN * (pairs - links.count)) / pairs, 9)
    mean[links.is_refused | (is_closed[links.one] & is_closed[links.two]) | (mean < LINK_AT)] = -1
    starts = firsts(links.component)
    lengths = np.diff(np.append(starts, len(links)))
    highest = np.maximum.reduceat(mean, starts)
    candidates = np.flatnonzero((mean == np.repeat(highest, lengths)) & (mean >= 0))
    first = candidates[firsts(links.component[candidates])]
    return first, np.repeat(highest >= 0, lengths)


def _merged(links: Links) -> Links:
    """Return the links put in order, those between the same two groups in one; links within a group are dropped."""
    low, high = np.minimum(links.one, links.two), np.maximum(links.one, links.two)
    rows = np.flatnonzero(low != high)
    rows = rows[np.lexsort((high[rows], low[rows], links.component[rows]))]
    low, high = low[rows], high[rows]
    first = np.flatnonzero((np.diff(low, prepend=-1) != 0) | (np.diff(high, prepend=-1) != 0))
    if not len(first):
        return links.take(first)
    return Links(
        component=links.component[rows][first],
        one=low[first],
        two=high[first],
        total=np.add.reduceat(links.total[rows], first),
        count=np.add.reduceat(links.count[rows], first),
        is_refused=np.logical_or.reduceat(links.is_refused[rows], first),
    )


def _ends(joins: Integers) -> Integers:
    """Return for each row the end of the chain of joins that starts at it."""
    while True:
        further = joins[joins]
        if np.array_equal(further, joins):
            return further
        joins = further
