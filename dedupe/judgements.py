"""Human decisions about pairs of listings: read, checked for contradictions, turned into constraints."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from warehouse.schema import UserError

HEADER = ("left", "right", "verdict", "by", "on", "why")

Verdict = Literal["same", "different", "unsure"]


class BadJudgements(UserError):
    """The judgements cannot be used: the message names the rows."""


@dataclass(frozen=True)
class Judgement:
    """What a person decided about two listings.

    Attributes:
        left, right: Source and source key of the listings.
        verdict: same lab, different labs, or unsure (looked at, not decided).
        by, on, why: Who, when, for what reason.
        line: Line in the file, for messages; 0 when it is not in one yet.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    verdict: Verdict
    by: str
    on: date
    why: str
    line: int = 0


def read(path: Path) -> tuple[Judgement, ...]:
    """Return the judgements of a CSV file with the columns left, right, verdict, by, on, why.

    A listing is written `source:source_key`. `unsure` says that somebody looked; it decides nothing.

    Raises: BadJudgements when a row cannot be read, or when rows contradict each other.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, skipinitialspace=True)
            if tuple(next(reader, ())) != HEADER:
                raise BadJudgements(f"{path}: line 1: the columns must be {','.join(HEADER)}")
            judgements = tuple(_judgement(path, reader.line_num, row) for row in reader if row)
    except (UnicodeDecodeError, csv.Error):
        raise BadJudgements(f"{path}: not a CSV file in UTF-8") from None
    check(judgements)
    return judgements


def _judgement(path: Path, line: int, row: list[str]) -> Judgement:
    if len(row) != len(HEADER):
        raise BadJudgements(f"{path}: line {line}: {len(row)} columns, {len(HEADER)} wanted")
    left, right = row[:2]
    verdict, by, on, why = (value.strip() for value in row[2:])
    if verdict not in ("same", "different", "unsure"):
        raise BadJudgements(f"{path}: line {line}: verdict {verdict!r}: same, different or unsure wanted")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise BadJudgements(f"{path}: line {line}: date {on!r}: YYYY-MM-DD wanted") from None
    listings = []
    for value in (left, right):
        listing = listing_of(value)
        if listing is None:
            raise BadJudgements(f"{path}: line {line}: listing {value!r}: source:source_key wanted")
        listings.append(listing)
    if listings[0] == listings[1]:
        raise BadJudgements(f"{path}: line {line}: a listing is judged against itself: {left!r}")
    return Judgement(listings[0], listings[1], verdict, by, day, why, line)  # type: ignore[arg-type]


def written(listing: tuple[str, str]) -> str:
    """Return a listing as a file of judgements names it: `source:source_key`."""
    return ":".join(listing)


def listing_of(text: str) -> tuple[str, str] | None:
    """Return the source and source key that `source:source_key` names, None where it names none."""
    source, colon, key = text.strip().partition(":")
    return (source, key) if source and colon and key else None


def check(judgements: Iterable[Judgement]) -> None:
    """Raise BadJudgements when two listings are said to be different that other rows say are the same.

    Raises: BadJudgements naming the lines of the contradiction.
    """
    judgements = tuple(judgements)
    group = groups(judgements)
    for judgement in judgements:
        if judgement.verdict == "different" and group.get(judgement.left, 0) == group.get(judgement.right, 1):
            chain = _chain(judgements, judgement.left, judgement.right)
            lines = ", ".join(str(line) for line in sorted(chain))
            raise BadJudgements(
                f"judgements contradict each other: line {judgement.line} says "
                f"{written(judgement.left)} and {written(judgement.right)} are different, line {lines} that they are "
                "the same"
            )


def groups(judgements: Sequence[Judgement]) -> dict[tuple[str, str], int]:
    """Return a number for each listing judged the same as another; the same number through any chain of rows."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(listing: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(listing, listing) != listing:
            listing = parent[listing]
        return listing

    for judgement in judgements:
        if judgement.verdict == "same":
            low, high = sorted((root(judgement.left), root(judgement.right)))
            parent[high] = low
    roots = {listing: root(listing) for listing in parent}
    number = {name: position for position, name in enumerate(sorted(set(roots.values())), start=2)}
    return {listing: number[name] for listing, name in roots.items()}


def _chain(judgements: Sequence[Judgement], start: tuple[str, str], goal: tuple[str, str]) -> list[int]:
    """Return the lines of the shortest chain of `same` rows between two listings."""
    paths: dict[tuple[str, str], list[int]] = {start: []}
    queue = [start]
    while queue:
        listing = queue.pop(0)
        for judgement in judgements:
            if judgement.verdict == "same" and listing in (judgement.left, judgement.right):
                other = judgement.right if listing == judgement.left else judgement.left
                if other not in paths:
                    paths[other] = [*paths[listing], judgement.line]
                    queue.append(other)
    return paths[goal]
