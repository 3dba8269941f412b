"""A source's announced new keys applied once to what last week came to, and to what people decided."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.identity import monday
from dedupe.ids.carry import Previous
from dedupe.judgements import Judgement
from warehouse.schema import UserError

HEADER = ("source", "old", "new")

DATED = (*HEADER, "since")
"""Columns of a file that is kept: since which week a source has its new keys."""

NewKeys = Mapping[str, Mapping[str, str]]
"""For each source its announced keys: old to new."""


class BadKeys(UserError):
    """The new keys cannot be applied: the message names the key."""


@dataclass(frozen=True)
class Announced:
    """New keys of a source.

    Attributes:
        source: The source.
        since: Monday of the first week in which it has them.
        keys: Old to new.
    """

    source: str
    since: date
    keys: Mapping[str, str]


def read(path: Path) -> NewKeys:
    """Return the announced keys of a CSV file with the columns source, old, new.

    Raises: BadKeys when the file cannot be read, a row has other columns, or an old key stands twice.
    """
    keys: dict[str, dict[str, str]] = {}
    for where, (source, old, new) in _rows(path, HEADER):
        _add(keys.setdefault(source, {}), old, new, f"{where}: {source}")
    return keys


def announced(path: Path) -> tuple[Announced, ...]:
    """Return what sources have announced, the earliest first, of a CSV file with the columns source, old, new, since.

    `since` is the first ISO week in which the source has the new key, as 2026-W42.

    Raises: BadKeys when the file cannot be read, a row has other columns, `since` is no week, or an old key stands
    twice for one week.
    """
    found: dict[tuple[date, str], dict[str, str]] = {}
    for where, (source, old, new, since) in _rows(path, DATED):
        _add(found.setdefault((_since(since, where), source), {}), old, new, f"{where}: {source}")
    return tuple(Announced(source, day, keys) for (day, source), keys in sorted(found.items()))


def _since(week: str, where: str) -> date:
    try:
        day = monday(week)
    except ValueError:
        day = date.min
    year, number, _ = day.isocalendar()
    if f"{year:04}-W{number:02}" != week:
        raise BadKeys(f"{where}: since {week!r}: an ISO week wanted, as 2026-W42")
    return day


def _rows(path: Path, header: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each row with where it stands."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != tuple(header):
                raise BadKeys(f"{path}: line 1: the columns must be {','.join(header)}")
            for row in filter(None, reader):
                where = f"{path}: line {reader.line_num}"
                if len(row) != len(header) or not all(row):
                    raise BadKeys(f"{where}: {', '.join(header)} wanted, each with a value")
                yield where, row
    except (UnicodeDecodeError, csv.Error):
        raise BadKeys(f"{path}: not a CSV file in UTF-8") from None
    except OSError as error:
        raise BadKeys(f"{path}: {error.strerror}") from None


def _add(keys: dict[str, str], old: str, new: str, where: str) -> None:
    if old in keys:
        raise BadKeys(f"{where} {old!r} has a new key already")
    keys[old] = new


def rekey_since(
    previous: Previous | None,
    judgements: Sequence[Judgement],
    changes: Sequence[Announced],
    read_on: tuple[Mapping[str, date], Mapping[str, date]],
) -> tuple[Previous | None, tuple[Judgement, ...]]:
    """Return last week and the judgements under the keys that this week's listings have.

    A source that could not be read since it changed its keys is listed under the old ones still. A judgement names
    listings by the keys of its day.

    Args:
        previous: What last week came to, None in the first week.
        judgements: Human decisions.
        changes: What sources have announced, the earliest first.
        read_on: Monday of the week each source's listings are of, last week and this.

    Raises: BadKeys when two listings would get one key.
    """
    before, now = read_on
    judged = tuple(judgements)
    for change in changes:
        source = change.source
        if source not in now or now[source] < change.since:
            continue
        judged = tuple(
            one if one.on >= change.since else rekey_judgements([one], source, change.keys)[0] for one in judged
        )
        if previous is not None and (source not in before or before[source] < change.since):
            previous = rekey(previous, source, change.keys)
    return previous, judged


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
