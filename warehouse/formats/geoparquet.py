"""Labs to GeoParquet 1.1: plain WKB written by pyarrow, `lon` and `lat` beside it.

Source: publishing-and-safety.md 1.1. A 2.0 file fails in polars and older pyarrow; geopandas' own writer tags the
column in a way that stops older polars. CRS left out means OGC:CRS84, the case every reader knows.
"""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GEOMETRY = "geometry"

_HEADER = np.frombuffer(b"\x01\x01\x00\x00\x00", "u1")
"""Little-endian, type 1 (point)."""
_WKB_BYTES = 21


def with_geometry(labs: pa.Table) -> pa.Table:
    """Return the labs with a WKB point as last column; null, never an empty or zero point, where there is no place."""
    return labs.append_column(pa.field(GEOMETRY, pa.binary()), _points(labs["lon"], labs["lat"]))


def geo_metadata(labs: pa.Table) -> str:
    """Return the value of the file's `geo` key."""
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"]}
    placed = labs.filter(pc.and_(labs["lon"].is_valid(), labs["lat"].is_valid()))
    if placed.num_rows:
        lon, lat = pc.min_max(placed["lon"]).as_py(), pc.min_max(placed["lat"]).as_py()
        column["bbox"] = [lon["min"], lat["min"], lon["max"], lat["max"]]
    value = {"columns": {GEOMETRY: column}, "primary_column": GEOMETRY, "version": "1.1.0"}
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _points(lon: pa.ChunkedArray, lat: pa.ChunkedArray) -> pa.Array:
    rows = len(lon)
    placed = np.asarray(pc.and_(lon.is_valid(), lat.is_valid()))
    blobs = np.zeros((int(placed.sum()), _WKB_BYTES), "u1")
    blobs[:, :5] = _HEADER
    for column, start in ((lon, 5), (lat, 13)):
        values = np.asarray(pc.fill_null(column, 0.0)).astype("<f8")[placed]
        blobs[:, start : start + 8] = values.view("u1").reshape(-1, 8)
    offsets = np.zeros(rows + 1, "<i4")
    np.cumsum(placed * _WKB_BYTES, out=offsets[1:])
    valid = pa.py_buffer(np.packbits(placed, bitorder="little").tobytes())
    return pa.Array.from_buffers(
        pa.binary(), rows, [valid, pa.py_buffer(offsets.tobytes()), pa.py_buffer(blobs.tobytes())]
    )
