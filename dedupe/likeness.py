"""Pairs of values to a likeness, vectorised; NaN where one of the two is missing."""

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from dedupe.places import Places
from dedupe.text import Coded, Integers

Values = npt.NDArray[np.float32]

EARTH_KM = 6371.0088


def equal(column: Coded, left: Integers, right: Integers) -> Values:
    """Return 1 where the codes are the same, 0 where they differ, NaN where one is missing."""
    a, b = column.codes[left], column.codes[right]
    result: Values = (a == b).astype(np.float32)
    result[(a < 0) | (b < 0)] = np.nan
    return result


def ratio(column: Coded, left: Integers, right: Integers) -> Values:
    """Return the likeness 0-1 of the texts, NaN where one is missing; each distinct pair of texts is compared once."""
    a, b = column.codes[left], column.codes[right]
    result = np.where((a < 0) | (b < 0), np.float32(np.nan), np.float32(1))
    rows = np.flatnonzero((a != b) & (a >= 0) & (b >= 0))
    if len(rows):
        low, high = np.minimum(a[rows], b[rows]).astype(np.int64), np.maximum(a[rows], b[rows]).astype(np.int64)
        distinct, inverse = np.unique(low << 32 | high, return_inverse=True)
        strings = column.strings
        likeness = process.cpdist(
            strings[distinct >> 32], strings[distinct & 0xFFFFFFFF], scorer=fuzz.ratio, dtype=np.uint8
        )
        result[rows] = (likeness.astype(np.float32) / 100)[inverse]
    return result


def distance(places: Places, left: Integers, right: Integers) -> Values:
    """Return the great-circle distance, km."""
    lat_a, lat_b = np.radians(places.lat[left]), np.radians(places.lat[right])
    half_lat, half_lon = (lat_b - lat_a) / 2, np.radians(places.lon[right] - places.lon[left]) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(half_lon) ** 2
    km: Values = (2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1)))).astype(np.float32)
    return km
