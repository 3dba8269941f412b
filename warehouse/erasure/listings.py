"""The tables of a published week to the same without withdrawn listings, and without what only those gave their lab.

A cell a withdrawn listing won stays where another listing of that lab and week says the same; else it is emptied, and
no other value is put in its place: nothing is judged again. A lab no other listing names leaves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.rulings import suppressions, without_labs
from warehouse.rulings.suppressions import Suppression
from warehouse.schema import Classification, Contact, Lab, Located, RegistryEntry, Row, conform
from warehouse.schema.located import Place

_CONTACT = ("email", "phone")


def without_listings(
    tables: Mapping[str, pa.Table], said: pa.Table, located: pa.Table, objections: Sequence[Suppression]
) -> dict[str, pa.Table]:
    """Return labs, lab_listings, classifications, contacts and registry without the withdrawn listings.

    Args:
        tables: what was published of the week, or stands in the lake; tables of other names are returned as they are.
        said: the week's listings, for what the others say; empty where the lake keeps them no more.
        located: their places.
        objections: which listings are withdrawn.
    """
    listed = tables["lab_listings"]
    gone = suppressions.listings_withdrawn(listed, objections)
    if not pc.any(gone).as_py():
        return dict(tables)
    left = listed.filter(pc.invert(gone))
    hit = {row["lab_id"] for row in listed.filter(gone).select(["lab_id"]).to_pylist()}
    others = _others(left, hit, said, located)
    won: dict[str, set[str]] = {}
    for row in listed.filter(gone).to_pylist():
        won.setdefault(row["lab_id"], set()).update(row["fields_won"] or ())
    leaving = {lab_id for lab_id in hit if not others[lab_id]}
    left = without_labs(left, leaving)
    kept = {name: without_labs(tables[name], leaving) for name in ("labs", "classifications", "contacts")}
    return {
        **tables,
        "lab_listings": left,
        "labs": _edited(kept["labs"], hit, lambda lab: _lab(lab, won[lab["lab_id"]], others[lab["lab_id"]]), Lab),
        "classifications": _edited(
            kept["classifications"], hit, lambda row: _evidence(row, objections), Classification
        ),
        "contacts": _contacts(
            _edited(kept["contacts"], hit, lambda row: _contact(row, others[row["lab_id"]]), Contact)
        ),
        "registry": _edited(tables["registry"], leaving, lambda row: row | {"status": "erased"}, RegistryEntry),
    }


def _others(left: pa.Table, lab_ids: set[str], said: pa.Table, located: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """Return what the other listings of each lab say, each with its place under `place`."""
    found: dict[str, list[dict[str, Any]]] = {lab_id: [] for lab_id in lab_ids}
    mine = left.filter(pc.is_in(left["lab_id"], value_set=pa.array(sorted(lab_ids), pa.string())))
    lab_of = {(row["source"], row["source_key"]): row["lab_id"] for row in mine.to_pylist()}
    places = {key: row for key, row in _by_key(located, lab_of)}
    for key, row in _by_key(said, lab_of):
        found[lab_of[key]].append(row | {"place": places.get(key)})
    return found


def _by_key(table: pa.Table, wanted: Mapping[tuple[str, str], str]) -> Iterable[tuple[tuple[str, str], dict[str, Any]]]:
    some = table.filter(pc.is_in(table["source_key"], value_set=pa.array([key for _, key in wanted], pa.string())))
    rows = (((row["source"], row["source_key"]), row) for row in some.to_pylist())
    return [(key, row) for key, row in rows if key in wanted]


def _lab(lab: dict[str, Any], won: set[str], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    lab = dict(lab)
    for name in won - set(Place.model_fields) - {"name", "alt_names", "status"}:
        lab[name] = _still_said(lab[name], [one[name] for one in others])
    if "status" in won and lab["status"] not in {one["status"] for one in others}:
        lab["status"] = "unknown"
    if won & set(Place.model_fields):
        place = next((one["place"] for one in others if one["place"] and one["place"]["lat"] is not None), None)
        nowhere = Located(source="x", source_key="x").model_dump()
        lab |= {name: (place or nowhere)[name] for name in Place.model_fields}
    names = [one["name"] for one in others]
    if lab["name"] not in names:
        lab["name"] = names[0]
    also = {name for one in others for name in [one["name"], *(one["alt_names"] or ())]} - {lab["name"]}
    lab["alt_names"] = [name for name in lab["alt_names"] or () if name in also] or None
    lab["updated_on"] = max((one["updated_on"] for one in others if one["updated_on"]), default=None)
    lab["sources"] = sorted({one["source"] for one in others})
    return lab


def _still_said(value: Any, said: Sequence[Any]) -> Any:
    if isinstance(value, list):
        return [one for one in value if any(one in (other or ()) for other in said)] or None
    return value if value in said else None


def _evidence(row: dict[str, Any], objections: Sequence[Suppression]) -> dict[str, Any]:
    cues = row["evidence"]
    gone = suppressions.keys_withdrawn([c["source"] for c in cues], [c["source_key"] for c in cues], objections)
    told = [text for text in row["disagreeing"] or () if not _is_of_withdrawn(text, objections)]
    kept = [cue for cue, is_gone in zip(cues, gone.to_pylist(), strict=True) if not is_gone]
    return row | {"evidence": kept, "disagreeing": told or None}


def _is_of_withdrawn(text: str, objections: Sequence[Suppression]) -> bool:
    source, _, rest = text.partition(":")
    return bool(suppressions.keys_withdrawn([source], [rest.rpartition("=")[0]], objections)[0].as_py())


def _contact(row: dict[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return row | {name: row[name] if row[name] in [one[name] for one in others] else None for name in _CONTACT}


def _contacts(contacts: pa.Table) -> pa.Table:
    return contacts.filter(pc.or_(contacts["email"].is_valid(), contacts["phone"].is_valid()))


def _edited(
    table: pa.Table, lab_ids: set[str], edit: Callable[[dict[str, Any]], dict[str, Any]], row: type[Row]
) -> pa.Table:
    """Return the table with the rows of some labs edited; sorted by its key."""
    mine = pc.is_in(table["lab_id"], value_set=pa.array(sorted(lab_ids), pa.string()))
    schema = row.arrow_schema()
    edited = pa.Table.from_pylist([edit(one) for one in table.filter(mine).to_pylist()], schema=schema)
    both = pa.concat_tables([conform(table.filter(pc.invert(mine)), row), edited])
    return both.sort_by([(name, "ascending") for name in row.key])
