"""Coordinates as a source writes them to WGS84 degrees: notation only, never judgement."""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pyproj import Transformer

Issue = Literal["missing_half", "unreadable", "not_finite", "zero", "out_of_range", "unknown_projection"]
Notation = Literal["decimal_comma", "dms", "pair", "projected"]

LAMBERT_93 = "EPSG:2154"

# A cell longer than any coordinate: not worth a regular expression's time.
_LONGEST = 100
# Where Lambert-93 is used: the mainland and Corsica, with the sea around them. No degree is that large, so metres
# are told from degrees without a declaration. Source: EPSG registry, area of use of 2154, projected.
_LAMBERT_93_EASTING = (0.0, 1_400_000.0)
_LAMBERT_93_NORTHING = (6_000_000.0, 7_300_000.0)

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:e[+-]?\d+)?|[+-]?[.,]\d+", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_SEXAGESIMAL = re.compile(
    r"""(?P<before>[NSEWO])?\s*(?P<sign>[+-])?\s*
        (?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?:°|d|deg|:|\s)?\s*
        (?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:'(?!')|m|min|:|\s)?\s*
        (?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:''|"|s|sec)?\s*)?)?
        (?P<after>[NSEWO])?""",
    re.IGNORECASE | re.VERBOSE,
)
_POINT = re.compile(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)", re.IGNORECASE)
_PAIR = re.compile(r"\(?\s*([+-]?\d+\.\d+|[+-]?\d+(?:[.,]\d+)?(?=\s*;))\s*[,;\s]\s*([+-]?\d+(?:[.,]\d+)?)\s*\)?")
_SIGNS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "º": "°",
        "˚": "°",
        "’": "'",
        "′": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "″": '"',
        "”": '"',
        "“": '"',
    }
)
_NOT_FINITE = {"nan", "inf", "infinity", "+inf", "-inf", "-infinity"}
_PLACEHOLDERS = {"", "-", "?", "null", "none", "n/a", "#n/a", "#n/d", "nd", "nc"}


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A position in WGS84 degrees as stated, or nothing and the issue; notation names what had to be translated."""

    lat: float | None
    lon: float | None
    issue: Issue | None = None
    notation: Notation | None = None


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    axis: Literal["lat", "lon"] | None = None
    notation: Notation | None = None


class _Refused(Exception):
    """The values state no position; the argument is the issue."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue)
        self.issue: Issue = issue


def parse(lat: object, lon: object, *, projection: str | None = None) -> Coordinates:
    """Return the position both values state, in WGS84 degrees.

    Numbers and strings are read: decimal point or comma, degrees with minutes and seconds (the sign belongs to the
    whole value), N S E W and the O of ouest, oeste and ovest. `lat` alone may hold both ("48.1,-1.7" or
    "Point(lon lat)"). `projection` ("EPSG:2154") says that `lat` is a northing and `lon` an easting; metres that only
    fit Lambert-93 are read as such undeclared. Missing values give neither position nor issue. A latitude of up to
    180 degrees is kept: whether lat and lon are swapped is for `locate` to judge. Never raises for a value.
    """
    try:
        return _position(lat, lon, projection)
    except _Refused as refused:
        return Coordinates(None, None, refused.issue)


def _position(lat: object, lon: object, projection: str | None) -> Coordinates:
    lat, lon, is_pair = _unpack(lat, lon)
    north, east = _number(lat), _number(lon)
    if north is None or east is None:
        return Coordinates(None, None, "missing_half" if north is not east else None)
    if north.axis == "lon" and east.axis == "lat":
        north, east = east, north
    elif north.axis == "lon" or east.axis == "lat":
        raise _Refused("unreadable")
    if north.value == 0 and east.value == 0:
        raise _Refused("zero")
    if projection is None and _is_lambert_93(north.value, east.value):
        projection = LAMBERT_93
    if projection is not None:
        return _unproject(north.value, east.value, projection)
    if not _in_range(north.value, east.value):
        raise _Refused("out_of_range")
    return Coordinates(north.value, east.value, None, "pair" if is_pair else north.notation or east.notation)


def _in_range(lat: float, lon: float) -> bool:
    """Tell whether the two are degrees of one position, perhaps in the wrong order."""
    return abs(lat) <= 180 and abs(lon) <= 180 and min(abs(lat), abs(lon)) <= 90


def _unpack(lat: object, lon: object) -> tuple[object, object, bool]:
    """Split a position written into one cell."""
    for cell, other in ((lat, lon), (lon, lat)):
        is_alone = other is None or (isinstance(other, str) and not other.strip())
        if not is_alone or not isinstance(cell, str) or len(cell) > _LONGEST:
            continue
        if point := _POINT.fullmatch(cell.strip()):
            return point[2], point[1], True
        if pair := _PAIR.fullmatch(cell.strip()):
            return pair[1], pair[2], True
    return lat, lon, False


def _number(value: object) -> _Number | None:
    """Return the number a cell holds, None for an empty cell."""
    if value is None:
        return None
    if isinstance(value, str):
        return _text_number(value)
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise _Refused("unreadable")
    try:
        return _Number(_finite(float(value)))
    except (OverflowError, ValueError) as error:  # 10**400; the signalling NaN of Decimal
        raise _Refused("not_finite") from error


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise _Refused("not_finite")
    return number


def _text_number(text: str) -> _Number | None:
    if len(text) > _LONGEST:
        raise _Refused("unreadable")
    # the primes first: NFKC would take the ordinal sign for an o and split the double prime
    text = " ".join(unicodedata.normalize("NFKC", text.translate(_SIGNS)).split())
    if text.lower() in _PLACEHOLDERS:
        return None
    if text.lower() in _NOT_FINITE:
        raise _Refused("not_finite")
    if _NUMBER.fullmatch(text) or _GROUPED.fullmatch(text):
        value = _finite(float(text.replace(" ", "").replace(",", ".")))
        return _Number(value, notation="decimal_comma" if "," in text else None)
    if match := _SEXAGESIMAL.fullmatch(text):
        return _sexagesimal(match)
    raise _Refused("unreadable")


def _sexagesimal(match: re.Match[str]) -> _Number:
    degrees, minutes, seconds = (
        float((match[part] or "0").replace(",", ".")) for part in ("degrees", "minutes", "seconds")
    )
    letters = ((match["before"] or "") + (match["after"] or "")).upper()
    if minutes >= 60 or seconds >= 60 or len(letters) > 1 or (match["sign"] == "-" and letters in {"N", "E"}):
        raise _Refused("unreadable")
    is_negative = match["sign"] == "-" or letters in {"S", "W", "O"}
    axis: Literal["lat", "lon"] | None = None
    if letters:
        axis = "lat" if letters in {"N", "S"} else "lon"
    is_plain = match["minutes"] is None and "°" not in match[0]
    value = degrees + minutes / 60 + seconds / 3600
    return _Number(-value if is_negative else value, axis, None if is_plain else "dms")


def _is_lambert_93(north: float, east: float) -> bool:
    return any(
        _LAMBERT_93_NORTHING[0] < y < _LAMBERT_93_NORTHING[1] and _LAMBERT_93_EASTING[0] < x < _LAMBERT_93_EASTING[1]
        for x, y in ((east, north), (north, east))
    )


def _unproject(north: float, east: float, projection: str) -> Coordinates:
    transformer = _transformer(projection)
    if transformer is None:
        raise _Refused("unknown_projection")
    # sources name the columns X and Y in either order; in Lambert-93 the northing is the one above six million
    if projection == LAMBERT_93 and north < _LAMBERT_93_NORTHING[0] < east:
        north, east = east, north
    lon, lat = transformer.transform(east, north)
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise _Refused("out_of_range")
    # one part in 10^7 of a degree is a centimetre: the last digits of a projection differ between PROJ builds
    return Coordinates(round(lat, 7), round(lon, 7), None, "projected")


@lru_cache(maxsize=16)
def _transformer(projection: str) -> "Transformer | None":
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(projection, "EPSG:4326", always_xy=True)
    except CRSError:
        return None
