"""Resolved listings to the pairs a person should look at, most informative first; a person's answers to judgements."""

import csv
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe import scoring
from dedupe.explanation import receipts
from dedupe.judgements import HEADER, BadJudgements, Judgement, Verdict, check, groups, listing_of, read, written
from dedupe.keys.text import Array, Integers
from dedupe.resolve import Resolution

SHOWN = (
    "name", "alt_names", "kinds", "operator", "street", "address", "postcode", "city", "country_code", "lat", "lon",
    "website", "email", "phone", "links", "siret", "rna", "url", "status", "description",
)  # fmt: skip
"""Listing columns shown side by side."""


@dataclass(frozen=True)
class Question:
    """A pair a person should judge.

    Attributes:
        left, right: Source and source key of the listings.
        score: Probability that they are one lab.
        is_one_now: Whether they are one lab at present.
        fields: What each says: column, left value, right value; columns neither has are left out.
        features: What speaks for and against: feature, value, contribution in log-odds, largest first.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    score: float
    is_one_now: bool
    fields: tuple[tuple[str, str | None, str | None], ...]
    features: tuple[tuple[str, float | None, float], ...]

    def answer(self, verdict: Verdict, by: str, on: date, why: str = "") -> Judgement:
        """Return the judgement that a person's verdict on the pair is."""
        return Judgement(self.left, self.right, verdict, by, on, why)


class Review:
    """The pairs of a resolution a person should judge, the most informative first; an answer settles what it decides.

    A pair is asked when its score lies between the thresholds, or when the clustering went against its score; not when
    judgements answer it already, themselves or through other listings. Informative is a pair whose score is near one
    half and whose answer decides over many listings.
    """

    def __init__(self, resolution: Resolution) -> None:
        """Open every question the judgements of the resolution leave open."""
        self._resolution = resolution
        self._judgements = list(resolution.judgements)
        order = _asked(resolution)
        pairs = resolution.decided.pairs
        sides = (_keys(resolution.listings, rows[order]) for rows in (pairs.left, pairs.right))
        self._open = [one for one in zip(order.tolist(), *sides, strict=True) if _can_be_written(*one[1:])]
        self._settle()

    def __len__(self) -> int:
        """Return how many questions are open."""
        return len(self._open)

    def first(self) -> Question:
        """Return the most informative open question.

        Raises: IndexError when there is none.
        """
        return _question(self._resolution, self._open[0][0])

    def postpone(self) -> None:
        """Leave the first question to another day."""
        self._open.pop(0)

    def answer(self, judgement: Judgement) -> None:
        """Close the first question, and every other that the judgement decides."""
        self._open.pop(0)
        self._judgements.append(judgement)
        self._settle()

    def _settle(self) -> None:
        group = groups(self._judgements)
        apart = {
            frozenset((group.get(one.left, one.left), group.get(one.right, one.right)))
            for one in self._judgements
            if one.verdict != "same"
        }
        self._open = [
            (pair, left, right)
            for pair, left, right in self._open
            if len(sides := frozenset((group.get(left, left), group.get(right, right)))) > 1 and sides not in apart
        ]


def _asked(resolution: Resolution) -> Integers:
    """Return the pairs worth asking about, the most informative first, whatever was judged."""
    decided = resolution.decided
    left, right, score = decided.pairs.left, decided.pairs.right, decided.score
    size = np.bincount(decided.cluster, minlength=len(decided.cluster))[decided.cluster]
    is_one = decided.cluster[left] == decided.cluster[right]
    doubtful = (score >= scoring.NO_MATCH_BELOW) & (score < scoring.MATCH_AT)
    overruled = ((score >= scoring.MATCH_AT) & ~is_one) | ((score < scoring.NO_MATCH_BELOW) & is_one)
    asked = np.flatnonzero((doubtful | overruled) & (decided.veto == 0))
    worth = _uncertainty(score[asked]) * np.log2(1 + size[left[asked]] + size[right[asked]])
    order: Integers = asked[np.lexsort((right[asked], left[asked], -worth))]
    return order


def _keys(listings: pa.Table, rows: Integers) -> list[tuple[str, str]]:
    some = listings.select(["source", "source_key"]).take(pa.array(rows))
    return list(zip(some["source"].to_pylist(), some["source_key"].to_pylist(), strict=True))


def _can_be_written(*sides: tuple[str, str]) -> bool:
    """Return whether a file of judgements can name the listings: a source with a colon, or blanks around, it cannot."""
    return all(listing_of(written(side)) == side for side in sides)


def _uncertainty(score: Array) -> Array:
    """Return the entropy of the answer, bits."""
    p = np.clip(score.astype(np.float64), 1e-6, 1 - 1e-6)
    entropy: Array = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return entropy


def _question(resolution: Resolution, pair: int) -> Question:
    decided = resolution.decided
    rows = [int(decided.pairs.left[pair]), int(decided.pairs.right[pair])]
    left, right = resolution.listings.take(pa.array(rows)).to_pylist()
    features = decided.features.of(np.array([pair]))
    shown = [name for name in SHOWN if left.get(name) or right.get(name)]
    return Question(
        left=(left["source"], left["source_key"]),
        right=(right["source"], right["source_key"]),
        score=float(decided.score[pair]),
        is_one_now=bool(decided.cluster[rows[0]] == decided.cluster[rows[1]]),
        fields=tuple((name, _text(left.get(name)), _text(right.get(name))) for name in shown),
        features=tuple(receipts.told(features[:, 0], scoring.contributions(features, scoring.shipped())[0])),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return " | ".join(value) if isinstance(value, list) else str(value)


def record(path: Path, judgement: Judgement) -> None:
    """Append the answer to the file of judgements at once, so that a review can be left and taken up again.

    Raises: BadJudgements when the answer contradicts what the file says, or the file cannot be read or written;
        nothing is written then.
    """
    known = read(path) if path.exists() else ()
    check((*known, judgement))
    try:
        with path.open("a+", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if not file.tell():
                writer.writerow(HEADER)
            elif not path.read_bytes().endswith(b"\n"):
                file.write("\n")
            sides = (written(judgement.left), written(judgement.right))
            writer.writerow([*sides, judgement.verdict, judgement.by, judgement.on.isoformat(), judgement.why])
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadJudgements(f"{path}: {error.strerror}") from None
