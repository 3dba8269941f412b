"""Natural Earth's countries and GeoNames' cities to the tables of the world outside France."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import shapely.affinity
from babel import Locale

from warehouse.gazetteer.countries import FRENCH_TERRITORIES
from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.shapes import encode

SCALE = 10_000
"""Units a degree of the country shapes: eleven metres, finer than Natural Earth's 1:10 million is drawn."""

LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")

# Natural Earth draws areas ISO 3166-1 has no number for: the country that runs them, or none where that is disputed.
_WITHOUT_NUMBER: dict[str, str | None] = {
    "Kosovo": "XK",
    "Somaliland": "SO",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Dhekelia": "CY",
    "Akrotiri": "CY",
    "USNB Guantanamo Bay": "CU",
    "Baikonur": "KZ",
    "Indian Ocean Ter.": "CX",
    "Coral Sea Is.": "AU",
    "Clipperton I.": None,
    "Siachen Glacier": None,
    "Spratly Is.": None,
    "Bajo Nuevo Bank": None,
    "Serranilla Bank": None,
    "Scarborough Reef": None,
}
# Natural Earth draws Crimea as held, ISO 3166-2 as UA-43: the part of Russia around this point is Ukraine's.
_CRIMEA = shapely.Point(34.3, 45.2)
# Names in other languages are kept for cities of at least this many people: those strangers have a name for.
_FOREIGN_NAMES_FROM = 15_000
_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ' .\-]{4,40}")


def countries(topology: dict[str, Any], geonames: dict[str, dict[str, Any]]) -> pa.Table:
    """Return one row a country of ISO 3166-1: codes, names in several languages, polygon."""
    by_number = {int(row["isonumeric"]): code for code, row in geonames.items() if row["isonumeric"]}
    parts: dict[str, list[Any]] = {}
    for number, name, shape in _shapes(topology):
        code = by_number[int(number)] if number else _WITHOUT_NUMBER[name]
        if code:
            parts.setdefault(code, []).append(shape)
    of_russia = [part for shape in parts["RU"] for part in shapely.get_parts(shape)]
    parts["RU"] = [part for part in of_russia if not part.intersects(_CRIMEA)]
    parts["UA"] += [part for part in of_russia if part.intersects(_CRIMEA)]
    codes = sorted(parts)
    x, y = encode(np.array([_polygons(parts[code]) for code in codes], dtype=object), scale=SCALE)
    names = {language: Locale.parse(language).territories for language in LANGUAGES}
    columns: dict[str, Any] = {
        "code": codes,
        "iso3": [geonames[code]["iso3"] for code in codes],
        "numeric": pa.array([int(geonames[code]["isonumeric"]) or None for code in codes], pa.int16()),
    }
    columns |= {f"name_{language}": [names[language].get(code) for code in codes] for language in LANGUAGES}
    return pa.table(columns | {"x": x, "y": y})


def _shapes(topology: dict[str, Any]) -> list[tuple[str | None, str, Any]]:
    """Return number, name and polygon of each country of a TopoJSON file. Source: TopoJSON 1.0, quantised arcs."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]

    def ring(indices: list[int]) -> Any:
        lines = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])

    found = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
        rings = [[_unrolled(r) for r in map(ring, polygon) if len(r) >= 4] for polygon in polygons]
        parts = [part for r in rings if r for part in _cut(shapely.Polygon(r[0], r[1:]))]
        found.append((geometry.get("id"), geometry["properties"]["name"], shapely.MultiPolygon(parts)))
    return found


def _unrolled(ring: Any) -> Any:
    """Return a ring that crosses the date line with longitudes beyond 180, so that no edge goes round the world.

    The atlas joins what Natural Earth cut there. A ring round the pole is closed along it.
    """
    turns = np.round(np.diff(ring[:, 0]) / 360)
    longitudes = ring[:, 0] - 360 * np.concatenate([[0], np.cumsum(turns)])
    unrolled = np.column_stack([longitudes, ring[:, 1]])
    if abs(longitudes[-1] - longitudes[0]) < 180:
        return unrolled
    pole = np.copysign(90, ring[:, 1].mean())
    return np.vstack([unrolled, [longitudes[-1], pole], [longitudes[0], pole], unrolled[0]])


def _cut(polygon: Any) -> list[Any]:
    """Return the parts of an unrolled polygon, each within 180 degrees of longitude, moved home."""
    polygon = shapely.make_valid(polygon)
    pieces = [
        shapely.affinity.translate(polygon.intersection(shapely.box(west, -90, west + 360, 90)), xoff=-180 - west)
        for west in (-540, -180, 180)
    ]
    return [part for piece in pieces for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]


def _polygons(shapes: list[Any]) -> Any:
    whole = shapely.union_all([shapely.make_valid(shape) for shape in shapes])
    snapped = shapely.make_valid(shapely.set_precision(whole, 1 / SCALE))
    return shapely.MultiPolygon([part for part in shapely.get_parts(snapped) if part.geom_type == "Polygon"])


def cities(rows: list[dict[str, Any]]) -> pa.Table:
    """Return one row a city outside France of 1,000 people and more, with the keys it is found by."""
    french = {"FR", *FRENCH_TERRITORIES.values()}
    kept = sorted(
        (row for row in rows if row["countrycode"] not in french),
        key=lambda row: (row["countrycode"], row["geonameid"]),
    )
    return pa.table(
        {
            "country_code": [row["countrycode"] for row in kept],
            "name": [row["name"] for row in kept],
            "keys": pa.array([_keys(row) for row in kept], pa.list_(pa.string())),
            # four decimals: GeoNames' own precision of a city is far below
            "lat": pa.array([round(row["latitude"], 4) for row in kept], pa.float64()),
            "lon": pa.array([round(row["longitude"], 4) for row in kept], pa.float64()),
            "population": pa.array([row["population"] for row in kept], pa.int32()),
        }
    )


def _keys(row: dict[str, Any]) -> list[str]:
    names = [row["name"]]
    if row["population"] >= _FOREIGN_NAMES_FROM:
        names += [name for name in row["alternatenames"] if _LATIN_NAME.fullmatch(name)]
    return list(dict.fromkeys(key for name in names if (key := place_key(name))))
