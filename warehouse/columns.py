"""A table to the same table with one of its columns otherwise; its schema stays as it is."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def replaced(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray | Sequence[Any]) -> pa.Table:
    """Return the table with other values in the column, of the type it has."""
    position = table.schema.get_field_index(name)
    field = table.schema.field(position)
    column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, field.type)
    return table.set_column(position, field, column)


def emptied(table: pa.Table, name: str, where: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return the table with null in the column where the mask holds."""
    nothing = pa.scalar(None, table.schema.field(name).type)
    return replaced(table, name, pc.if_else(where, nothing, table[name]))
