"""Cities outside France: what a stated city adds to a listing whose country is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.gazetteer.cells import Indices, Objects, choose, each_once, is_none, taken
from warehouse.gazetteer.shapes import Floats, great_circle_km
from warehouse.gazetteer.world import cities

FAR_KM = 50.0
"""A point farther from every namesake of its city contradicts it: the reach of the largest agglomerations."""


@dataclass(frozen=True)
class Abroad:
    """One entry a row: the city as the gazetteer writes it, its point and reach, and the issue when it has none."""

    name: Objects
    lat: Floats
    lon: Floats
    radius_km: Floats
    issue: Objects


def distance_km(country: Objects, city: Objects, lat: Floats, lon: Floats) -> Floats:
    """Return how far each point is from the nearest city of the name in the country; NaN where there is none.

    Raises: GazetteerUnavailable.
    """
    found, inverse = each_once(_called, country, city)
    far = np.full(len(country), np.nan)
    rows = np.flatnonzero(np.array([len(indices) > 0 for indices in found], np.bool_)[inverse])
    _, far[rows] = _nearest(taken(found, inverse[rows]), lat[rows], lon[rows])
    return far


def _called(country: str | None, city: str | None) -> tuple[int, ...]:
    return tuple(cities().called(country, city)) if country and city else ()


def find(country: Objects, city: Objects, lat: Floats, lon: Floats) -> Abroad:
    """Return the city each row means; a row with a point (not NaN) means the namesake nearest to it.

    Raises: GazetteerUnavailable.
    """
    world = cities()

    found, inverse = each_once(_called, country, city)
    meant = np.array([world.meant(list(indices)) for indices in found], np.int64)[inverse]
    count = np.array([len(indices) for indices in found], np.int64)[inverse]
    issue = np.full(len(country), None, object)
    issue[(count == 0) & ~is_none(city)] = "city_unknown"
    issue[(count > 0) & (meant < 0)] = "city_ambiguous"
    rows = np.flatnonzero(np.isfinite(lat) & (count > 0))
    nearest, far = _nearest(taken(found, inverse[rows]), lat[rows], lon[rows])
    meant[rows] = nearest
    issue[rows] = choose(far > FAR_KM, "point_far_from_city", None)
    # a point says where; that the gazetteer does not know the city's name is no doubt then
    issue[np.isfinite(lat) & (count == 0)] = None
    known = meant >= 0
    names, which = each_once(lambda index: world.name(int(index)), meant[known].astype(str).astype(object))
    name = city.copy()
    name[known] = taken(names, which)
    radius = np.array([world.radius_km(i) if i >= 0 else np.nan for i in meant.tolist()])
    return Abroad(
        name=name,
        lat=np.where(known, world.lat[meant], np.nan),
        lon=np.where(known, world.lon[meant], np.nan),
        radius_km=radius,
        issue=issue,
    )


def _nearest(namesakes: Objects, lat: Floats, lon: Floats) -> tuple[Indices, NDArray[np.float64]]:
    """Return the namesake nearest to each point and how far it is."""
    world = cities()
    lengths = np.array([len(n) for n in namesakes], np.int64)
    owner = np.repeat(np.arange(len(namesakes)), lengths)
    flat = np.array([i for n in namesakes for i in n], np.int64)
    far = great_circle_km(lat[owner], lon[owner], world.lat[flat], world.lon[flat])
    order = np.lexsort((flat, far, owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    return flat[first], far[first]
