"""The six archetypes as a reader meets them: name, what the study says, colour and shape."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup

from warehouse.report.words import LANGUAGES, catalogue

UNCLASSIFIED = "unclassified"
ORDER = ("1", "2", "3", "4", "5", "6", UNCLASSIFIED)

COLOURS = {
    "1": "#56b4e9",
    "2": "#009e73",
    "3": "#e69f00",
    "4": "#0072b2",
    "5": "#d55e00",
    "6": "#cc79a7",
    UNCLASSIFIED: "#9a9a9a",
}
"""Told apart with any colour vision. Source: Okabe and Ito 2008, jfly.uni-koeln.de/color."""

SHAPES = {
    "1": "M-5,0A5,5 0 1,0 5,0A5,5 0 1,0 -5,0Z",
    "2": "M-4.4,-4.4H4.4V4.4H-4.4Z",
    "3": "M0,-5.6L5.6,4.4H-5.6Z",
    "4": "M0,-6L6,0L0,6L-6,0Z",
    "5": "M0,-6.2L1.7,-2.1L6.1,-1.9L2.7,0.9L3.8,5.2L0,2.8L-3.8,5.2L-2.7,0.9L-6.1,-1.9L-1.7,-2.1Z",
    "6": "M-1.9,-5.4H1.9V-1.9H5.4V1.9H1.9V5.4H-1.9V1.9H-5.4V-1.9H-1.9Z",
    UNCLASSIFIED: "M-3.4,0A3.4,3.4 0 1,0 3.4,0A3.4,3.4 0 1,0 -3.4,0Z",
}
"""SVG path of each mark about the origin, radius near 6: colour is never the only sign."""


@dataclass(frozen=True)
class Archetype:
    """One archetype; texts by language."""

    key: str
    name: Mapping[str, str]
    short: Mapping[str, str]
    said: Mapping[str, str]
    read: Mapping[str, str]

    @property
    def colour(self) -> str:
        """Return the colour of its mark."""
        return COLOURS[self.key]

    @property
    def shape(self) -> str:
        """Return the SVG path of its mark."""
        return SHAPES[self.key]


@cache
def archetypes() -> Mapping[str, Archetype]:
    """Return the six archetypes and the absence of one, in order."""
    text = (resources.files("warehouse.report") / "study.toml").read_text(encoding="utf-8")
    known = {
        key: Archetype(key, **{name: dict(zip(LANGUAGES, pair, strict=True)) for name, pair in entry.items()})
        for key, entry in tomllib.loads(text).items()
    }
    absent, reason = catalogue()["unclassified"], catalogue()["unclassified_long"]
    return known | {UNCLASSIFIED: Archetype(UNCLASSIFIED, absent, absent, reason, reason)}


def mark(key: str, size: int = 14) -> Markup:
    """Return the mark of an archetype as SVG; the words beside it say what it means, so readers skip it."""
    return Markup(
        '<svg class="mark" viewBox="-7 -7 14 14" width="{s}" height="{s}" aria-hidden="true" focusable="false">'
        '<path class="a{k}" d="{d}"/></svg>'
    ).format(s=size, k=key[0], d=SHAPES[key])
