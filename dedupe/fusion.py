"""The listings of each lab to one lab: field by field from the listing asked first, and who won what."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.fields.freshness import Freshness
from dedupe.fields.life import life
from dedupe.fields.preference import Preference, folded, has, preference
from dedupe.fields.settlement import PLACE, Settlement, settle
from dedupe.fields.union import flattened, union
from dedupe.identity import monday
from dedupe.ids import succession
from dedupe.keys import text
from dedupe.keys.text import Array, Integers
from dedupe.order import KEY, canonical
from dedupe.policy import Policy
from warehouse.schema import Contact, Lab, LabListing, Listing, conform

FACTS = {
    "name", "alt_names", "kinds", "operator", "siret", "rna", "address", "street", "postcode", "city", "website",
    "links", "status", "founded_on", "updated_on", *PLACE,
}  # fmt: skip
"""What is taken from a source without an open licence: name, place, URL, status, bare registers (architecture.md 4)."""

SINGLE = ("name", "description", "operator", "siret", "rna", "website", "opening_hours", "fees", "founded_on")
"""Fields of which the lab has the value of one listing."""

LISTS = ("kinds", "equipment", "services", "audiences", "labels", "links")
"""Fields of which the lab has every value any listing gives."""

TOGETHER = ("address", "street", "postcode", "city")
"""Fields that only make sense from one listing."""


@dataclass(frozen=True)
class Fusion:
    """The tables `labs`, `lab_listings` and `contacts`, each of the schema of its name."""

    labs: pa.Table
    lab_listings: pa.Table
    contacts: pa.Table


@dataclass
class _Receipt:
    """Which listing won which field."""

    rows: list[Integers] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def won(self, name: str, rows: Integers, column: pa.Array | pa.ChunkedArray | None = None) -> None:
        """Note that the listings at those rows gave the field, but where the column they gave has no value."""
        gave = rows >= 0
        if column is not None:
            gave &= has(column)
        self.rows.append(rows[gave])
        self.names.append(name)

    def lists(self, n: int) -> pa.ListArray:
        """Return the fields won by each of n listings, null where none."""
        codes = np.concatenate([np.full(len(rows), code) for code, rows in enumerate(self.rows)])
        rows = np.concatenate(self.rows)
        order = np.lexsort((codes, rows))
        counts = np.bincount(rows, minlength=n)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        values = pa.array(self.names).take(pa.array(codes[order]))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=pa.array(counts == 0))


def fuse(  # noqa: PLR0913, PLR0917  # every table of the week, as the stage has them
    listings: pa.Table, located: pa.Table | None, assignments: pa.Table, classifications: pa.Table | None,
    sources: pa.Table | None, registry: pa.Table | None, *, week: str, policy: Policy,
    unanswered: pa.Table | None = None,
) -> Fusion:  # fmt: skip
    """Return one lab for each lab id of the assignments.

    Args:
        listings: This week's listings.
        located: Their places; None: the listings' own coordinates are used.
        assignments: Which listing is which lab.
        classifications: The archetype of each lab, or None.
        sources: How each source fared this week, or None.
        registry: When each id was first seen, or None.
        week: ISO week of the snapshot.
        policy: What is declared about the sources.
        unanswered: Entries without an answer, with what was kept of them, or None.
    """
    listings, lab_ids, lab = _grouped(listings, assignments)
    fresh = Freshness.of(listings, sources, unanswered)
    wish = preference(listings, lab, fresh.staleness, policy)
    settlement = settle(listings, located, wish)
    receipt = _Receipt()
    columns: dict[str, pa.Array | pa.ChunkedArray] = {"lab_id": lab_ids}
    for name in SINGLE:
        usable = has(listings[name]) & _may_give(name, wish)
        agreement = wish.agreement(folded(listings[name])) if pa.types.is_string(listings[name].type) else None
        rows = wish.best(usable, agreement)
        columns[name] = _take(listings[name], rows)
        receipt.won(name, rows)
    for name in LISTS:
        columns[name], rows = union(*flattened(listings[name]), _may_give(name, wish), wish)
        receipt.won(name, rows)
    columns["alt_names"], rows = _alt_names(listings, columns["name"], wish)
    receipt.won("alt_names", rows)
    columns |= _place(listings, settlement, wish, receipt)
    states, rows = life(listings, wish, fresh.fetched_at, week)
    columns |= states
    receipt.won("status", rows)
    columns["first_seen"] = _looked_up(registry, "lab_id", "first_seen", lab_ids) if registry else None
    for name in ("archetype", "archetype_score", "finalite"):
        of = "score" if name == "archetype_score" else name
        columns[name] = _looked_up(classifications, "lab_id", of, lab_ids) if classifications else None
    if registry is None:
        columns["first_seen"] = pa.array([monday(week)] * len(lab_ids), pa.date32())
    present = {name: column for name, column in columns.items() if column is not None}
    return Fusion(
        labs=conform(pa.table(present), Lab),
        lab_listings=_lab_listings(listings, lab_ids.take(pa.array(lab)), sources, fresh, receipt),
        contacts=_contacts(listings, lab_ids, wish),
    )


def _grouped(listings: pa.Table, assignments: pa.Table) -> tuple[pa.Table, pa.Array, Integers]:
    """Return the assigned listings in canonical order, the lab ids in order, and the lab of each listing."""
    schema = Listing.arrow_schema()
    complete = {}
    for column in schema:
        if column.name in listings.column_names:
            complete[column.name] = listings[column.name].cast(column.type)
        else:
            complete[column.name] = pa.chunked_array([pa.nulls(len(listings), column.type)])
    table, lab_ids = canonical(pa.table(complete)), assignments["lab_id"]
    if not all(table[name].equals(assignments[name]) for name in KEY):
        rows = succession.row_of(succession.keys(table), succession.keys(assignments))
        table, lab_ids = table.filter(pa.array(rows >= 0)).combine_chunks(), lab_ids.take(pa.array(rows[rows >= 0]))
    labs = text.encode(lab_ids)
    rank = text.ranks(labs.values)
    return table, labs.values.take(pc.sort_indices(labs.values)), rank[labs.codes]


def _may_give(name: str, wish: Preference) -> Array:
    return np.ones(len(wish.lab), dtype=bool) if name in FACTS else ~wish.is_facts_only


def _take(column: pa.ChunkedArray, rows: Integers) -> pa.ChunkedArray:
    return column.take(pa.array(rows, mask=rows < 0))


def _alt_names(listings: pa.Table, name: pa.ChunkedArray, wish: Preference) -> tuple[pa.Array, Integers]:
    """Return every other name of each lab, and the listings that gave one."""
    row, others = flattened(listings["alt_names"])
    row, names = (
        np.concatenate([np.arange(len(listings)), row]),
        pa.concat_arrays([text.flat(listings["name"]), others]),
    )
    return union(row, names, np.ones(len(listings), dtype=bool), wish, without=name)


def _place(
    listings: pa.Table, settlement: Settlement, wish: Preference, receipt: _Receipt
) -> dict[str, pa.Array | pa.ChunkedArray]:
    """Return the place and the address of each lab: each from one listing, the address of the place's if it has one."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        name: _take(settlement.table[name], settlement.rows) for name in PLACE
    }
    columns["geo_method"] = columns["geo_method"].fill_null("none")
    for name in PLACE:
        receipt.won(name, settlement.rows, columns[name])
    has_street = has(listings["street"]) | has(listings["address"])
    of_place = np.where(
        (settlement.rows >= 0) & has_street[np.maximum(settlement.rows, 0)], settlement.rows, np.int64(-1)
    )
    anyone = wish.best(has_street)
    city = wish.best(has(listings["city"]) | has(listings["postcode"]))
    rows = np.where(of_place >= 0, of_place, np.where(anyone >= 0, anyone, city))
    for name in TOGETHER:
        columns[name] = _take(listings[name], rows)
        receipt.won(name, rows, columns[name])
    return columns


def _looked_up(table: pa.Table, key: str, name: str, wanted: pa.Array) -> pa.ChunkedArray:
    return table[name].take(pc.index_in(wanted, table[key].combine_chunks()))


def _lab_listings(
    listings: pa.Table, lab_ids: pa.Array, sources: pa.Table | None, fresh: Freshness, receipt: _Receipt
) -> pa.Table:
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "source": listings["source"], "source_key": listings["source_key"], "lab_id": lab_ids,
        "fields_won": receipt.lists(len(listings)), "url": listings["url"],
        "fetched_at": fresh.fetched_at, "is_carried_forward": pa.array(fresh.is_carried_forward),
    }  # fmt: skip
    if sources:
        columns["licence"] = _looked_up(sources, "source", "licence", listings["source"].combine_chunks())
    return conform(pa.table(columns), LabListing)


def _contacts(listings: pa.Table, lab_ids: pa.Array, wish: Preference) -> pa.Table:
    columns: dict[str, pa.Array | pa.ChunkedArray] = {"lab_id": lab_ids}
    for name in ("email", "phone"):
        columns[name] = _take(listings[name], wish.best(has(listings[name]) & _may_give(name, wish)))
    table = pa.table(columns)
    return conform(table.filter(pc.or_(table["email"].is_valid(), table["phone"].is_valid())), Contact)
