"""What a value stands for among all listings: a network's site serves many places, one point may stand for a town.

All that depends on other listings than the two of a pair is counted here, on hashes, so that a week counts anew only
the values that some listing gained or lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dedupe.keys import places
from dedupe.keys.imprint import CONTACTS, Imprints, Touched, imprint, points_of
from dedupe.keys.places import SHARED_POINT
from dedupe.keys.text import Array, Integers, firsts
from dedupe.normalize import Records

STEPS = np.array([1, 2, 3, 4, 6, 10, 20], dtype=np.float32)
"""Numbers of places that are told apart: one more town of a large network changes no pair of it."""


COMMON_PLACES = 5
"""Places from which a contact value is nobody's own: one wrong address copied to many records (dedupe.md 6)."""

PLACE_BITS = 40
"""Bits of a place that tell it from the others with one value, of which there are few."""


@dataclass(frozen=True)
class Points:
    """What the exact point of each record stands for among all records.

    Attributes:
        is_centroid: True where several addresses stand on it.
        is_nowhere: True where several cities do: then it is where none of them is.
    """

    is_centroid: Array
    is_nowhere: Array


def points(imprints: Imprints, followers: Array) -> Points:
    """Return what the point of each record stands for."""
    addresses, cities = (
        distinct(imprints["point"], [np.where(followers, -1, imprints[name])]) >= SHARED_POINT
        for name in ("line", "city")
    )
    return Points(addresses, cities)


def settled(records: Records) -> Records:
    """Return the records, their points judged by what else stands on them."""
    found = points(points_of(records.places), records.followers)
    return replace(records, places=places.settled(records.places, found.is_centroid, found.is_nowhere))


def spreads(records: Records) -> dict[str, Array]:
    """Return for each contact column the number of places (phone: of names) a record's value stands for, float32."""
    return dict(zip(CONTACTS, counted(imprint(records), records.followers), strict=True))


def counted(imprints: Imprints, followers: Array) -> Array:
    """Return the spread of the contacts (contacts x records): the fewest places by any way of counting them.

    A grid line or a second spelling must not make two places of one.
    """
    return np.stack([_spread(imprints, name, followers) for name in CONTACTS])


def counted_again(imprints: Imprints, followers: Array, before: Array, changed: Mapping[str, Integers]) -> Array:
    """Return the spread of the contacts where some records changed; that of a value no record gained or lost stays.

    Args:
        imprints: Of all records.
        followers: True for records that do not count.
        before: The spread of each record when it was last counted; of changed records it may be anything.
        changed: For each contact the values that some record gained or lost.
    """
    result = before.copy()
    for number, name in enumerate(CONTACTS):
        value, ways = CONTACTS[name]
        rows = np.flatnonzero(Touched(changed[value]).among(imprints[value]))
        result[number, rows] = _spread(imprints.only((value, *ways), rows), name, followers[rows])
    return result


def tells_otherwise(imprints: Imprints, left: Integers, right: Integers, counts: tuple[Array, Array]) -> Array:
    """Return True for the pairs to which a count may say something else than before.

    To a pair a count is the larger of its two records' (see the features of `comparison`): of their names always, of
    another value when they share it, or when one starts or ceases to be nobody's own.

    Args:
        imprints: Of all records.
        left: One record of each pair, which is as it was.
        right: The other, which is as it was too.
        counts: The spread of all records before and now (contacts x records).
    """
    result = np.zeros(len(left), dtype=bool)
    for (name, (value, _)), *both in zip(CONTACTS.items(), *counts, strict=True):
        before, now = (np.maximum(count[left], count[right]) for count in both)
        own, other = imprints[value][left], imprints[value][right]
        speaks = ((own == other) & (own >= 0)) | ((before >= COMMON_PLACES) != (now >= COMMON_PLACES))
        result |= (before != now) & (speaks | (name == "name"))
    return result


def _spread(imprints: Imprints, name: str, followers: Array) -> Array:
    value, ways = CONTACTS[name]
    places_ = [np.where(followers, -1, imprints[way]) for way in ways]
    counts = np.maximum(distinct(imprints[value], places_), 1)
    return STEPS[np.searchsorted(STEPS, counts, side="right") - 1]


def distinct(value: Integers, ways: Sequence[Integers]) -> Integers:
    """Return how many different places the records with each record's value have, 0 for a record without a value.

    Of several ways to tell places the one with the fewest counts; a place of -1 is none, and a value without any place
    has one.
    """
    order = np.argsort(value)
    order = order[np.searchsorted(value[order], 0) :]
    starts = firsts(value[order])
    lengths = np.diff(np.append(starts, len(order)))
    result = np.zeros(len(value), dtype=np.int64)
    result[order] = 1
    several = np.repeat(lengths > 1, lengths)
    rows = order[several]
    group = np.repeat(np.arange(np.count_nonzero(lengths > 1)), lengths[lengths > 1])
    fewest = np.full(np.count_nonzero(lengths > 1), len(value), dtype=np.int64)
    for way in ways:
        place = way[rows]
        known = np.flatnonzero(place >= 0)
        # the group and the place's low bits in one integer: one plain sort of values, as in `blocking.pairs_of`
        packed = group[known] << PLACE_BITS | place[known] & ((1 << PLACE_BITS) - 1)
        packed.sort()
        different = packed[firsts(packed)]
        fewest = np.minimum(fewest, np.bincount(different >> PLACE_BITS, minlength=len(fewest)))
    result[rows] = np.maximum(fewest, 1)[group]
    return result
