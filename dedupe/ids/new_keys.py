"""CSV files to the new keys that sources have announced, old to new."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dedupe.identity import monday
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
