"""The schema to docs/data-dictionary.md: every table, column by column.

`python -m warehouse.dictionary` writes it again; a test fails on a stale copy.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from warehouse.editions import FACTS, RELEASED
from warehouse.formats.geoparquet import GEOMETRY
from warehouse.schema import SCHEMA_VERSION, TABLES, Listing, Row

DOCUMENT = Path(__file__).parents[1] / "docs/data-dictionary.md"

CONTACT = frozenset({"email", "phone"})
PROSE = frozenset({"description", "opening_hours", "fees", "before_json", "after_json", "value", "evidence"})

_HEAD = f"""# Data dictionary

Every table, column by column, of schema version {SCHEMA_VERSION}. Generated from `warehouse/schema/` by
`python -m warehouse.dictionary`.

How to read it:

- **Null**: `no` where a value is always there. Missing is null, never an empty text, 0 or "unknown" (but for status).
- **Leave**: from which sources a value may come. `facts`: any source of the edition, as name, place, URL and status are
  facts. `licence`: only sources whose licence grants it. `ours`: made by the registry, under the edition's licence.
- **Privacy**: `contact` stands in no file that is kept; `text` is free text, from which addresses and numbers are cut;
  `public` is neither.
- Lists hold no nulls. Times are UTC. Enumerations are open: expect values that are not listed yet.

Columns are only appended within a major version; see [snapshots.md](snapshots.md).

## Published tables

One Parquet file of the table's name in each edition of a snapshot; `contacts` stands apart and for
thirteen weeks only.
"""
_STAGES = """
## Tables between stages

In the lake only, `lake/<table>/week=<week>/`; not published.
"""


def markdown() -> str:
    """Return the whole document."""
    published = {**RELEASED, "contacts": TABLES["contacts"]}
    between = {name: row for name, row in TABLES.items() if name not in published}
    parts = [_HEAD, *(_table(name, row) for name, row in published.items())]
    parts += [_STAGES, *(_table(name, row) for name, row in between.items())]
    return "\n".join(parts)


def _table(name: str, row: type[Row]) -> str:
    key = ", ".join(f"`{column}`" for column in row.key)
    lines = [f"### {name}", "", f"{(row.__doc__ or '').splitlines()[0]} Key: {key}.", ""]
    lines += ["| Column | Type | Null | Leave | Privacy | Meaning |", "|---|---|---|---|---|---|"]
    lines += list(_columns(name, row))
    if name == "labs":
        lines.append(
            _line(GEOMETRY, "WKB", "yes", "facts", "public", "Point of `lon` and `lat`; in Parquet files only.")
        )
    return "\n".join([*lines, ""])


def _columns(name: str, row: type[Row]) -> Iterator[str]:
    for field in row.arrow_schema():
        yield _field(field.name, field, leave(name, field.name), privacy(field.name))
        kind = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(kind):
            for part in kind:
                yield _field(f"{field.name}.{part.name}", part, "", "")


def _field(name: str, field: pa.Field, left: str, private: str) -> str:
    meaning = field.metadata[b"description"].decode().replace("|", "\\|")
    return _line(name, _type(field.type), "yes" if field.nullable else "no", left, private, meaning)


def _line(name: str, *cells: str) -> str:
    return " | ".join([f"| `{name}`", *cells]) + " |"


def leave(table: str, column: str) -> str:
    """Return the licence class of a column: facts, licence or ours."""
    if table in {"labs", "history", "listings", "lab_listings", "located"}:
        if column in FACTS or column.endswith("_code") or column in {"commune", "departement", "region"}:
            return "facts"
        return "licence" if column in Listing.model_fields else "ours"
    if table == "contacts":
        return "licence" if column in CONTACT else "ours"
    return "licence" if column in {"before_json", "after_json", "evidence"} else "ours"


def privacy(column: str) -> str:
    """Return the privacy class of a column: contact, text or public."""
    if column in CONTACT:
        return "contact"
    return "text" if column in PROSE else "public"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct"
    return {"string": "text", "double": "float", "int64": "integer", "date32[day]": "date", "bool": "boolean"}.get(
        str(kind), "timestamp, ms, UTC" if pa.types.is_timestamp(kind) else str(kind)
    )


if __name__ == "__main__":
    DOCUMENT.write_text(markdown(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT.name} written\n")
