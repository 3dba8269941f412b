"""Pairs of values to a likeness, vectorised; NaN where one of the two is missing."""

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from dedupe.keys.places import Places, great_circle_km
from dedupe.keys.text import Array, Coded, Integers

Values = npt.NDArray[np.float32]


def equal(column: Coded, left: Integers, right: Integers) -> Values:
    """Return 1 where the codes are the same, 0 where they differ, NaN where one is missing."""
    a, b = column.codes[left], column.codes[right]
    result: Values = (a == b).astype(np.float32)
    result[(a < 0) | (b < 0)] = np.nan
    return result


def ratio(column: Coded, left: Integers, right: Integers) -> Values:
    """Return the likeness 0-1 of the texts, NaN where one is missing."""
    a, b = column.codes[left], column.codes[right]
    result = np.where((a < 0) | (b < 0), np.float32(np.nan), np.float32(1))
    rows = np.flatnonzero((a != b) & (a >= 0) & (b >= 0))
    result[rows] = _ratios(column, np.minimum(a[rows], b[rows]), column, np.maximum(a[rows], b[rows]))
    return result


def likeness(one: Coded, left: Integers, two: Coded, right: Integers) -> Values:
    """Return the likeness 0-1 of the left records' texts of one column to the right records' of another."""
    a, b = one.codes[left], two.codes[right]
    result = np.full(len(left), np.nan, dtype=np.float32)
    rows = np.flatnonzero((a >= 0) & (b >= 0))
    result[rows] = _ratios(one, a[rows], two, b[rows])
    return result


def _ratios(one: Coded, left: Array, two: Coded, right: Array) -> Values:
    """Return the likeness of the texts with those codes."""
    return alike(one.strings[left], two.strings[right])


def alike(left: Array, right: Array) -> Values:
    """Return the likeness 0-1 of texts side by side (normalised indel distance)."""
    compared = process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.uint8)
    values: Values = compared.astype(np.float32) / np.float32(100)
    return values


def distance(places: Places, left: Integers, right: Integers) -> Values:
    """Return the great-circle distance, km."""
    return great_circle_km(places.lat[left], places.lon[left], places.lat[right], places.lon[right])
