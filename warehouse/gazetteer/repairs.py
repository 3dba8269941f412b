"""Points other evidence proves wrong to the points they must have been: swapped, or with a sign lost."""

from collections.abc import Callable

import numpy as np

from warehouse.gazetteer import abroad, points
from warehouse.gazetteer.cells import Indices, Mask, Objects, is_none
from warehouse.gazetteer.communes import NONE
from warehouse.gazetteer.points import FAR_KM
from warehouse.gazetteer.shapes import Floats
from warehouse.gazetteer.stated import as_french
from warehouse.gazetteer.world import country_near

# What may have happened to a point on its way, and the issue its repair is recorded under.
_VARIANTS: tuple[tuple[str, Callable[[Floats, Floats], tuple[Floats, Floats]]], ...] = (
    ("swapped", lambda lat, lon: (lon, lat)),
    ("sign_lost", lambda lat, lon: (lat, -lon)),
    ("sign_lost", lambda lat, lon: (-lat, lon)),
    ("sign_lost", lambda lat, lon: (-lat, -lon)),
)


def repairs(
    lat: Floats, lon: Floats, commune: Indices, country: Objects, city: Objects
) -> tuple[Objects, Floats, Floats]:
    """Return the repair that brings each point to its commune; where none is known, to its city or country.

    Entries are None, with the point as stated, where nothing fits or more than one variant does: nothing is proven
    then. A country alone proves a swap. It proves a lost sign only for a point at sea: a point on land elsewhere may
    as well be right and the country wrong. Without any country only a latitude beyond the poles proves a swap.
    """
    name = np.full(len(lat), None, object)
    new_lat, new_lon = lat.copy(), lon.copy()
    fitting = np.zeros(len(lat), np.int64)
    at_sea = is_none(points.find(lat, lon).country)
    for issue, change in _VARIANTS:
        to_lat, to_lon = change(lat, lon)
        fits, is_exact = _fits(to_lat, to_lon, commune, country, city)
        proves = is_exact | at_sea if issue == "sign_lost" else np.ones(len(lat), np.bool_)
        proves &= ~is_none(country) | (commune != NONE) | ((issue == "swapped") & (np.abs(lat) > 90))
        fits &= proves
        first = fits & (fitting == 0)
        name[first], new_lat[first], new_lon[first] = issue, to_lat[first], to_lon[first]
        fitting += fits
    proven = fitting == 1
    name[~proven] = None
    return name, np.where(proven, new_lat, lat), np.where(proven, new_lon, lon)


def _fits(lat: Floats, lon: Floats, commune: Indices, country: Objects, city: Objects) -> tuple[Mask, Mask]:
    """Tell which points lie where they should, and which of them are held to a commune or city, not a country."""
    fits = np.zeros(len(lat), np.bool_)
    is_exact = commune != NONE
    valid = np.abs(lat) <= 90
    named = np.flatnonzero(valid & is_exact)
    fits[named] = points.outside_km(lat[named], lon[named], commune[named]) <= FAR_KM
    rest = np.flatnonzero(valid & ~is_exact)
    lies = as_french(points.find(lat[rest], lon[rest]).country)
    fits[rest] = np.where(is_none(country[rest]), ~is_none(lies), lies == country[rest])
    beside = rest[~fits[rest] & ~is_none(country[rest])]
    fits[beside] = country_near(lat[beside], lon[beside], country[beside], FAR_KM)
    far = abroad.distance_km(country[rest], city[rest], lat[rest], lon[rest])
    has_city = ~np.isnan(far)
    fits[rest[has_city]] &= far[has_city] <= abroad.FAR_KM
    is_exact[rest[has_city]] = True
    return fits, is_exact
