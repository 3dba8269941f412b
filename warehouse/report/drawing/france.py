"""Labs by département to an SVG map of France that needs no script: for print, for archetype pages."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

Ring = Sequence[tuple[float, float]]

OVERSEAS = ("971", "972", "973", "974", "976")
"""Départements drawn in boxes of their own."""

_SIZE = 560
_BOX = 84
_MAX_RADIUS = 26


@cache
def outlines() -> Mapping[str, tuple[str, Sequence[Ring]]]:
    """Return name and outer rings (lon, lat) of every département of the vendored TopoJSON."""
    path = resources.files("warehouse.report") / "vendor" / "departements" / "departements.topo.json"
    topology = json.loads(path.read_text(encoding="utf-8"))
    arcs = [list(_absolute(arc, topology["transform"])) for arc in topology["arcs"]]
    return {
        shape["id"]: (shape["properties"]["name"], [_ring(polygon[0], arcs) for polygon in _polygons(shape)])
        for shape in topology["objects"]["departements"]["geometries"]
    }


def bubbles(counts: Mapping[str, int], kind: str = "total") -> Markup:
    """Return the map: a disc at each département whose area is its count; `kind` is the archetype that colours it.

    The area of the largest disc is fixed, so the map shows proportions; the numbers stand in a table beside it.
    """
    largest = max(counts.values(), default=0) or 1
    shapes: list[str] = []
    discs: list[tuple[int, str]] = []
    mainland = [code for code in sorted(outlines()) if code not in OVERSEAS]
    frames = [(mainland, 0.0, 0.0, float(_SIZE))]
    frames += [([code], i * (_BOX + 12) + 30.0, _SIZE + 16.0, float(_BOX)) for i, code in enumerate(OVERSEAS)]
    for codes, left, top, size in frames:
        project = _projection([ring for code in codes for ring in outlines()[code][1]], left, top, size)
        for code in codes:
            name, rings = outlines()[code]
            shapes.append(f'<path class="land" d="{"".join(_path(ring, project) for ring in rings)}"/>')
            if count := counts.get(code, 0):
                x, y = _middle(max(rings, key=len), project)
                radius = max(2.5, _MAX_RADIUS * math.sqrt(count / largest))
                number = f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{count}</text>' if radius > 9 else ""
                title = Markup("<title>{} · {}</title>").format(name, count)
                disc = f'<circle class="bubble {kind}" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}">{title}</circle>'
                discs.append((count, disc + number))
        if len(codes) == 1:
            label = Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="middle">{}</text>').format(
                left + size / 2, top + size + 16, outlines()[codes[0]][0]
            )
            shapes.append(label)
    # Large discs first, so that small neighbours stay visible.
    discs.sort(key=lambda item: (-item[0], item[1]))
    body = "".join(shapes) + "".join(disc for _, disc in discs)
    frame = f"0 0 {_SIZE} {_SIZE + _BOX + 40}"
    head = f'<svg class="france" viewBox="{frame}" role="presentation" focusable="false">'
    return Markup(f"{head}{body}</svg>")  # noqa: S704  # vendored outlines and numbers; names went through format


def _absolute(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield (
            x * transform["scale"][0] + transform["translate"][0],
            y * transform["scale"][1] + transform["translate"][1],
        )


def _polygons(shape: Mapping[str, Any]) -> Sequence[Sequence[Sequence[int]]]:
    polygons: Sequence[Sequence[Sequence[int]]] = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return polygons


def _ring(indices: Sequence[int], arcs: Sequence[Sequence[tuple[float, float]]]) -> Ring:
    # A negative index is the arc reversed, by the ones' complement of its place (TopoJSON 2.1.4).
    points: list[tuple[float, float]] = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += part[1:] if points else part
    return points


def _projection(
    rings: Sequence[Ring], left: float, top: float, size: float
) -> Callable[[tuple[float, float]], tuple[float, float]]:
    lons = [lon for ring in rings for lon, _ in ring]
    lats = [lat for ring in rings for _, lat in ring]
    west, south, north = min(lons), min(lats), max(lats)
    squeeze = math.cos(math.radians((south + north) / 2))
    width, height = (max(lons) - west) * squeeze, north - south
    scale = size / max(width, height)
    dx, dy = left + (size - width * scale) / 2, top + (size - height * scale) / 2
    return lambda point: (dx + (point[0] - west) * squeeze * scale, dy + (north - point[1]) * scale)


def _path(ring: Ring, project: Callable[[tuple[float, float]], tuple[float, float]]) -> str:
    return "M" + "L".join(dict.fromkeys("{:.0f},{:.0f}".format(*project(point)) for point in ring)) + "Z"


def _middle(ring: Ring, project: Callable[[tuple[float, float]], tuple[float, float]]) -> tuple[float, float]:
    points = [project(point) for point in ring]
    return (
        (min(x for x, _ in points) + max(x for x, _ in points)) / 2,
        (min(y for _, y in points) + max(y for _, y in points)) / 2,
    )
