"""Objections to what they take out of every publication: people asked, so it is applied before anything is written.

A file of them holds salted hashes, so it does not list whom it protects. A row names a kind and the HMAC of what is
withdrawn: `lab` a lab_id, `listing` a source/source_key, `place` what a listing says it is and where, `email` or
`phone` a contact, `field` a lab_id/column. docs/notice.md tells people how to ask; `labs erase` makes the rows.
"""

import csv
import hmac
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import emptied, replaced
from warehouse.schema import Contact, Lab, Listing, UserError, conform
from warehouse.storage import Storage

REVIEWED = Path(__file__).with_name("suppressions.csv")
FILED = "rulings/suppressions.csv"
"""Where a warehouse keeps its own: the hash of a telephone number is guessed in minutes, so no repository holds it."""
Kind = Literal["lab", "listing", "place", "email", "phone", "field"]

FIELDS_KEPT = frozenset({"lab_id", "name", "status", "geo_method", "valid_from", "valid_to"})
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
    return _parsed(path.read_text(encoding="utf-8"), path.name) if path.exists() else []


def filed(storage: Storage) -> list[Suppression]:
    """Return the objections the warehouse keeps; none when it keeps none.

    Raises: BadSuppression.
    """
    return _parsed(storage.read(FILED).decode(), FILED) if storage.exists(FILED) else []


def file(storage: Storage, more: Iterable[Suppression]) -> None:
    """Add objections to those the warehouse keeps."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Suppression)])
    writer.writerows(astuple(one) for one in [*filed(storage), *more])
    storage.put(FILED, text.getvalue().encode())


def listings_left(listings: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    """Return the listings without those withdrawn, withdrawn contacts emptied; before anything else is made of them."""
    gone = listings_withdrawn(listings, suppressions)
    return conform(contacts_emptied(listings.filter(pc.invert(gone)), suppressions), Listing)


def listings_withdrawn(listings: pa.Table, suppressions: Sequence[Suppression]) -> pa.Array:
    """Return for each row, with source and source_key, whether it is withdrawn; by what it says where it says a name.

    `matches` and their like have no such columns: they are asked by key, see `keys_withdrawn`.
    """
    named = keys_withdrawn(listings["source"].to_pylist(), listings["source_key"].to_pylist(), suppressions)
    gone = _of(suppressions, "place")
    if gone and "name" in listings.column_names:
        own = [place is not None and _named(gone, place) for place in places(listings)]
        named = pc.or_(named, pa.array(own, pa.bool_()))
    return named


def keys_withdrawn(
    sources: Sequence[str], source_keys: Sequence[str], suppressions: Sequence[Suppression]
) -> pa.BooleanArray:
    """Return for each source and key whether that listing is withdrawn."""
    gone = _of(suppressions, "listing")
    pairs = zip(sources, source_keys, strict=True)
    return pa.array([bool(gone) and _named(gone, f"{source}/{key}") for source, key in pairs], pa.bool_())


def places(listings: pa.Table) -> list[str | None]:
    """Return what each listing says it is and where, whatever its key: name, and street, point or site; else null.

    Two of one place are one lab, so an objection to the one holds for the other.
    """
    found = []
    for row in listings.select(["name", "street", "address", "lat", "lon", "website", "postcode", "city"]).to_pylist():
        point = f"{row['lat']:.4f},{row['lon']:.4f}" if None not in (row["lat"], row["lon"]) else None
        where = row["street"] or row["address"] or point or row["website"]
        found.append(f"{row['name']}|{where}|{row['postcode'] or row['city'] or ''}" if where else None)
    return found


def contacts_left(contacts: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    """Return the contacts without withdrawn addresses, numbers and labs; a row left with neither goes."""
    table = contacts_emptied(contacts, suppressions)
    there = pc.or_(table["email"].is_valid(), table["phone"].is_valid())
    gone = pa.array(sorted(labs_withdrawn(table["lab_id"].to_pylist(), suppressions)), pa.string())
    return conform(table.filter(pc.and_not(there, pc.is_in(table["lab_id"], value_set=gone))), Contact)


def labs_withdrawn(lab_ids: Sequence[str], suppressions: Sequence[Suppression]) -> set[str]:
    """Return those of the labs that are withdrawn."""
    gone = _of(suppressions, "lab")
    return {lab_id for lab_id in lab_ids if _named(gone, lab_id)} if gone else set()


def fields_withdrawn(labs: pa.Table, suppressions: Sequence[Suppression]) -> tuple[pa.Table, set[tuple[str, str]]]:
    """Return labs or their versions with withdrawn fields emptied, and which (lab_id, column) those are."""
    columns = columns_withdrawn(labs["lab_id"].unique().to_pylist(), suppressions)
    done = {(lab_id, name) for lab_id, names in columns.items() for name in names if name in labs.column_names}
    for name in sorted({name for _, name in done}):
        hit = pa.array(sorted(lab_id for lab_id, own in done if own == name), pa.string())
        labs = emptied(labs, name, pc.is_in(labs["lab_id"], value_set=hit))
    return labs, done


def columns_withdrawn(lab_ids: Sequence[str], suppressions: Sequence[Suppression]) -> dict[str, set[str]]:
    """Return the withdrawn columns of those of the labs that have any."""
    gone = _of(suppressions, "field")
    names = [name for name in Lab.model_fields if name not in FIELDS_KEPT] if gone else []
    found = ((lab_id, {name for name in names if _named(gone, f"{lab_id}/{name}")}) for lab_id in lab_ids)
    return {lab_id: columns for lab_id, columns in found if columns}


def contacts_emptied(table: pa.Table, suppressions: Sequence[Suppression]) -> pa.Table:
    """Return listings or contacts with withdrawn addresses and numbers emptied."""
    for kind in ("email", "phone"):
        gone = _of(suppressions, kind)
        if gone:
            table = replaced(
                table, kind, [None if value and _named(gone, value) else value for value in table[kind].to_pylist()]
            )
    return table


def _parsed(text: str, name: str) -> list[Suppression]:
    names = [field.name for field in fields(Suppression)]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if reader.fieldnames != names:
        raise BadSuppression(f"{name}: the header must be {','.join(names)}")
    found = []
    for row in reader:
        known = row["kind"] in get_args(Kind)
        if not known or not row["salt"] or len(row["digest"] or "") != 64 or None in row.values():
            raise BadSuppression(f"{name} line {reader.line_num}: kind, salt, 64 hex digits and a date wanted")
        found.append(Suppression(**row))  # type: ignore[arg-type]  # kind was looked at
    return found


def _of(suppressions: Sequence[Suppression], kind: str) -> list[Suppression]:
    return [one for one in suppressions if one.kind == kind]


def _named(suppressions: Sequence[Suppression], value: str) -> bool:
    return any(one.names(value) for one in suppressions)


def _digest(salt: str, value: str) -> str:
    plain = value.strip().lower().replace(" ", "")
    return hmac.digest(salt.encode(), plain.encode(), "sha256").hex()
