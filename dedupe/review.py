"""Resolved listings to the pairs a person should look at, most informative first; a person's answers to judgements."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe import receipts, scoring
from dedupe.judgements import HEADER, Judgement, Verdict, check, groups, read
from dedupe.resolve import Resolution
from dedupe.text import Array

SHOWN = (
    "name",
    "alt_names",
    "street",
    "address",
    "postcode",
    "city",
    "country_code",
    "website",
    "email",
    "phone",
    "links",
)
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


def questions(resolution: Resolution, limit: int) -> list[Question]:
    """Return at most `limit` pairs to judge, the most informative first.

    A pair is asked when its score lies between the thresholds, or when the clustering went against its score; not when
    judgements answer it already, themselves or through other listings. Informative is a pair whose score is near one
    half and whose answer decides over many listings.
    """
    decided = resolution.decided
    left, right, score = decided.pairs.left, decided.pairs.right, decided.score
    size = np.bincount(decided.cluster, minlength=len(decided.cluster))[decided.cluster]
    is_one = decided.cluster[left] == decided.cluster[right]
    doubtful = (score >= scoring.NO_MATCH_BELOW) & (score < scoring.MATCH_AT)
    overruled = ((score >= scoring.MATCH_AT) & ~is_one) | ((score < scoring.NO_MATCH_BELOW) & is_one)
    asked = np.flatnonzero((doubtful | overruled) & (decided.judged < 0) & (decided.veto == 0))
    worth = _uncertainty(score[asked]) * np.log2(1 + size[left[asked]] + size[right[asked]])
    order = asked[np.lexsort((right[asked], left[asked], -worth))]
    group, apart = groups(resolution.judgements), _apart(resolution.judgements)
    found: list[Question] = []
    for pair in order.tolist():
        question = _question(resolution, pair, bool(is_one[pair]))
        sides = (group.get(question.left, question.left), group.get(question.right, question.right))
        if sides[0] != sides[1] and frozenset(sides) not in apart:
            found.append(question)
        if len(found) == limit:
            break
    return found


def _uncertainty(score: Array) -> Array:
    """Return the entropy of the answer, bits."""
    p = np.clip(score.astype(np.float64), 1e-6, 1 - 1e-6)
    entropy: Array = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return entropy


def _apart(judgements: Sequence[Judgement]) -> set[frozenset[Any]]:
    """Return the pairs of groups of listings that some judgement keeps apart."""
    group = groups(judgements)
    return {
        frozenset((group.get(one.left, one.left), group.get(one.right, one.right)))
        for one in judgements
        if one.verdict != "same"
    }


def _question(resolution: Resolution, pair: int, is_one_now: bool) -> Question:
    decided = resolution.decided
    rows = [int(decided.pairs.left[pair]), int(decided.pairs.right[pair])]
    left, right = resolution.listings.take(pa.array(rows)).to_pylist()
    model = scoring.shipped()
    features = decided.features[:, [pair]]
    told = receipts.told(features[:, 0], scoring.contributions(features, model)[0])
    shown = [name for name in SHOWN if left.get(name) or right.get(name)]
    return Question(
        left=(left["source"], left["source_key"]),
        right=(right["source"], right["source_key"]),
        score=float(decided.score[pair]),
        is_one_now=is_one_now,
        fields=tuple((name, _text(left.get(name)), _text(right.get(name))) for name in shown),
        features=tuple(told),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return " | ".join(value) if isinstance(value, list) else str(value)


def record(path: Path, judgement: Judgement) -> None:
    """Append the answer to the file of judgements at once, so that a review can be left and taken up again.

    Raises: BadJudgements when the answer contradicts what the file says; nothing is written then.
    """
    known = read(path) if path.exists() else ()
    check((*known, judgement))
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(HEADER)
        sides = (":".join(judgement.left), ":".join(judgement.right))
        writer.writerow([*sides, judgement.verdict, judgement.by, judgement.on.isoformat(), judgement.why])
        file.flush()
        os.fsync(file.fileno())
