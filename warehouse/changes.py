"""Two snapshots to a feed that says what moved and why.

A lab may have several rows: one a kind of change. The words of `reason` are those of docs/changes.md. Values before and
after stand in the feed as JSON objects, so that last week's labs and the feed give this week's labs; contacts are no
columns of labs and never enter it. The columns of UNTOLD move every week by themselves and are read from labs.
"""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.reasons import Decided, Reasons, Snapshot
from warehouse.schema import Change, Lab
from warehouse.schema.lab import CALENDAR_COLUMNS

__all__ = ["UNTOLD", "Snapshot", "changes", "differing_ids", "replay"]

UNTOLD = CALENDAR_COLUMNS
"""Columns of labs that change with the calendar, not with the lab: telling them would bury what moved."""

MOVED_KM = 0.1
"""A pin that shifts by less is a correction of the same door, told as `changed`."""

_KINDS: Mapping[str, tuple[str, ...]] = {
    "renamed": ("name",),
    "archetype_changed": ("archetype", "archetype_score", "finalite"),
    "status_changed": ("status",),
}
_PLACE = ("lat", "lon", "country_code", "commune_code", "geo_method", "geo_precision_m")


def changes(previous: Snapshot | None, current: Snapshot, *, decided: Decided | None = None) -> pa.Table:
    """Return the feed from the previous snapshot to the current one; of the first snapshot every lab is added.

    Args:
        previous: last published week; None when there is none.
        current: the week to publish.
        decided: what moved by a person's decision, not by its sources: reason by (lab_id, column), column `*` for the
            whole lab.
    """
    before = previous.labs if previous else Lab.arrow_schema().empty_table()
    old_ids, new_ids = set(before["lab_id"].to_pylist()), set(current.labs["lab_id"].to_pylist())
    told = Reasons(previous, current, decided or {})
    rows: list[Change] = []
    for lab in _rows(current.labs, sorted(new_ids - old_ids)):
        rows.append(_arrival(lab, told))
    for lab in _rows(before, sorted(old_ids - new_ids)):
        rows.append(_departure(lab, told))
    kept = sorted(differing_ids(before, current.labs, old_ids & new_ids))
    for old, new in zip(_rows(before, kept), _rows(current.labs, kept), strict=True):
        rows += _edits(old, new, told)
    return Change.table(rows)


def replay(labs: pa.Table, feed: pa.Table) -> pa.Table:
    """Return the labs of the next snapshot from those of this one and its feed; UNTOLD columns as they were."""
    touched = pc.is_in(labs["lab_id"], value_set=feed["lab_id"].combine_chunks().unique())
    rows = {row["lab_id"]: row for row in labs.filter(touched).to_pylist()}
    for change in feed.to_pylist():
        lab_id = change["lab_id"]
        if change["change"] in {"removed", "merged_into"}:
            rows.pop(lab_id)
        else:
            rows[lab_id] = rows.get(lab_id, {}) | _parsed(change["after_json"])
    schema = Lab.arrow_schema()
    table = pa.concat_tables(
        [labs.filter(pc.invert(touched)), pa.Table.from_pylist(list(rows.values()), schema=schema)]
    )
    return table.sort_by([("lab_id", "ascending")])


def differing_ids(before: pa.Table, now: pa.Table, shared: set[str]) -> set[str]:
    """Return the shared ids whose rows differ in a told column; compared column by column, not row by row."""
    ids = pa.array(sorted(shared), pa.string())
    left, right = (table.take(pc.index_in(ids, table["lab_id"])) for table in (before, now))
    differs = pa.array([False] * len(ids), pa.bool_())
    for name in now.column_names:
        if name in UNTOLD:
            continue
        one, other = (_comparable(table[name]) for table in (left, right))
        same = pc.fill_null(pc.equal(one, other), False)
        both_null = pc.and_(pc.is_null(one), pc.is_null(other))
        differs = pc.or_(differs, pc.invert(pc.or_(same, both_null)))
    return set(ids.filter(differs).to_pylist()) if len(ids) else set()


def _arrival(lab: dict[str, Any], told: Reasons) -> Change:
    kind, reason, parents = told.of_coming(lab["lab_id"])
    return Change(
        lab_id=lab["lab_id"],
        change=kind,
        related_ids=parents or None,
        reason=reason,
        sources=told.sources_now(lab["lab_id"]),
        after_json=_whole(lab),
    )


def _departure(lab: dict[str, Any], told: Reasons) -> Change:
    kind, reason, heirs = told.of_leaving(lab)
    return Change(
        lab_id=lab["lab_id"],
        change=kind,
        related_ids=heirs or None,
        reason=reason,
        sources=told.sources_before(lab["lab_id"]),
        before_json=None if reason == "privacy" else _whole(lab),
    )


def _edits(old: dict[str, Any], new: dict[str, Any], told: Reasons) -> list[Change]:
    differing = [name for name in new if name not in UNTOLD and old[name] != new[name]]
    groups = {kind: [name for name in names if name in differing] for kind, names in _KINDS.items()}
    if _has_moved(old, new):
        groups["moved"] = [name for name in _PLACE if name in differing]
    groups = {kind: names for kind, names in groups.items() if _stands_alone(kind, names)}
    taken = {name for names in groups.values() for name in names}
    groups["changed"] = [name for name in differing if name not in taken]
    return [_edit(old, new, kind, sorted(names), told) for kind, names in groups.items() if names]


def _edit(old: dict[str, Any], new: dict[str, Any], kind: str, names: list[str], told: Reasons) -> Change:
    reason = told.of_edit(new["lab_id"], names, new)
    return Change(
        lab_id=new["lab_id"],
        change=kind,
        changed_fields=names,
        reason=reason,
        sources=told.sources_now(new["lab_id"]),
        before_json=None if reason == "privacy" else _json({name: old[name] for name in names}),
        after_json=_json({name: new[name] for name in names}),
    )


def _stands_alone(kind: str, columns: Sequence[str]) -> bool:
    # A score that shifts under the same archetype is no change of archetype.
    return "archetype" in columns if kind == "archetype_changed" else bool(columns)


def _has_moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if None in (old["lat"], old["lon"], new["lat"], new["lon"]):
        return False
    north = (new["lat"] - old["lat"]) * 111.2
    east = (new["lon"] - old["lon"]) * 111.2 * math.cos(math.radians((new["lat"] + old["lat"]) / 2))
    return math.hypot(north, east) > MOVED_KM


def _comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # Arrow compares no lists; the unit separator stands in no cleaned text.
    return pc.binary_join(column, "\x1f") if pa.types.is_list(column.type) else column


def _rows(labs: pa.Table, ids: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = labs.take(pc.index_in(pa.array(ids, pa.string()), labs["lab_id"])).to_pylist()
    return found


def _whole(lab: Mapping[str, Any]) -> str:
    return _json({name: value for name, value in lab.items() if name not in UNTOLD and value is not None})


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=date.isoformat, separators=(",", ":"))


def _parsed(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text)
    for field in Lab.arrow_schema():
        if pa.types.is_date(field.type) and values.get(field.name) is not None:
            values[field.name] = date.fromisoformat(values[field.name])
    return values
