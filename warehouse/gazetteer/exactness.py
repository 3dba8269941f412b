"""How exact each point is: as stated, rounded, shared, or only the middle of something."""

from dataclasses import dataclass

import numpy as np

from warehouse.gazetteer import points
from warehouse.gazetteer.abroad import Abroad
from warehouse.gazetteer.cells import Indices, Mask, Objects, each_once, is_none
from warehouse.gazetteer.communes import NONE, communes
from warehouse.gazetteer.evidence import Evidence
from warehouse.gazetteer.shapes import Floats, great_circle_km

# The last decimal's worth on the ground: a point rounded to it lies within. Five decimals are a metre, but no source
# surveys: a house is what is meant.
_PRECISION_M = np.array([111_195.0, 11_120.0, 1_112.0, 111.0, 20.0, 10.0, 10.0])
_ROUNDED = 3
# Closer to the middle of its commune than this, a point is the middle: geocoders copy it, labs do not sit on it.
_SAME_POINT_KM = 0.015
# So many listings of one source on one point, at different addresses, are no coincidence.
_SHARED_BY = 3


@dataclass(frozen=True)
class Point:
    """One entry a row: the point published, what it rests on and how near the lab is."""

    lat: Floats
    lon: Floats
    method: Objects
    precision_m: Floats


def judge(evidence: Evidence, commune: Indices, country: Objects, city: Abroad) -> Point:
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
    in_france = has_point & (commune != NONE)
    middle = in_france & _is_middle(lat, lon, commune)
    shared = has_point & ~middle & _is_shared(evidence)
    evidence.issues.add("commune_point", middle)
    evidence.issues.add("shared_point", shared)
    reach = np.where(commune != NONE, france.radius_km[commune], city.radius_km) * 1000
    method[middle | shared] = "commune"
    precision[middle | shared] = np.fmax(reach, precision)[middle | shared]
    fill_lat = np.where(commune != NONE, france.lat[commune], city.lat)
    fill_lon = np.where(commune != NONE, france.lon[commune], city.lon)
    filled = ~has_point & np.isfinite(fill_lat)
    lat[filled], lon[filled] = fill_lat[filled], fill_lon[filled]
    method[filled], precision[filled] = "commune", reach[filled]
    for name in sorted({name for name in city.issue if name}):
        evidence.issues.add(name, city.issue == name)
    return Point(lat, lon, method, precision)


def _is_middle(lat: Floats, lon: Floats, commune: Indices) -> Mask:
    """Tell which points are the town hall or the point on surface of their commune."""
    france = communes()
    to_hall = great_circle_km(lat, lon, france.lat[commune], france.lon[commune])
    to_surface = great_circle_km(lat, lon, france.surface_lat[commune], france.surface_lon[commune])
    with np.errstate(invalid="ignore"):
        return np.asarray(np.fmin(to_hall, to_surface) < _SAME_POINT_KM, np.bool_)


def _is_shared(evidence: Evidence) -> Mask:
    """Tell which points stand at three listings of one source and more, unless all give one and the same street."""
    stated = evidence.stated
    rows = np.flatnonzero(evidence.has_point)
    shared = np.zeros(len(stated), np.bool_)
    if len(rows) == 0:
        return shared
    _, place = np.unique(np.column_stack([evidence.lat[rows], evidence.lon[rows]]), axis=0, return_inverse=True)
    _, at = each_once(lambda *key: key, stated.source[rows], place.astype(str).astype(object))
    _, street = each_once(lambda text: text, stated.street[rows])
    count = np.bincount(at)
    streets = np.bincount(
        at[np.unique(np.column_stack([at, street]), axis=0, return_index=True)[1]], minlength=len(count)
    )
    no_street = np.bincount(at, weights=is_none(stated.street[rows]), minlength=len(count)) == count
    shared[rows] = ((count >= _SHARED_BY) & ((streets > 1) | no_street))[at]
    return shared
