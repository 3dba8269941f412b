"""Last week's registry and id bridge to this week's: who is active, and where every ended id leads, in one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys.text import Array
from warehouse.schema import IdBridge, RegistryEntry, conform

_HOW = (("retired", "retired"), ("merged_into", "merged"), ("split_into", "split"))
"""How an id ended, as the bridge and the registry say it: without an heir, with one, with several."""

_REGISTRY, _BRIDGE = RegistryEntry.arrow_schema(), IdBridge.arrow_schema()


@dataclass(frozen=True)
class Change:
    """What a week does to the registry.

    Attributes:
        is_used: True for the ids of last week's registry that a lab of this week has.
        new: Ids issued this week.
        heirs: The ids that stand for an ended one from now on; an id that ends without is not named.
        day: Monday of the week.
    """

    is_used: Array
    new: pa.Array
    heirs: Mapping[str, list[str]]
    day: date


def after(registry: pa.Table, bridge: pa.Table, change: Change) -> tuple[pa.Table, pa.Table]:
    """Return the registry and the id bridge after the week, in order of their ids.

    Only the entries that the week touches are worked on: labs that ended or came back, and ended ones that led to them.
    """
    registry, bridge = conform(registry, RegistryEntry), conform(bridge, IdBridge)
    is_active, is_erased = (_is(registry["status"], status) for status in ("active", "erased"))
    is_ended = ~change.is_used & ~is_erased
    ids = registry["lab_id"]
    is_touched = is_ended & (
        is_active | _among(ids, pa.array(list(change.heirs), pa.string())) | ~_among(ids, bridge["old_id"])
    )
    is_touched |= is_ended & _leads_to(registry, ids.filter(pa.array(is_touched)))
    is_back = change.is_used & ~is_active
    ended = _ended(registry.filter(pa.array(is_touched)).to_pylist(), bridge, change)
    back = [
        {**row, "status": "active", "last_seen": change.day, "replaced_by": None}
        for row in registry.filter(pa.array(is_back)).to_pylist()
    ]
    day = pa.scalar(change.day)
    last_seen = pc.if_else(pa.array(change.is_used), day, registry["last_seen"])
    kept = registry.set_column(registry.column_names.index("last_seen"), _REGISTRY.field("last_seen"), last_seen)
    entries = [entry for entry, _ in ended]
    tables = [
        kept.filter(pa.array(~(is_touched | is_back))),
        pa.Table.from_pylist([*entries, *back], schema=_REGISTRY),
        _new(change),
    ]
    stays = _among(bridge["old_id"], ids.filter(pa.array(is_ended & ~is_touched)))
    links = pa.Table.from_pylist([link for _, own in ended for link in own], schema=_BRIDGE)
    return (
        pa.concat_tables(tables).sort_by([("lab_id", "ascending")]),
        pa.concat_tables([bridge.filter(pa.array(stays)), links]).sort_by(
            [("old_id", "ascending"), ("new_id", "ascending")]
        ),
    )


def with_lapsed(registry: pa.Table, lab_ids: set[str], day: date) -> pa.Table:
    """Return the registry with labs that were new this week and are none any more: an issued id stays told."""
    rows = [{"lab_id": one, "status": "active", "first_seen": day, "last_seen": day} for one in sorted(lab_ids)]
    return pa.concat_tables([conform(registry, RegistryEntry), pa.Table.from_pylist(rows, schema=_REGISTRY)])


def _is(column: pa.ChunkedArray, value: str) -> Array:
    is_it: Array = pc.equal(column, value).to_numpy()
    return is_it


def _among(values: pa.ChunkedArray, wanted: pa.Array | pa.ChunkedArray) -> Array:
    is_there: Array = pc.is_in(values, wanted).to_numpy()
    return is_there


def _leads_to(registry: pa.Table, ids: pa.ChunkedArray) -> Array:
    """Return True for the entries that name one of those ids as what stands for them."""
    lists = registry["replaced_by"].combine_chunks()
    names_it = pc.list_parent_indices(lists).filter(pc.is_in(pc.list_flatten(lists), ids))
    leads = np.zeros(len(registry), dtype=bool)
    leads[names_it.to_numpy()] = True
    return leads


def _new(change: Change) -> pa.Table:
    day, status = ([value] * len(change.new) for value in (change.day, "active"))
    return conform(
        pa.table({"lab_id": change.new, "status": status, "first_seen": day, "last_seen": day}), RegistryEntry
    )


def _ended(
    rows: list[dict[str, Any]], bridge: pa.Table, change: Change
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return the entry and the links of each ended id that the week touches."""
    own = bridge.filter(pc.is_in(bridge["old_id"], pa.array([row["lab_id"] for row in rows], pa.string())))
    since = {row["old_id"]: row["since"] for row in reversed(own.to_pylist())}
    heirs: dict[str, Sequence[str]] = {}
    for row in rows:
        lab_id, before = row["lab_id"], list(row["replaced_by"] or [])
        if lab_id in change.heirs:  # active last week, or a retired lab whose listing came back inside another
            heirs[lab_id] = change.heirs[lab_id]
            if before != heirs[lab_id]:
                since[lab_id] = change.day
        elif row["status"] == "active":
            heirs[lab_id], since[lab_id] = [], change.day
        else:
            heirs[lab_id] = before
    return [_entry(row, _ends(row["lab_id"], heirs), since.get(row["lab_id"], change.day)) for row in rows]


def _entry(row: dict[str, Any], ends: list[str], since: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the entry and the links of an ended id that leads to those ends."""
    relation, status = _HOW[min(len(ends), 2)]
    link = {"old_id": row["lab_id"], "relation": relation, "since": since}
    links = [{**link, "new_id": end} for end in ends] or [{**link, "new_id": None}]
    return {**row, "status": status, "replaced_by": ends or None}, links


def _ends(lab_id: str, heirs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the ids at the ends of the chains that start at an ended id: active ones, or retired without heir."""
    ends: list[str] = []
    seen = {lab_id}
    queue = list(heirs[lab_id])
    while queue:
        heir = queue.pop(0)
        if heir in seen:
            continue
        seen.add(heir)
        further = heirs.get(heir)
        if further:
            queue += further
        else:
            ends.append(heir)
    return ends
