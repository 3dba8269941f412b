"""Fictional listings as tables, from the columns a test cares about."""

from typing import Any

import pyarrow as pa

from warehouse.gazetteer.locate import locate

TEXTS = ("address", "street", "postcode", "city", "commune_code", "country_code")
SCHEMA = pa.schema(
    [("source", pa.string()), ("source_key", pa.string())]
    + [(name, pa.string()) for name in TEXTS]
    + [("lat", pa.float64()), ("lon", pa.float64())]
)


def table(*rows: dict[str, Any]) -> pa.Table:
    numbered = [{"source": "atelier", "source_key": str(number)} | row for number, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=SCHEMA)


def located(**listing: Any) -> dict[str, Any]:
    """Return the located row of one listing."""
    row: dict[str, Any] = locate(table(listing)).to_pylist()[0]
    return row
