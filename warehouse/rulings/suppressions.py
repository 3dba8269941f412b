"""Objections to what they take out of every publication: people asked, so it is applied before anything is written.

`suppressions.csv` holds salted hashes, so the file does not list whom it protects. A row names a kind and the HMAC of
what is withdrawn: `lab` a lab_id, `listing` a source/source_key, `email` or `phone` a contact, `field` a
lab_id/column. docs/notice.md tells people how to ask; `hashed` makes the row.
"""

import csv
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.schema import Contact, Listing, UserError, conform

REVIEWED = Path(__file__).with_name("suppressions.csv")
Kind = Literal["lab", "listing", "email", "phone", "field"]

_FIELDS_KEPT = frozenset({"lab_id", "name", "status", "geo_method", "valid_from", "valid_to"})
"""A lab without these is no row: who wants the name gone wants the lab gone."""


class BadSuppression(UserError):
    """A line of the file that cannot be applied, named in one line. Nothing is published until it is mended."""


@dataclass(frozen=True)
class Suppression:
    """One objection."""

    kind: Kind
    salt: str
    digest: str
    since: str

    def names(self, value: str) -> bool:
        """Tell whether the objection is about the value."""
        return hmac.compare_digest(_digest(self.salt, value), self.digest)


def hashed(kind: Kind, value: str, *, salt: str, since: date) -> Suppression:
    """Return the row that withdraws the value; the salt is random and the row's own."""
    return Suppression(kind, salt, _digest(salt, value), since.isoformat())


def read(path: Path) -> list[Suppression]:
    """Return the objections of the file; none when it is not there.

    Raises: BadSuppression: a line that cannot be read may be the one that protects somebody.
    """
    if not path.exists():
        return []
    names = [field.name for field in fields(Suppression)]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != names:
            raise BadSuppression(f"{path.name}: the header must be {','.join(names)}")
        rows = [(reader.line_num, row) for row in reader]
    for line, row in rows:
        known = row["kind"] in get_args(Kind)
        if not known or not row["salt"] or len(row["digest"] or "") != 64 or None in row.values():
            raise BadSuppression(f"{path.name} line {line}: kind, salt, 64 hex digits and a date wanted")
    return [Suppression(**row) for _, row in rows]  # type: ignore[arg-type]  # kind was looked at


def listings_left(listings: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    """Return the listings without those withdrawn, withdrawn contacts emptied; before anything else is made of them."""
    gone = _of(suppressions, "listing")
    if gone:
        pairs = zip(listings["source"].to_pylist(), listings["source_key"].to_pylist(), strict=True)
        listings = listings.filter(pa.array([not _named(gone, f"{s}/{k}") for s, k in pairs], pa.bool_()))
    return conform(_emptied(listings, suppressions), Listing)


def contacts_left(contacts: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    """Return the contacts without withdrawn addresses, numbers and labs; a row left with neither goes."""
    table = _emptied(contacts, suppressions)
    there = pc.or_(table["email"].is_valid(), table["phone"].is_valid())
    gone = pa.array(sorted(labs_withdrawn(table["lab_id"].to_pylist(), suppressions)), pa.string())
    return conform(table.filter(pc.and_not(there, pc.is_in(table["lab_id"], value_set=gone))), Contact)


def labs_withdrawn(lab_ids: Sequence[str], suppressions: Sequence[Suppression]) -> set[str]:
    """Return those of the labs that are withdrawn."""
    gone = _of(suppressions, "lab")
    return {lab_id for lab_id in lab_ids if _named(gone, lab_id)} if gone else set()


def fields_withdrawn(labs: pa.Table, suppressions: Sequence[Suppression]) -> tuple[pa.Table, set[tuple[str, str]]]:
    """Return labs or their versions with withdrawn fields emptied, and which (lab_id, column) those are."""
    gone = _of(suppressions, "field")
    done = set()
    if gone:
        ids = labs["lab_id"].to_pylist()
        for name in (name for name in labs.column_names if name not in _FIELDS_KEPT):
            hit = [_named(gone, f"{lab_id}/{name}") for lab_id in ids]
            if any(hit):
                position = labs.schema.get_field_index(name)
                field = labs.schema.field(position)
                emptied = pc.if_else(pa.array(hit), pa.scalar(None, field.type), labs[name])
                labs = labs.set_column(position, field, emptied)
                done |= {(lab_id, name) for lab_id, is_hit in zip(ids, hit, strict=True) if is_hit}
    return labs, done


def _emptied(table: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    for kind in ("email", "phone"):
        gone = _of(suppressions, kind)
        if gone:
            position = table.schema.get_field_index(kind)
            values = [None if value and _named(gone, value) else value for value in table[kind].to_pylist()]
            table = table.set_column(position, table.schema.field(position), pa.array(values, pa.string()))
    return table


def _of(suppressions: Sequence[Suppression], kind: str) -> list[Suppression]:
    return [one for one in suppressions if one.kind == kind]


def _named(suppressions: Sequence[Suppression], value: str) -> bool:
    return any(one.names(value) for one in suppressions)


def _digest(salt: str, value: str) -> str:
    plain = value.strip().lower().replace(" ", "")
    return hmac.new(salt.encode(), plain.encode(), hashlib.sha256).hexdigest()
