"""Labs by département to an SVG map of France that needs no script: for print, for archetype pages."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup

Ring = Sequence[tuple[float, float]]

OVERSEAS = ("971", "972", "973", "974", "976")
PARIS = ("75", "92", "93", "94")
"""Départements smaller than their discs: drawn again, larger, in a box of their own."""

_SIZE = 560
_BOX, _PARIS = 84, 124
_MAX_RADIUS = 26


class _Frame(NamedTuple):
    """A square of the drawing and the départements in it; without a label it is the map itself."""

    codes: Sequence[str]
    left: float
    top: float
    size: float
    label: str = ""


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

    The area of the largest disc is fixed, so the map shows proportions; a disc too small for its number names it to
    a pointer, and the lists of the page count for all readers.
    """
    land, middles = _background()
    largest = max(counts.values(), default=0) or 1
    # Large discs first, so that small neighbours stay visible.
    present = sorted((code for code in middles if counts.get(code)), key=lambda code: (-counts[code], code))
    discs = [
        _disc(middles[code], max(2.5, _MAX_RADIUS * math.sqrt(counts[code] / largest)), counts[code], kind, code)
        for code in present
    ]
    head = f'<svg class="france" viewBox="0 0 {_SIZE} {_SIZE + _BOX + 40}" role="presentation" focusable="false">'
    # Vendored outlines and numbers only; names went through format.
    return Markup("".join([head, land, *discs, "</svg>"]))  # noqa: S704


@cache
def _background() -> tuple[str, Mapping[str, tuple[float, float]]]:
    """Return the land as SVG, and where the disc of each département stands."""
    land: list[str] = []
    middles: dict[str, tuple[float, float]] = {}
    for frame in _frames():
        project = _projection([ring for code in frame.codes for ring in outlines()[code][1]], frame)
        for code in frame.codes:
            rings = outlines()[code][1]
            land.append(f'<path class="land" d="{"".join(_path(ring, project) for ring in rings)}"/>')
            middles[code] = _middle(max(rings, key=len), project)  # a box after the map has the last word
        if frame.label:
            land.append(_LABEL.format(frame.left + frame.size / 2, frame.top + frame.size + 16, frame.label))
    return "".join(land), middles


_LABEL = Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="middle">{}</text>')


def _frames() -> list[_Frame]:
    mainland = [code for code in sorted(outlines()) if code not in OVERSEAS]
    boxes = [
        _Frame([code], i * (_BOX + 12) + 30.0, _SIZE + 16.0, _BOX, outlines()[code][0])
        for i, code in enumerate(OVERSEAS)
    ]
    paris = _Frame(PARIS, 8, _SIZE - _PARIS - 24, _PARIS, "Paris (75, 92–94)")
    return [_Frame(mainland, 0, 0, _SIZE), paris, *boxes]


def _disc(middle: tuple[float, float], radius: float, count: int, kind: str, code: str) -> str:
    x, y = middle
    title = Markup("<title>{} · {}</title>").format(outlines()[code][0], count)
    number = _LABEL.format(x, y + 4, count) if radius > 9 else ""
    return f'<circle class="bubble {kind}" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}">{title}</circle>{number}'


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


def _projection(rings: Sequence[Ring], frame: _Frame) -> Callable[[tuple[float, float]], tuple[float, float]]:
    lons = [lon for ring in rings for lon, _ in ring]
    lats = [lat for ring in rings for _, lat in ring]
    west, south, north = min(lons), min(lats), max(lats)
    squeeze = math.cos(math.radians((south + north) / 2))
    width, height = (max(lons) - west) * squeeze, north - south
    scale = frame.size / max(width, height)
    dx, dy = frame.left + (frame.size - width * scale) / 2, frame.top + (frame.size - height * scale) / 2
    return lambda point: (dx + (point[0] - west) * squeeze * scale, dy + (north - point[1]) * scale)


def _path(ring: Ring, project: Callable[[tuple[float, float]], tuple[float, float]]) -> str:
    return "M" + "L".join(dict.fromkeys("{:.0f},{:.0f}".format(*project(point)) for point in ring)) + "Z"


def _middle(ring: Ring, project: Callable[[tuple[float, float]], tuple[float, float]]) -> tuple[float, float]:
    # Centre of area: the middle of the bounding box of a crescent lies in its neighbour.
    points = [project(point) for point in ring]
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(points):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return (x / (3 * area), y / (3 * area))
