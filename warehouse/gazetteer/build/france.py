"""INSEE's list of communes, IGN's shapes and GeoNames' points of the collectivities to the tables of France."""

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from warehouse.gazetteer.countries import FRENCH_TERRITORIES
from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.shapes import decode, distance_km, encode, great_circle_km

SCALE = 100_000
"""Units a degree of the commune shapes: one metre, far below the width their simplification leaves open."""

_KINDS = {
    "commune-actuelle": "commune",
    "arrondissement-municipal": "arrondissement",
    "commune-deleguee": "deleguee",
    "commune-associee": "associee",
}
# A town hall farther out than this stands in the wrong place in the register, or serves another commune.
_HALL_REACH_KM = 1.0


def shapes(shape_rows: list[dict[str, str]], communes: list[dict[str, Any]]) -> pa.Table:
    """Return code and polygon of every commune and arrondissement that has one.

    A commune nouvelle without a polygon gets the union of its communes déléguées.
    """
    by_kind = {
        kind: {row["code"]: row["geometry"] for row in shape_rows if row["type"] == kind and row["geometry"]}
        for kind in ("COM", "ARM", "COMD")
    }
    found = {code: shapely.from_wkb(wkb) for kind in ("COM", "ARM") for code, wkb in by_kind[kind].items()}
    current = {row["code"] for row in communes if row["type"] == "commune-actuelle"}
    parts: dict[str, list[str]] = {}
    for row in communes:
        if row["type"] == "commune-deleguee" and row["chefLieu"] in current - set(found):
            parts.setdefault(row["chefLieu"], []).append(row["code"])
    for code, delegated in parts.items():
        if all(part in by_kind["COMD"] for part in delegated):
            found[code] = shapely.union_all([shapely.from_wkb(by_kind["COMD"][part]) for part in delegated])
    codes = sorted(found)
    x, y = encode(_polygonal(np.array([found[code] for code in codes], dtype=object)), scale=SCALE)
    return pa.table({"code": pa.array(codes), "x": x, "y": y})


def _polygonal(geometries: Any) -> Any:
    """Return the shapes on the grid they will be stored on, valid, polygons only."""
    snapped = shapely.make_valid(shapely.set_precision(geometries, 1 / SCALE))
    return np.array(
        [
            shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
            if shape.geom_type == "GeometryCollection"
            else shape
            for shape in snapped
        ],
        dtype=object,
    )


def communes(
    rows: list[dict[str, Any]], epcis: list[dict[str, Any]], shape_rows: list[dict[str, str]], shape_table: pa.Table
) -> pa.Table:
    """Return one row a commune, arrondissement, commune déléguée and associée, with the current commune it is in."""
    epci_of = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    points = _points(shape_rows, shape_table)
    table: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: (row["code"], row["type"])):
        current = row.get("commune") or row.get("chefLieu") or row["code"]
        is_place = row["type"] in ("commune-actuelle", "arrondissement-municipal")
        table.append(
            {
                "code": row["code"],
                "kind": _KINDS[row["type"]],
                "name": row["nom"],
                "key": place_key(row["nom"]),
                "commune_code": current,
                "departement_code": row["departement"],
                "region_code": row["region"],
                "epci_code": epci_of.get(current),
                "population": row.get("population"),
                "postcodes": row.get("codesPostaux"),
                "former_codes": row.get("anciensCodes"),
                **(points.get(row["code"], {}) if is_place else {}),
            }
        )
    return pa.Table.from_pylist(table, schema=COMMUNES)


COMMUNES = pa.schema(
    [
        ("code", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("key", pa.string()),
        ("commune_code", pa.string()),
        ("departement_code", pa.string()),
        ("region_code", pa.string()),
        ("epci_code", pa.string()),
        ("population", pa.int32()),
        ("postcodes", pa.list_(pa.string())),
        ("former_codes", pa.list_(pa.string())),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("hall_lat", pa.float64()),
        ("hall_lon", pa.float64()),
        ("radius_km", pa.float32()),
        ("town_lat", pa.float64()),
        ("town_lon", pa.float64()),
    ]
)


def _points(shape_rows: list[dict[str, str]], shape_table: pa.Table) -> dict[str, dict[str, float]]:
    """Return point on surface, town hall and reach of each shape."""
    codes = shape_table["code"].to_pylist()
    polygons = decode(shape_table["x"], shape_table["y"], scale=SCALE)
    surface = shapely.point_on_surface(polygons)
    at = {code: {"lat": round(p.y, 5), "lon": round(p.x, 5)} for code, p in zip(codes, surface, strict=True)}
    halls = {
        row["code"]: shapely.from_wkb(row["mairie_localisation"])
        for row in shape_rows
        if row["type"] in ("COM", "ARM") and row["mairie_localisation"]
    }
    polygon_of = dict(zip(codes, polygons, strict=True))
    for code, hall in halls.items():
        polygon = polygon_of.get(code)
        if polygon is None or hall.is_empty:
            continue
        here = np.array([hall.y]), np.array([hall.x])
        if distance_km(*here, np.array([polygon], dtype=object))[0] <= _HALL_REACH_KM:
            at[code] |= {"hall_lat": round(hall.y, 6), "hall_lon": round(hall.x, 6)}
    for code, place in at.items():
        lat, lon = place.get("hall_lat", place["lat"]), place.get("hall_lon", place["lon"])
        vertices = shapely.get_coordinates(polygon_of[code])
        reach = great_circle_km(
            np.full(len(vertices), lat), np.full(len(vertices), lon), vertices[:, 1], vertices[:, 0]
        )
        place["radius_km"] = round(float(reach.max()), 2)
    return at


def with_town_points(table: pa.Table, shape_table: pa.Table, cities: list[dict[str, Any]]) -> pa.Table:
    """Return the communes with GeoNames' point of the town of their name, which geocoders copy.

    It stands for lat and lon where IGN has no shape: in Polynesia, New Caledonia and the like.
    """
    codes, polygons = shape_table["code"].to_pylist(), decode(shape_table["x"], shape_table["y"], scale=SCALE)
    french = [city for city in cities if city["countrycode"] in {"FR", *FRENCH_TERRITORIES.values()}]
    points = shapely.points([(city["longitude"], city["latitude"]) for city in french])
    towns: dict[tuple[str, str], tuple[float, float]] = {}
    asked, lies_in = shapely.STRtree(polygons).query(points, predicate="intersects")
    within = [*zip(asked.tolist(), (codes[shape] for shape in lies_in), strict=True)]
    within += [(place, city["countrycode"]) for place, city in enumerate(french)]
    # the largest place of a name is written last, and stays
    for place, area in sorted(within, key=lambda pair: french[pair[0]]["population"]):
        for name in (*french[place]["alternatenames"], french[place]["name"]):
            towns[area, place_key(name)] = (french[place]["latitude"], french[place]["longitude"])
    rows = table.to_pylist()
    for row in rows:
        if row["kind"] != "commune":
            continue
        areas = (row["code"], FRENCH_TERRITORIES.get(row["departement_code"], row["code"]))
        town = next((towns[area, row["key"]] for area in areas if (area, row["key"]) in towns), (None, None))
        row["town_lat"], row["town_lon"] = town
        if row["lat"] is None:
            row["lat"], row["lon"] = town
    return pa.Table.from_pylist(rows, schema=COMMUNES)


def departements(departement_rows: list[dict[str, Any]], region_rows: list[dict[str, Any]]) -> pa.Table:
    """Return one row a département or collectivity, with its region and territory code."""
    region_of = {row["code"]: row["nom"] for row in region_rows}
    rows = sorted(departement_rows, key=lambda row: row["code"])
    return pa.table(
        {
            "code": [row["code"] for row in rows],
            "name": [row["nom"] for row in rows],
            "region_code": [row["region"] for row in rows],
            "region": [region_of[row["region"]] for row in rows],
            "territory_code": pa.array([FRENCH_TERRITORIES.get(row["code"]) for row in rows], pa.string()),
        }
    )
