"""What somebody objects to, as an operator types it, to the salted rows that keep it out for good.

A lab is more than its id: the next crawl would list it again and mint another. So an objection to a lab also names
every listing it ever had, and what those say of themselves, should their source renumber them.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from warehouse.lake import Lake
from warehouse.releases import ReleaseDamaged, Releases
from warehouse.rulings import suppressions
from warehouse.rulings.suppressions import FIELDS_KEPT, Kind, Suppression
from warehouse.schema import Lab, UserError
from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.listing import SOURCE_PATTERN


class BadObjection(UserError):
    """What was typed names nothing that can be erased, or nothing that was ever kept: one line for the user."""


@dataclass(frozen=True)
class Objection:
    """One thing that is withdrawn, in clear: it is kept nowhere, only its hash is."""

    kind: Kind
    value: str


def parse(text: str) -> Objection:
    """Return what the text names: a lab_id, lab_id/column, source/source_key, e-mail address or telephone number.

    Raises: BadObjection.
    """
    head, slash, tail = text.strip().partition("/")
    if re.fullmatch(LAB_ID_PATTERN, head):
        if not slash:
            return Objection("lab", head)
        if tail not in Lab.model_fields or tail in FIELDS_KEPT:
            raise BadObjection(f"{text[:80]}: no column of a lab that can be emptied is called {tail!r}")
        return Objection("field", f"{head}/{tail}")
    if slash and tail and re.fullmatch(SOURCE_PATTERN, head):
        return Objection("listing", f"{head}/{tail}")
    if re.fullmatch(r"[^@\s/]+@[^@\s/]+\.[^@\s/]+", head) and not slash:
        return Objection("email", head)
    if re.fullmatch(r"\+[0-9 ]{6,20}", head) and not slash:
        return Objection("phone", head)
    raise BadObjection(
        f"{text[:80]!r}: not a lab_id, lab_id/column, source/source_key, e-mail address or number as +33299000000"
    )


def widened(objection: Objection, lake: Lake, releases: Releases) -> list[Objection]:
    """Return the objection and what follows of it: of a lab its listings, and what they say of themselves.

    Raises: BadObjection for a lab or listing that was never kept, or that is erased already.
    """
    if objection.kind in {"email", "phone"}:
        return [objection]
    lab_id = objection.value.partition("/")[0]
    keys = {f"{source}/{key}" for source, key, lab in _memberships(lake, releases)
            if (f"{source}/{key}" == objection.value if objection.kind == "listing" else lab == lab_id)}  # fmt: skip
    if not keys:
        raise BadObjection(
            f"{objection.value}: no week and no release holds it, or it is erased already; "
            "to finish an erasure that was killed, name nothing"
        )
    if objection.kind != "lab":
        return [objection]
    listings = list(_listings(lake))
    places = {place for name, place in listings if name in keys and place is not None}
    keys |= {name for name, place in listings if place in places}
    found = [Objection("listing", key) for key in sorted(keys)] + [Objection("place", one) for one in sorted(places)]
    return [objection, *found]


def salted(objections: list[Objection], known: list[Suppression], since: date) -> list[Suppression]:
    """Return the rows that withdraw what no known row does, each with a salt of its own."""
    return [
        suppressions.hashed(one.kind, one.value, salt=secrets.token_hex(16), since=since)
        for one in objections
        if not any(row.kind == one.kind and row.names(one.value) for row in known)
    ]


def _memberships(lake: Lake, releases: Releases) -> Iterator[tuple[str, str, str]]:
    """Give source, key and lab of every listing of every week and release."""
    for week in lake.weeks("assignments"):
        yield from _rows(lake.read("assignments", week))
    for entry in releases.index().snapshots:
        for revision in entry.revisions:
            for pointer in revision.editions.values():
                try:
                    yield from _rows(releases.table(pointer, "lab_listings"))
                except ReleaseDamaged:
                    if revision == entry.revisions[-1]:
                        raise


def _rows(table: pa.Table) -> Iterator[tuple[str, str, str]]:
    columns: list[list[Any]] = [table[name].to_pylist() for name in ("source", "source_key", "lab_id")]
    yield from zip(*columns, strict=True)


def _listings(lake: Lake) -> Iterator[tuple[str, str | None]]:
    """Give name, as source/source_key, and place of every listing of every week."""
    for week in lake.weeks("listings"):
        listings = lake.read("listings", week)
        keys = zip(listings["source"].to_pylist(), listings["source_key"].to_pylist(), strict=True)
        for (source, key), place in zip(keys, suppressions.places(listings), strict=True):
            yield f"{source}/{key}", place
