"""The tables of a release as DuckDB reads them, which shares no code with the writer."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.formats import geoparquet

_CELLS_AT_ONCE = 2_000_000
"""Cells read in one query when values are compared: two columns of a million labs."""


@contextlib.contextmanager
def second_reader(folder: Path, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection in which each Parquet file of the folder is a view of its name."""
    reader = duckdb.connect(config={"threads": 2, "autoinstall_known_extensions": False})
    try:
        for table in tables:
            reader.read_parquet(str(folder / f"{table}.parquet"), hive_partitioning=False).create_view(table)
        yield reader
    finally:
        reader.close()


def read_columns(
    reader: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Return the columns as DuckDB reads them, few at a time, so that a large table never stands in memory whole."""
    rows = number(reader, f"FROM {table} SELECT count(*)")
    at_once = max(1, _CELLS_AT_ONCE // max(rows, 1))
    for start in range(0, len(names), at_once):
        some = names[start : start + at_once]
        # DuckDB makes a GEOMETRY of that column; its bytes are the WKB that was written
        read = [f'ST_AsWKB("{name}") AS "{name}"' if name == geoparquet.GEOMETRY else f'"{name}"' for name in some]
        part = reader.view(table).project(", ".join(read)).to_arrow_table()
        yield from ((name, part[name]) for name in some)


def number(reader: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> int:
    """Return the one number a query gives."""
    return int(reader.execute(query, list(values)).fetchall()[0][0])


def numbers(reader: duckdb.DuckDBPyConnection, counts: Sequence[str]) -> list[int]:
    """Return several counts, each a query in brackets, at the price of one."""
    return [int(count) for count in reader.execute("SELECT " + ", ".join(counts)).fetchall()[0]]
