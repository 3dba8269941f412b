"""One listing to its passages: pieces of text, each with the field it stands in and the part it plays there."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from warehouse.archetypes.reading.lexicon import fold

_KEYED = re.compile(r"(?:^|\|)\s*([^|:]{2,60}?)\s*:\s")
_CUT = re.compile(r"(\[…\]|\[\.\.\.\]|…|\.\.\.)\s*$")
_CATEGORY_BORDER = re.compile(r"\"\s*,\s*\"|\"?\s*[,;|]\s*\"?")


class Passage(NamedTuple):
    """One piece of text of one listing."""

    role: str
    field: str
    text: str
    is_ticked: bool
    """True for one of several ticked categories."""


@cache
def codes() -> Mapping[str, tuple[str, float]]:
    """Return the category codes: the concept each stands for and the share of weight it gives."""
    read = tomllib.loads(resources.files(__package__).joinpath("fields.toml").read_text("utf-8"))
    return {_key(code): (concept, share) for code, (concept, share) in read["codes"].items()}


def code_of(category: str) -> tuple[str, float] | None:
    """Return what a category stands for when it is a known code and nothing else."""
    return codes().get(_key(category))


@cache
def _fields() -> tuple[Mapping[str, str], Mapping[str, str]]:
    read = tomllib.loads(resources.files(__package__).joinpath("fields.toml").read_text("utf-8"))
    return read["columns"], {_key(key): role for role, keys in read["keys"].items() for key in keys}


def columns() -> tuple[str, ...]:
    """Return the listing columns that are read."""
    return tuple(_fields()[0])


def passages(listing: Mapping[str, Any]) -> Iterator[Passage]:
    """Yield the passages of a listing in column order; values that are null yield none."""
    for column, role in _fields()[0].items():
        value = listing.get(column)
        if not value:
            continue
        values = [value] if isinstance(value, str) else list(value)
        if role == "text":
            for text in values:
                yield from _described(column, text)
        elif role == "kind":
            yield from _categories(column, values)
        else:
            # machines ticked in a list ("3d_printing, laser") say less than machines described (codebook §4)
            is_ticked = role == "equipment" and len(values) > 1
            for text in values:
                yield Passage(role, column, text, is_ticked)


def is_cut(listing: Mapping[str, Any]) -> bool:
    """Tell whether the description breaks off, so that what it does not say proves nothing."""
    return bool(_CUT.search(listing.get("description") or ""))


def _described(column: str, text: str) -> Iterator[Passage]:
    """Split "key: value | key: value" where at least one key is known; anything else is prose."""
    keyed = [match for match in _KEYED.finditer(text) if _key(match.group(1)) in _fields()[1]]
    if not keyed:
        yield Passage("text", column, text, False)
        return
    if before := text[: keyed[0].start()].strip(" |"):
        yield Passage("text", column, before, False)
    for match, following in zip(keyed, [*keyed[1:], None], strict=True):
        value = text[match.end() : following.start() if following else len(text)]
        role = _fields()[1][_key(match.group(1))]
        own, _, rest = value.partition(" | ")
        if role == "silent":
            pass
        elif role == "kind":
            yield from _categories(column, [own])
        elif own.strip():
            yield Passage(role, column, own.strip(), False)
        if rest.strip(" |"):
            yield Passage("text", column, rest.strip(" |"), False)


def _categories(column: str, values: list[str]) -> Iterator[Passage]:
    """Yield categories one by one; one that joins several with a slash is passed whole and recognised as combined."""
    ticked = [part.strip(' "') for value in values for part in _CATEGORY_BORDER.split(value) if part.strip(' "')]
    for category in ticked:
        yield Passage("kind", column, category, len(ticked) > 1)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()
