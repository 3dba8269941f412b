"""A source's announced new keys applied once to what last week came to, and to what people decided."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.carry import Previous
from dedupe.judgements import Judgement
from warehouse.schema import UserError

HEADER = ("source", "old", "new")

NewKeys = Mapping[str, Mapping[str, str]]
"""For each source its announced keys: old to new."""


class BadKeys(UserError):
    """The new keys cannot be applied: the message names the key."""


def read(path: Path) -> NewKeys:
    """Return the announced keys of a CSV file with the columns source, old, new.

    Raises: BadKeys when the file cannot be read, a row has other columns, or an old key stands twice.
    """
    keys: dict[str, dict[str, str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != HEADER:
                raise BadKeys(f"{path}: line 1: the columns must be {','.join(HEADER)}")
            for row in filter(None, reader):
                if len(row) != len(HEADER) or not all(row):
                    raise BadKeys(f"{path}: line {reader.line_num}: {', '.join(HEADER)} wanted, each with a value")
                source, old, new = row
                if old in keys.setdefault(source, {}):
                    raise BadKeys(f"{path}: line {reader.line_num}: {source} {old!r} has a new key already")
                keys[source][old] = new
    except (UnicodeDecodeError, csv.Error):
        raise BadKeys(f"{path}: not a CSV file in UTF-8") from None
    except OSError as error:
        raise BadKeys(f"{path}: {error.strerror}") from None
    return keys


def rekey_all(
    previous: Previous, judgements: Sequence[Judgement], keys: NewKeys
) -> tuple[Previous, tuple[Judgement, ...]]:
    """Return last week and the judgements under the new keys of every source.

    Raises: BadKeys when two listings would get one key.
    """
    for source, own in keys.items():
        previous, judgements = rekey(previous, source, own), rekey_judgements(judgements, source, own)
    return previous, tuple(judgements)


def rekey(previous: Previous, source: str, keys: Mapping[str, str]) -> Previous:
    """Return last week as if the source had always had its new keys; keys it does not map stay.

    Raises: BadKeys when two listings would get one key.
    """
    departed = previous.departed
    return replace(
        previous,
        assignments=_with_keys(previous.assignments, source, keys),
        listings=_with_keys(previous.listings, source, keys),
        departed=None if departed is None else _with_keys(departed, source, keys, unique=False),
    )


def rekey_judgements(judgements: Sequence[Judgement], source: str, keys: Mapping[str, str]) -> tuple[Judgement, ...]:
    """Return the judgements about the same listings under their new keys."""

    def renamed(listing: tuple[str, str]) -> tuple[str, str]:
        return (source, keys.get(listing[1], listing[1])) if listing[0] == source else listing

    return tuple(replace(one, left=renamed(one.left), right=renamed(one.right)) for one in judgements)


def _with_keys(table: pa.Table, source: str, keys: Mapping[str, str], *, unique: bool = True) -> pa.Table:
    mine = pc.equal(table["source"], source)
    old = table["source_key"].cast(pa.string())
    known = pc.index_in(old, pa.array(list(keys), pa.string()))
    new = pa.array(list(keys.values()), pa.string()).take(known.combine_chunks())
    renamed = pc.if_else(mine, pc.coalesce(new, old), old)
    if unique:
        counts = pc.value_counts(renamed.filter(mine)).to_pylist()
        twice = sorted(str(count["values"]) for count in counts if count["counts"] > 1)
        if twice:
            raise BadKeys(f"{source}: two listings would have the key {twice[0]!r}")
    field = table.schema.field("source_key")
    return table.set_column(table.column_names.index("source_key"), field, renamed.cast(field.type))
