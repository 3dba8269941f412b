"""Polygons to compact Parquet columns and back, and where points lie among them."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

KM_PER_DEGREE = 111.195
"""One degree of a great circle on the mean sphere of 6,371 km."""


def encode(geometries: Geometries, *, scale: int) -> tuple[pa.Array, pa.Array]:
    """Return x and y of the polygons as nested lists of integers, each the step from the vertex before.

    `scale` is units a degree. Steps packed by zstd are a third of the size of WKB.
    """
    import shapely

    multi = np.array([g if g.geom_type == "MultiPolygon" else shapely.MultiPolygon([g]) for g in geometries])
    _, vertices, (rings, polygons, parts) = shapely.to_ragged_array(multi)
    whole = np.round(vertices * scale).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).astype(np.int32)

    def nested(values: NDArray[np.int32]) -> pa.Array:
        array: pa.Array = pa.array(values)
        for offsets in (rings, polygons, parts):
            array = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), array)
        return array

    return nested(steps[:, 0]), nested(steps[:, 1])


def decode(x: pa.ChunkedArray, y: pa.ChunkedArray, *, scale: int) -> Geometries:
    """Return the polygons that `encode` wrote."""
    import shapely

    def flat(column: pa.ChunkedArray) -> tuple[Floats, tuple[Any, ...]]:
        array = column.combine_chunks()
        offsets = []
        for _ in range(3):
            offsets.append(array.offsets.to_numpy())
            array = array.values
        return np.cumsum(array.to_numpy().astype(np.int64)) / scale, tuple(reversed(offsets))

    xs, offsets = flat(x)
    ys, _ = flat(y)
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, np.column_stack([xs, ys]), offsets), dtype=object
    )


def distance_km(lat: Floats, lon: Floats, geometries: Geometries) -> Floats:
    """Return how far each point lies from its own polygon, 0 inside; on the plane that touches the point."""
    import shapely

    if len(geometries) == 0:
        return np.zeros(0)
    cosine = np.maximum(np.cos(np.radians(lat)), 0.01)
    vertices, owner = shapely.get_coordinates(geometries, return_index=True)
    # the way round across the date line
    east = (vertices[:, 0] - lon[owner] + 180) % 360 - 180
    flat = np.column_stack([east * cosine[owner], vertices[:, 1] - lat[owner]])
    here = shapely.points(np.zeros((len(geometries), 2)))
    degrees = shapely.distance(here, shapely.set_coordinates(geometries.copy(), flat))
    return np.asarray(degrees, dtype=np.float64) * KM_PER_DEGREE


def great_circle_km(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Return the distance between each two points. Source: the haversine formula, Sinnott 1984."""
    a, b = np.radians(lat), np.radians(to_lat)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return np.asarray(2 * np.degrees(np.arcsin(np.sqrt(np.clip(half, 0, 1)))) * KM_PER_DEGREE, dtype=np.float64)
