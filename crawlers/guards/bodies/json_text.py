"""Hostile JSON text to plain values: whatever a server sends ends as a value or as one named refusal, never a crash."""

import json
import math
import re
from typing import Any, Literal, NoReturn

MAX_DEPTH = 64
"""Nested arrays and objects; the deepest real answer seen (GeoJSON multipolygons in Opendatasoft) has 9."""
MAX_DIGITS = 64
"""Digits of one number; ids of 23 digits exist, a number of 5000 costs quadratic time."""

# All but the brackets, so that what is left is the shape of the document
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LONG_NUMBER = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")
_LARGE_EXPONENT = re.compile(r"[eE]\+?\d{3}")
# A pair of surrogates, a lone one, a NUL, or any other escape (matched so that the second half of `\\u` is not)
_ESCAPE = re.compile(
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|(?P<nul>\\u0000)|\\.",
    re.DOTALL,
)
_NEEDS_REPAIR = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")

Kind = Literal["not_json", "truncated", "hostile"]


class BadJson(ValueError):
    """A text that gives no value: `not_json`, `truncated` or `hostile`, and what showed it."""

    def __init__(self, kind: Kind, why: str) -> None:
        self.kind = kind
        super().__init__(why)


def value_of(text: str, *, numbers: Literal["refuse", "text"] = "refuse") -> Any:
    """Return the value a JSON text stands for.

    NaN, Infinity and what overflows to it (1e999) are no JSON: with `numbers="refuse"` the text is refused, with
    "text" they become the text they were written as, so that the one record they stand in is rejected and not the page.
    Lone surrogates become U+FFFD and NUL characters are dropped, since no table could hold them; control characters
    inside strings are borne; of a key given twice the last counts. Raises: BadJson.
    """
    text = text.replace("\x00", "")
    if _NEEDS_REPAIR.search(text):
        text = _ESCAPE.sub(_repaired, text)
    _check_shape(text)
    finite = (_finite if numbers == "refuse" else _finite_or_text) if _LARGE_EXPONENT.search(text) else None
    constant = _refused_number if numbers == "refuse" else str
    decoder = json.JSONDecoder(parse_constant=constant, parse_float=finite, strict=False)
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(_kind(error, text), f"{error.msg} at character {error.pos}") from error


def _check_shape(text: str) -> None:
    """Raise: BadJson when brackets nest too deep or do not close, or a number is too long."""
    if text.count("[") + text.count("{") > MAX_DEPTH or _LONG_NUMBER.search(text):
        outside = _STRING.sub('""', text)
        if _LONG_NUMBER.search(outside):
            raise BadJson("hostile", f"a number of more than {MAX_DIGITS} digits")
        shape = outside.encode("ascii", "ignore").translate(None, _NOT_BRACKETS)
        # each pass takes the innermost pairs away: what is left after MAX_DEPTH passes is deeper, or never closes
        for _ in range(MAX_DEPTH):
            if not shape:
                return
            shape = shape.replace(b"[]", b"").replace(b"{}", b"")
        if b"[]" in shape or b"{}" in shape or len(shape) > MAX_DEPTH:
            raise BadJson("hostile", f"arrays and objects nested deeper than {MAX_DEPTH}")
        # a few that do not pair: the decoder says best where


def _kind(error: json.JSONDecodeError, text: str) -> Kind:
    is_at_end = error.pos >= len(text.rstrip()) - 1 and error.msg != "Extra data"
    return "truncated" if (is_at_end and error.pos > 0) or error.msg.startswith("Unterminated string") else "not_json"


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refused_number(text)


def _finite_or_text(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


def _refused_number(text: str) -> NoReturn:
    raise BadJson("hostile", f"{text[:20]} is no JSON number")


def _repaired(match: re.Match[str]) -> str:
    if match["lone"]:
        return "\\ufffd"
    return "" if match["nul"] else match[0]
