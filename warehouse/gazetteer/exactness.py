"""How exact each point is: as stated, rounded, shared, or only the middle of something."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from warehouse.gazetteer import middles, points
from warehouse.gazetteer.abroad import Abroad
from warehouse.gazetteer.cells import Indices, Mask, Objects, codes, groups, is_none
from warehouse.gazetteer.communes import NONE, communes
from warehouse.gazetteer.evidence import Evidence
from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.shapes import Floats
from warehouse.gazetteer.stated import points as points_of
from warehouse.gazetteer.stated import texts

# The last decimal's worth on the ground: a point rounded to it lies within. Five decimals are a metre, but no source
# surveys: a house is what is meant.
_PRECISION_M = np.array([111_195.0, 11_120.0, 1_112.0, 111.0, 20.0, 10.0, 10.0])
_ROUNDED = 3
# So many listings of one source on one point, at different addresses, are no coincidence.
_SHARED_BY = 3


@dataclass(frozen=True)
class Point:
    """One entry a row: the point published, what it rests on and how near the lab is."""

    lat: Floats
    lon: Floats
    method: Objects
    precision_m: Floats


def judge(evidence: Evidence, commune: Indices, district: Objects, city: Abroad, shared: Mask) -> Point:
    """Return the point of each row: the source's where it holds, else the middle of its commune or city."""
    france = communes()
    lat, lon = evidence.lat.copy(), evidence.lon.copy()
    has_point = np.isfinite(lat)
    method = np.where(has_point, "source", "none").astype(object)
    precision = np.full(len(lat), np.nan)
    places = points.decimals(lat[has_point], lon[has_point])
    precision[has_point] = _PRECISION_M[places]
    rounded = np.zeros(len(lat), np.bool_)
    rounded[has_point] = places <= _ROUNDED
    evidence.issues.add("rounded_point", rounded)
    # beside its commune by less than contradicts it: as far off as that
    beside = np.flatnonzero(has_point & (commune != NONE) & (evidence.found.commune != commune))
    off = points.outside_km(lat[beside], lon[beside], commune[beside]) * 1000
    precision[beside] = np.fmax(precision[beside], np.round(off))
    has_number = np.array([bool(street) and street[:1].isdigit() for street in evidence.stated.street], np.bool_)
    middle = middles.is_commune(lat, lon, commune, has_number)
    shared = has_point & ~middle & shared
    evidence.issues.add("commune_point", middle)
    evidence.issues.add("shared_point", shared)
    fill = np.column_stack([france.lat[commune], france.lon[commune], france.radius_km[commune]])
    fill[commune == NONE] = np.column_stack([city.lat, city.lon, city.radius_km])[commune == NONE]
    for row in np.flatnonzero(~is_none(district)).tolist():
        fill[row] = france.arrondissements[district[row]]
    reach = np.round(fill[:, 2] * 1000)
    method[middle | shared] = "commune"
    precision[middle | shared] = np.maximum(reach, precision)[middle | shared]
    filled = ~has_point & np.isfinite(fill[:, 0])
    lat[filled], lon[filled] = fill[filled, 0], fill[filled, 1]
    method[filled], precision[filled] = "commune", reach[filled]
    for name in sorted({name for name in city.issue if name}):
        evidence.issues.add(name, city.issue == name)
    return Point(lat, lon, method, precision)


def is_shared(listings: pa.Table) -> Mask:
    """Tell which stated points stand at three listings of one source and more, most of them not at one address."""
    import pyarrow.compute as pc

    lat, lon, _ = points_of(listings)
    rows = np.flatnonzero(np.isfinite(lat))
    shared = np.zeros(len(lat), np.bool_)
    if len(rows) == 0:
        return shared
    _, place = np.unique(lat[rows] + 1j * lon[rows], return_inverse=True)
    source, many = codes(texts(listings, "source"))
    at = groups((place, len(rows)), (source[rows], many))
    crowd = np.flatnonzero((np.bincount(at) >= _SHARED_BY)[at])
    address = pc.coalesce(texts(listings, "street"), texts(listings, "address")).take(pa.array(rows[crowd]))
    members: dict[int, list[str | None]] = {}
    for group, text in zip(at[crowd].tolist(), address.to_pylist(), strict=True):
        members.setdefault(group, []).append(place_key(text) if text else None)
    crowded = {group for group, keys in members.items() if 2 * _most_common(keys) < len(keys)}
    shared[rows] = np.isin(at, list(crowded))
    return shared


def _most_common(keys: list[str | None]) -> int:
    """Return how often the most frequent address occurs; no address is nobody's."""
    return max(Counter(key for key in keys if key).values(), default=0)
