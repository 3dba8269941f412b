"""Countries and cities: points to the country they lie in, names of cities to points."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from warehouse.gazetteer.cells import Indices, Mask, Objects, choose
from warehouse.gazetteer.countries import FRENCH_TERRITORIES
from warehouse.gazetteer.names import spellings
from warehouse.gazetteer.shapes import KM_PER_DEGREE, Floats, Geometries, decode, great_circle_km
from warehouse.gazetteer.tables import read

if TYPE_CHECKING:
    import shapely


COUNTRY_SCALE = 10_000
COMMUNE_SCALE = 100_000

# Natural Earth's coast is drawn for 1:10 million: piers, islets and harbours lie outside it.
COAST_KM = 10.0
# IGN's communes are exact at the coast; what lies farther out is a boat.
COMMUNE_COAST_KM = 2.0
# A namesake must be this much smaller for a city to be meant without saying which.
_DOMINANCE = 10


@dataclass(frozen=True)
class Shapes:
    """Polygons with their codes and a tree of their boxes."""

    codes: list[str]
    polygons: Geometries
    tree: "shapely.STRtree"

    def containing(self, lat: Floats, lon: Floats) -> Indices:
        """Return the index of the polygon each point lies in, -1 for none.

        Where polygons overlap, the last by code is meant: an arrondissement before its commune.
        """
        import shapely

        asked, found = self.tree.query(shapely.points(lon, lat), predicate="intersects")
        index = np.full(len(lat), -1, np.int64)
        np.maximum.at(index, asked, found)
        return index

    def nearest(self, lat: Floats, lon: Floats, within_km: float) -> Indices:
        """Return the index of the polygon nearest to each point within the distance, -1 for none.

        Nearest in degrees, measured in kilometres: good enough to say off which coast a point lies.
        """
        import shapely

        index = np.full(len(lat), -1, np.int64)
        if len(lat) == 0:
            return index
        points = shapely.points(lon, lat)
        narrowest = max(float(np.cos(np.radians(np.abs(lat).max()))), 0.05)
        asked, found = self.tree.query_nearest(
            points, max_distance=within_km / KM_PER_DEGREE / narrowest, all_matches=False
        )
        ends = shapely.get_coordinates(shapely.shortest_line(self.polygons[found], points[asked])).reshape(-1, 2, 2)
        far = great_circle_km(lat[asked], lon[asked], ends[:, 0, 1], ends[:, 0, 0])
        near = far <= within_km
        index[asked[near]] = found[near]
        return index


def _shapes(name: str, scale: int, *, in_parts: bool) -> Shapes:
    import shapely

    table = read(name)
    whole = decode(table["x"], table["y"], scale=scale)
    codes: list[str] = table["code"].to_pylist()
    # islands on their own: an archipelago's box is an ocean
    polygons, owner = shapely.get_parts(whole, return_index=True) if in_parts else (whole, np.arange(len(whole)))
    shapely.prepare(polygons)
    return Shapes([codes[i] for i in owner], polygons, shapely.STRtree(polygons))


@cache
def country_shapes() -> Shapes:
    """Return the countries of ISO 3166-1. Raises: GazetteerUnavailable."""
    return _shapes("countries", COUNTRY_SCALE, in_parts=True)


@cache
def commune_shapes() -> Shapes:
    """Return the communes and arrondissements. Raises: GazetteerUnavailable."""
    return _shapes("commune_shapes", COMMUNE_SCALE, in_parts=False)


def country_near(lat: Floats, lon: Floats, country: Objects, within_km: float) -> Mask:
    """Tell which points lie within the distance of the country they are asked about; FR has its territories."""
    import shapely

    shapes, near = country_shapes(), np.zeros(len(lat), np.bool_)
    if len(lat) == 0:
        return near
    points = shapely.points(lon, lat)
    reach = within_km / KM_PER_DEGREE / np.maximum(np.cos(np.radians(lat)), 0.05)
    asked, found = shapes.tree.query(points, predicate="dwithin", distance=reach)
    of = np.array(shapes.codes, dtype=object)[found]
    of = choose(np.isin(of, list(FRENCH_TERRITORIES.values())), "FR", of)
    near[asked[of == country[asked]]] = True
    return near


@dataclass(frozen=True)
class Cities:
    """The cities outside France of 1,000 people and more, the countries' one after the other."""

    table: pa.Table
    lat: Floats
    lon: Floats
    population: Indices
    rows_of: dict[str, range]
    """Country to the rows its cities stand in."""

    def called(self, country: str, city: str) -> list[int]:
        """Return the cities of the country called so, largest first."""
        names = _names_of(country)
        return next((found for key in spellings(city) if (found := names.get(key))), [])

    def name(self, index: int) -> str:
        """Return the name of a city."""
        return str(self.table["name"][index].as_py())

    def meant(self, called: list[int]) -> int:
        """Return the one city meant among namesakes: the only one, or one ten times as large as the next; else -1."""
        if not called:
            return -1
        if len(called) > 1 and self.population[called[0]] < _DOMINANCE * max(self.population[called[1]], 1):
            return -1
        return called[0]

    def radius_km(self, index: int) -> float:
        """Return how far the city reaches: a disc at 2,000 people a square kilometre, a kilometre at least."""
        return max(1.0, round(float(np.sqrt(self.population[index] / 2000 / np.pi)), 1))


@cache
def cities() -> Cities:
    """Return the cities. Raises: GazetteerUnavailable."""
    table = read("cities").combine_chunks()
    codes = table["country_code"].to_numpy(zero_copy_only=False).astype(str)
    countries, starts = np.unique(codes, return_index=True)
    ends = [*starts[1:].tolist(), len(codes)]
    return Cities(
        table=table,
        lat=table["lat"].to_numpy(),
        lon=table["lon"].to_numpy(),
        population=table["population"].to_numpy().astype(np.int64),
        rows_of={str(c): range(a, b) for c, a, b in zip(countries, starts.tolist(), ends, strict=True)},
    )


@cache
def _names_of(country: str) -> dict[str, list[int]]:
    """Return the cities of a country by the keys they are found by, largest first."""
    world = cities()
    rows = world.rows_of.get(country, range(0))
    found: dict[str, list[int]] = {}
    keys = world.table["keys"].slice(rows.start, len(rows)).to_pylist()
    for place in np.argsort(-world.population[rows.start : rows.stop], kind="stable").tolist():
        for key in keys[place]:
            found.setdefault(key, []).append(rows.start + place)
    return found
