"""A table to Parquet bytes that depend on its content alone: every Parquet file of the house is written here.

Source: publishing-and-safety.md 1.4 (measured): row order, compression level and the order of metadata keys change
the bytes; threads, locale, time zone and chunking do not. `store_schema` would embed the ARROW:schema, of which
readers such as polars 1.20 choke; `pq.write_table` without it drops all metadata, hence the writer.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.columns import replaced
from warehouse.schema import Row, conform

ROWS_PER_GROUP = 1 << 20
DECIMALS = 6
"""Floats are published with so many decimals: 0.1 m of latitude, and the same text in every reader."""


def canonical(table: pa.Table, row: type[Row]) -> pa.Table:
    """Return the table in the form it is stored in: exact schema, sorted by key, one chunk, no NaN and no -0.0.

    Raises: SchemaMismatch.
    """
    table = conform(table, row)
    for field in table.schema:
        if pa.types.is_floating(field.type):
            table = replaced(table, field.name, _plain_floats(table[field.name]))
    if row.key:
        table = table.sort_by([(name, "ascending") for name in row.key])
    return table.combine_chunks()


def write(table: pa.Table, sink: str | Path | IO[bytes], *, metadata: Mapping[str, str], sorted_by: int = 0) -> None:
    """Write the table, its first `sorted_by` columns declared as its order."""
    with pq.ParquetWriter(
        sink,
        _plain_schema(table.schema),
        compression="zstd",
        compression_level=9,
        version="2.6",
        data_page_version="1.0",
        store_schema=False,
        write_statistics=True,
        write_page_index=True,
        write_page_checksum=True,
        sorting_columns=[pq.SortingColumn(position) for position in range(sorted_by)] or None,
    ) as writer:
        writer.write_table(table.cast(_plain_schema(table.schema)), row_group_size=ROWS_PER_GROUP)
        writer.add_key_value_metadata({name: metadata[name] for name in sorted(metadata)})


def read(source: Any, row: type[Row], *, columns: list[str] | None = None) -> pa.Table:
    """Return the file as a table of the row's schema; of the named columns only, when given.

    Raises: SchemaMismatch when the file is not of that row.
    """
    table = pq.ParquetFile(source).read(columns=columns)
    if columns is None:
        return conform(table, row)
    schema = row.arrow_schema()
    return table.select(columns).cast(pa.schema([schema.field(name) for name in columns]))


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    # Descriptions live in the data dictionary; as field metadata they would only travel inside ARROW:schema.
    return pa.schema([pa.field(field.name, field.type, field.nullable) for field in schema])


def _plain_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    rounded = pc.round(column, DECIMALS)
    rounded = pc.if_else(pc.is_nan(rounded), pa.scalar(None, column.type), rounded)
    return pc.add(rounded, pa.scalar(0.0, column.type))  # -0.0 + 0.0 is 0.0
