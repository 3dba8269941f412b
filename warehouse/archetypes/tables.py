"""A table of labs in a file to a table of archetypes in a file: what `labs classify TABLE --out FILE` does."""

import csv
import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from warehouse.archetypes.classify import classify
from warehouse.archetypes.reading.passages import columns
from warehouse.schema import UserError
from warehouse.schema.listing import Listing

ALIASES = {"country": "country_code"}
"""Column names people use for a listing column."""
NEEDED = ("id", "name")
OUT_COLUMNS = ("id", "archetype", "runner_up", "score", "evidence")
_CSV, _PARQUET = ".csv", ".parquet"
_TAKEN = ("source", "source_key", "country_code", *columns())
_KNOWN = frozenset({*NEEDED, *ALIASES.values(), *Listing.column_names()})
"""Columns that are read, or that a listing has and archetypes do not rest on: neither is named as unknown."""
_MOST_BYTES = 1 << 26
"""Longest CSV block, 64 MiB: a cell may hold a page, not a disc."""


class UnusableTable(UserError):
    """The user's table, or the place to write to, cannot be used; the message is the one line they get."""


@dataclass(frozen=True)
class TableReport:
    """What was classified and what was left unread."""

    labs: int
    unknown_columns: tuple[str, ...]
    archetypes: dict[str, int]


def classify_table(table: Path, out: Path) -> TableReport:
    """Write the archetypes of the table's labs to `out`, whole or not at all; return what was read and ignored.

    Rows that share an id are listings of one lab. Unknown columns are named in the report and ignored.

    Raises: UnusableTable when the table has no id or name, cannot be read, or `out` cannot be written.
    """
    write = {_CSV: _write_csv, _PARQUET: pq.write_table}.get(out.suffix.lower())
    if write is None:
        raise UnusableTable(f"{out}: a table is written as .csv or .parquet")
    if not out.parent.is_dir():
        raise UnusableTable(f"{out}: the folder {out.parent} does not exist")
    read, unknown = read_table(table)
    classified = classify(listings_of(read))
    result = classified.rename_columns(["id" if name == "lab_id" else name for name in classified.column_names]).select(
        list(OUT_COLUMNS)
    )
    _replace(out, result, write)
    counts = Counter(result["archetype"].to_pylist())
    return TableReport(result.num_rows, unknown, dict(sorted(counts.items())))


def read_table(path: Path, also: Sequence[str] = ()) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the table's id, name, listing columns and `also`, and the names of the columns it ignores."""
    if not path.is_file():
        raise UnusableTable(f"{path}: no such file")
    try:
        whole = pq.read_table(path) if path.suffix.lower() == _PARQUET else _read_csv(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableTable(f"{path}: not a readable table: {str(error).splitlines()[0]}") from error
    repeated = sorted(name for name, count in Counter(whole.column_names).items() if count > 1)
    if repeated:
        raise UnusableTable(f"{path}: column {repeated[0]} stands there twice")
    names = [ALIASES.get(n, n) if ALIASES.get(n) not in whole.column_names else n for n in whole.column_names]
    whole = whole.rename_columns(names)
    if missing := [name for name in NEEDED if name not in names]:
        raise UnusableTable(f"{path}: no column {missing[0]}; a table needs at least id and name")
    known = [name for name in names if name in {*NEEDED, *_TAKEN, *also}]
    taken = pa.table({name: _text(path, name, whole[name]) for name in known})
    if taken["id"].null_count:
        raise UnusableTable(f"{path}: {taken['id'].null_count} rows have no id")
    return taken, tuple(name for name in names if name not in {*_KNOWN, *also})


def listings_of(table: pa.Table) -> pa.Table:
    """Return the rows as listings with `lab_id`; a country that is no two-letter code is null."""
    rows = range(table.num_rows)
    listings = {"lab_id": table["id"]}
    for name in _TAKEN:
        if name in table.column_names:
            listings[name] = table[name]
    listings.setdefault("source", pa.array(["table"] * table.num_rows, pa.string()))
    listings.setdefault("source_key", pa.array([str(row) for row in rows], pa.string()))
    if "country_code" in listings:
        code = pc.utf8_upper(pc.utf8_trim_whitespace(listings["country_code"]))
        is_code = pc.fill_null(pc.match_substring_regex(code, "^[A-Z]{2}$"), False)
        listings["country_code"] = pc.if_else(is_code, code, pa.scalar(None, pa.string()))
    return pa.table(listings)


def _read_csv(path: Path) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        first = lines.readline()
    delimiter = ";" if first.count(";") > first.count(",") else ","
    header = next(csv.reader([first], delimiter=delimiter), [])
    return pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(block_size=min(max(path.stat().st_size, 1), _MOST_BYTES)),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )


def _text(path: Path, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column as text or lists of text; numbers are written out."""
    wanted = pa.list_(pa.string()) if pa.types.is_list(column.type) or pa.types.is_large_list(column.type) else None
    try:
        return column.cast(wanted or pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnusableTable(f"{path}: column {name} holds {column.type}, no text") from error


def _write_csv(table: pa.Table, path: str) -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches():
            for row in batch.to_pylist():
                row["evidence"] = json.dumps(row["evidence"], ensure_ascii=False, sort_keys=True)
                writer.writerow(row.values())


def _replace(out: Path, table: pa.Table, write: object) -> None:
    """Write beside the target and rename, so that a reader never sees half a table."""
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise UnusableTable(f"{out}: cannot be written: {error.strerror}") from error
    os.close(handle)
    try:
        write(table, beside)  # type: ignore[operator]  # one of the two writers above
        Path(beside).chmod(0o644)
        Path(beside).replace(out)
    except OSError as error:
        raise UnusableTable(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        Path(beside).unlink(missing_ok=True)
