"""One component of linked rows to clusters, by average link under constraints."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LINK_AT = 0.5
"""Mean probability from which two clusters are one."""

UNSEEN = 0.12
"""Probability of a pair inside a component that no blocking rule found (dedupe.md 7.4)."""


@dataclass
class _Group:
    """A cluster that may still grow."""

    rows: list[int]
    is_closed: bool
    exclusive: set[int]
    refused: set[int]
    links: dict[int, tuple[float, int]] = field(default_factory=dict)


def average_link(
    groups: Iterable[list[int]],
    edges: Iterable[tuple[int, int, float]],
    *,
    refused: Mapping[int, set[int]],
    exclusive: Mapping[int, int],
    closed: set[int],
) -> list[list[int]]:
    """Return the clusters of one component, each sorted, in the order of their lowest row.

    The two clusters with the highest mean probability over all pairs of their rows are joined, until no mean reaches
    `LINK_AT`; of equal means the pair with the lowest rows goes first, so the order of rows changes nothing.

    Args:
        groups: What is joined from the start: must-linked rows, clusters that stand already.
        edges: Scored pairs of rows, each once.
        refused: Rows each row must not be with.
        exclusive: Number of a row of which a cluster holds at most one.
        closed: Rows of clusters that stand: no two of those are joined.
    """
    live = {min(rows): _group(rows, refused, exclusive, closed) for rows in groups}
    home = {row: name for name, group in live.items() for row in group.rows}
    for group in live.values():
        group.refused = {home[row] for row in group.refused if row in home}
    for left, right, score in edges:
        _add_link(live, home[left], home[right], score)
    heap: list[tuple[float, int, int]] = []
    for name, group in live.items():
        for other in group.links:
            if name < other:
                _offer(heap, live, name, other)
    while heap:
        mean, name, other = heapq.heappop(heap)
        # an offer is stale when either group has grown since: its mean may be another, and it may hold a refused row
        if name not in live or other not in live or not _may_join(live[name], live[other], other):
            continue
        if mean != _mean(live[name], live[other], other):
            continue
        _join(live, name, other)
        for third in live[name].links:
            _offer(heap, live, name, third)
    return [sorted(live[name].rows) for name in sorted(live)]


def _group(rows: list[int], refused: Mapping[int, set[int]], exclusive: Mapping[int, int], closed: set[int]) -> _Group:
    return _Group(
        rows=list(rows),
        is_closed=any(row in closed for row in rows),
        exclusive={exclusive[row] for row in rows if row in exclusive},
        refused={other for row in rows for other in refused.get(row, ())},
    )


def _add_link(live: dict[int, _Group], left: int, right: int, score: float) -> None:
    if left == right:
        return
    for name, other in ((left, right), (right, left)):
        total, count = live[name].links.get(other, (0.0, 0))
        live[name].links[other] = (total + score, count + 1)


def _mean(one: _Group, two: _Group, name_of_two: int) -> float:
    """Return the negated mean probability between two groups, rounded so that no order of addition shows in it."""
    total, count = one.links[name_of_two]
    pairs = len(one.rows) * len(two.rows)
    return -round((total + UNSEEN * (pairs - count)) / pairs, 9)


def _may_join(one: _Group, two: _Group, name_of_two: int) -> bool:
    return (
        name_of_two not in one.refused
        and not (one.is_closed and two.is_closed)
        and one.exclusive.isdisjoint(two.exclusive)
    )


def _offer(heap: list[tuple[float, int, int]], live: dict[int, _Group], name: int, other: int) -> None:
    one, two = live[name], live[other]
    if not _may_join(one, two, other):
        return
    mean = _mean(one, two, other)
    if mean <= -LINK_AT:
        heapq.heappush(heap, (mean, min(name, other), max(name, other)))


def _join(live: dict[int, _Group], name: int, other: int) -> None:
    """Make the group `other` part of the group `name`."""
    one, two = live[name], live.pop(other)
    one.rows += two.rows
    one.is_closed |= two.is_closed
    one.exclusive |= two.exclusive
    del one.links[other]
    for third, (total, count) in two.links.items():
        if third == name:
            continue
        del live[third].links[other]
        mine, my_count = one.links.get(third, (0.0, 0))
        one.links[third] = live[third].links[name] = (mine + total, my_count + count)
    for third in two.refused:
        if third in live:
            live[third].refused.discard(other)
            live[third].refused.add(name)
            one.refused.add(third)
