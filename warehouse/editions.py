"""What an edition may hold: which sources, which of their columns, which tables, under which licence.

Two editions with the same ids. `full` (ODbL) holds every source; `open` (Licence Ouverte) no cell of an ODbL or
share-alike source, so that removing those sources leaves it as it is. A source without an open licence gives facts to
both: name, place, URL and status. A licence nobody knows gives nothing to either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import emptied
from warehouse.schema import TABLES, Listing, Row, UserError, conform
from warehouse.schema.lab import LabVersion
from warehouse.schema.located import Place

EDITIONS = ("full", "open")
LICENCES: Mapping[str, str] = {"full": "ODbL-1.0", "open": "etalab-2.0"}
"""The licence of each edition as an SPDX id: one cell of an ODbL source makes the database ODbL."""

Layer = Literal["open", "share_alike", "facts", "none"]

_OPEN = frozenset(
    {"etalab-2.0", "CC0-1.0", "PDDL-1.0", "CC-BY-4.0", "CC-BY-3.0", "ODC-By-1.0", "OGL-UK-3.0", "MIT", "Apache-2.0"}
)
_SHARE_ALIKE = frozenset({"ODbL-1.0"})
_UNMIXABLE = frozenset({"CC-BY-SA-4.0", "CC-BY-SA-3.0"})
"""Cannot be mixed with ODbL (publishing-and-safety.md 3.1): what the licence covers stays out, facts remain."""
_TERMS = "LicenseRef-"
"""Terms a person has read and that grant nothing: facts remain."""

FACTS = frozenset(
    {"source", "source_key", "url", "page_sha256", "name", "alt_names", "kinds", "website", "links", "status"}
    | {"address", "street", "postcode", "city", "lat", "lon", *Place.model_fields}
    | {"operator", "siret", "rna", "founded_on", "updated_on"}
)
"""Columns that are facts: name and kind, place, URL, status, bare registers (architecture.md 4)."""

RELEASED: Mapping[str, type[Row]] = {
    **{name: TABLES[name] for name in ("labs", "lab_listings", "classifications", "changes", "id_bridge", "registry")},
    "sources": TABLES["sources"],
    "history": LabVersion,
}
"""Tables of every edition, each in a Parquet file of its name."""

CONTACT_WEEKS = 13
"""So long are contacts kept. Source: issue 7."""


class LicenceUnknown(UserError):
    """A source lists labs under terms nobody has placed: nothing is published until somebody has."""


@dataclass(frozen=True)
class Edition:
    """One edition of one week: its tables of exact schemas, sorted by key, and apart from them the contacts."""

    name: str
    tables: Mapping[str, pa.Table]
    contacts: pa.Table

    @property
    def licence(self) -> str:
        """SPDX id of the licence."""
        return LICENCES[self.name]


def layer_of(licence: str | None, *, is_share_alike: bool) -> Layer:
    """Return what a source of these terms may give; `none` when the licence is not known."""
    if licence in _SHARE_ALIKE:
        return "share_alike"
    if licence in _OPEN and not is_share_alike:
        return "open"
    if licence in _UNMIXABLE or (licence is not None and licence.startswith(_TERMS) and not is_share_alike):
        return "facts"
    return "none"


def sources_allowed(sources: pa.Table, edition: str) -> pa.Table:
    """Return the states of the sources that may give anything to the edition."""
    given = layers(sources)
    kept = {"full": {"open", "facts", "share_alike"}, "open": {"open", "facts"}}[edition]
    return sources.filter(pa.array([given[name] in kept for name in sources["source"].to_pylist()], pa.bool_()))


def require_known_licences(sources: pa.Table) -> None:
    """Raise LicenceUnknown when a source that has listings may give nothing, not even facts."""
    given = layers(sources)
    for row in sources.to_pylist():
        if row["listings"] and given[row["source"]] == "none":
            raise LicenceUnknown(
                f"source {row['source']}: the terms of its licence {row['licence']!r} are not known, so it may give "
                "nothing; place it in warehouse/editions.py, or declare terms that were read as LicenseRef-..."
            )


def rows_allowed(table: pa.Table, sources: pa.Table, edition: str) -> pa.Table:
    """Return the rows of a table with a `source` column whose source may give anything to the edition.

    For listings, located and assignments, before classify and fuse make the edition's labs of them.
    """
    allowed = sources_allowed(sources, edition)["source"].combine_chunks()
    return table.filter(pc.is_in(table["source"], value_set=allowed))


def fields_allowed(listings: pa.Table, sources: pa.Table) -> pa.Table:
    """Return the listings with nothing but facts of the sources that grant no more; for fuse, in both editions."""
    given = layers(sources)
    only_facts = pa.array([name for name, layer in given.items() if layer not in {"open", "share_alike"}], pa.string())
    bound = pc.is_in(listings["source"], value_set=only_facts)
    for name in listings.column_names:
        if name not in FACTS:
            listings = emptied(listings, name, bound)
    return conform(listings, Listing)


def won_within_terms(
    labs: pa.Table, lab_listings: pa.Table, sources: pa.Table
) -> tuple[pa.Table, pa.Table, set[tuple[str, str]]]:
    """Return labs and lab_listings without what a source that grants facts alone won beyond them, and what that was.

    The second line behind fusion, which should not have taken it: a cell without leave is emptied, not published.
    """
    bound = pa.array([source for source, layer in layers(sources).items() if layer == "facts"], pa.string())
    listed = lab_listings.filter(pc.is_in(lab_listings["source"], value_set=bound)).select(["lab_id", "fields_won"])
    pairs = zip(listed["lab_id"].to_pylist(), listed["fields_won"].to_pylist(), strict=True)
    wrong = {(lab_id, name) for lab_id, won in pairs for name in set(won or ()) - FACTS}
    for column in sorted({name for _, name in wrong}):
        hit = pa.array([(lab_id, column) in wrong for lab_id in labs["lab_id"].to_pylist()])
        labs = emptied(labs, column, hit)
    if wrong:
        rows = lab_listings.to_pylist()
        for row in rows:
            won = row["fields_won"] or ()
            row["fields_won"] = [name for name in won if (row["lab_id"], name) not in wrong] or None
        lab_listings = pa.Table.from_pylist(rows, schema=lab_listings.schema)
    return labs, lab_listings, wrong


def layers(sources: pa.Table) -> dict[str, Layer]:
    """Return what each source of the table may give."""
    columns = (sources[name].to_pylist() for name in ("source", "licence", "is_share_alike"))
    return {name: layer_of(licence, is_share_alike=bound) for name, licence, bound in zip(*columns, strict=True)}
