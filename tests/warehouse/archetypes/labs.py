"""Fictional labs as tables."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from warehouse.archetypes.classify import classify


def table(*listings: Mapping[str, Any]) -> pa.Table:
    """Return listings as a table; `lab_id`, source and key default to those of one lab with numbered listings."""
    rows = [
        {"lab_id": "lab-fiction", "source": "fiction", "source_key": str(number), "name": "Atelier", **listing}
        for number, listing in enumerate(listings)
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])


def one(**listing: Any) -> dict[str, Any]:
    """Return the classification of a lab with one listing."""
    row: dict[str, Any] = classify(table({"country_code": "FR", **listing})).to_pylist()[0]
    return row


def tags(row: Mapping[str, Any], archetype: str | None = None) -> set[str]:
    """Return the tags of the evidence, of one archetype or of all."""
    return {cue["tag"] for cue in row["evidence"] if archetype in {None, cue["archetype"]}}
