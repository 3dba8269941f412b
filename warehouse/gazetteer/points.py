"""Stated points to where they lie, repaired where what else is known proves the repair."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from warehouse.gazetteer.cells import Indices, Objects
from warehouse.gazetteer.communes import NONE, communes
from warehouse.gazetteer.shapes import Floats, distance_km, great_circle_km
from warehouse.gazetteer.world import COAST_KM, COMMUNE_COAST_KM, commune_shapes, country_shapes

FAR_KM = 2.0
"""A point farther outside its commune contradicts it. Source: issue 5; the shapes are good to about 500 m."""

# Communes of the collectivities have a point of GeoNames and no shape: how far they may reach around it.
_REACH_WITHOUT_SHAPE_KM = 30.0


@dataclass(frozen=True)
class Found:
    """Where points lie: commune and arrondissement in France, country (territories by their own code) everywhere."""

    commune: Indices
    arrondissement: Objects
    country: Objects

    @staticmethod
    def nowhere(count: int) -> "Found":
        """Return as many points that lie nowhere."""
        return Found(np.full(count, NONE, np.int64), np.full(count, None, object), np.full(count, None, object))

    def put(self, rows: Indices, other: "Found") -> None:
        """Write what was found for the rows over what stands there."""
        self.commune[rows] = other.commune
        self.arrondissement[rows] = other.arrondissement
        self.country[rows] = other.country


def find(lat: Floats, lon: Floats) -> Found:
    """Return where each point lies; NaN and what is no position lie nowhere. Off a coast is on the coast."""
    found = Found.nowhere(len(lat))
    rows = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180))
    if len(rows) == 0:
        return found
    shapes, world = commune_shapes(), country_shapes()
    codes = np.array([*world.codes, None], dtype=object)
    inside = shapes.containing(lat[rows], lon[rows])
    _put_shapes(found, rows, inside)
    outside = rows[inside < 0]
    lands = world.containing(lat[outside], lon[outside])
    found.country[outside] = codes[lands]
    # at sea, or in the France of Natural Earth's coarser border
    coast = outside[(codes[lands] == "FR") | (lands < 0)]
    to_nearest_commune(found, coast, lat, lon)
    sea = outside[(lands < 0) & (found.commune[outside] == NONE)]
    found.country[sea] = codes[world.nearest(lat[sea], lon[sea], COAST_KM)]
    return found


def to_nearest_commune(found: Found, rows: Indices, lat: Floats, lon: Floats) -> None:
    """Put the rows into the commune nearest to their point, where one is near."""
    _put_shapes(found, rows, commune_shapes().nearest(lat[rows], lon[rows], COMMUNE_COAST_KM))


def _put_shapes(found: Found, rows: Indices, shape: Indices) -> None:
    """Write commune and arrondissement of the rows that lie in a shape."""
    commune_of, arrondissement_of = _places()
    hit = shape >= 0
    found.commune[rows[hit]] = commune_of[shape[hit]]
    found.arrondissement[rows[hit]] = arrondissement_of[shape[hit]]
    found.country[rows[hit]] = "FR"


@cache
def _places() -> tuple[Indices, Objects]:
    """Return commune and arrondissement of each commune shape."""
    france, codes = communes(), commune_shapes().codes
    districts = [code if code in france.arrondissements else None for code in codes]
    return np.array([france.index_of[code] for code in codes]), np.array(districts, dtype=object)


@cache
def _shape_of() -> Indices:
    """Return the shape of each commune, -1 for none."""
    shape = np.full(len(communes().codes), -1, np.int64)
    for index, code in enumerate(commune_shapes().codes):
        if code not in communes().arrondissements:
            shape[communes().index_of[code]] = index
    return shape


def outside_km(lat: Floats, lon: Floats, commune: Indices) -> Floats:
    """Return how far each point lies outside its commune; 0 where the commune has neither shape nor point."""
    france, shape = communes(), _shape_of()[commune]
    reach = great_circle_km(lat, lon, france.lat[commune], france.lon[commune]) - _REACH_WITHOUT_SHAPE_KM
    far = np.nan_to_num(np.maximum(reach, 0.0), nan=0.0)
    has = np.flatnonzero(shape >= 0)
    far[has] = distance_km(lat[has], lon[has], commune_shapes().polygons[shape[has]])
    return far


def decimals(lat: Floats, lon: Floats) -> Indices:
    """Return the decimals each point is written with, 0 to 6: of the two numbers the longer counts."""
    found = np.full(len(lat), 6, np.int64)
    for places in range(5, -1, -1):
        # half of the sixth decimal: floats keep 15 digits, and 2.1 is stored as 2.1000000000000001
        short = (np.abs(np.round(lat, places) - lat) < 5e-8) & (np.abs(np.round(lon, places) - lon) < 5e-8)
        found[short] = places
    return found
