"""The week's changes to what a reader can take in: all counts, and the changes that matter most one by one."""

import json
from collections.abc import Mapping
from typing import Any

from warehouse.report import words
from warehouse.report.figures import Figures, Row
from warehouse.report.inputs import ReportInput
from warehouse.report.untrusted import plain

CHANGES_MAX = 300
"""Changes shown one by one; a first week adds every lab, and changes.parquet has them all."""

WEIGHT = (
    "removed",
    "merged_into",
    "split_from",
    "restored",
    "status_changed",
    "archetype_changed",
    "moved",
    "renamed",
    "added",
    "changed",
)
"""Kinds in the order a reader wants them: what is lost first, what was touched up last."""

_FIELDS_MAX = 3


def view(report: ReportInput, numbers: Figures) -> dict[str, Any]:
    """Return what the section shows."""
    rows = sorted(report.rows("changes"), key=lambda row: (_weight(row["change"]), row["lab_id"]))
    names = {lab["lab_id"]: lab["name"] for lab in report.rows("labs")}
    counts = sorted(numbers.changes.items(), key=lambda item: (_weight(item[0][0]), -item[1], item[0]))
    return {
        "changes": [_change(row, names) for row in rows[:CHANGES_MAX]],
        "change_counts": counts,
        "change_total": len(rows),
        "registry_count": report.tables["registry"].num_rows,
        "bridge_count": report.tables["id_bridge"].num_rows,
    }


def _weight(kind: str) -> int:
    return WEIGHT.index(kind) if kind in WEIGHT else len(WEIGHT)


def _change(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    before, after = _object(row["before_json"]), _object(row["after_json"])
    name = names.get(row["lab_id"]) or before.get("name") or after.get("name") or row["lab_id"]
    fields = row["changed_fields"] or sorted(before.keys() & after.keys())
    moved = [
        (plain(field, 40), _value(before.get(field)), _value(after.get(field)))
        for field in fields
        if before.get(field) != after.get(field)
    ]
    return {
        "lab_id": row["lab_id"],
        "is_listed": row["lab_id"] in names,
        "name": plain(name, 120),
        "kind": row["change"],
        "reason": words.known("reason", plain(row["reason"], 160)),
        "related": row["related_ids"] or [],
        "sources": [plain(source, 40) for source in row["sources"] or []],
        "moved": moved[:_FIELDS_MAX],
    }


def _object(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _value(value: Any) -> str:
    if value is None:
        return "∅"
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 80)
