"""Decided pairs to the matches table, and a match to what each feature contributed."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import rules, scoring
from dedupe.comparison import FEATURES
from dedupe.judgements import Judgement
from dedupe.keys.text import Array
from dedupe.last_week.inertia import SAID
from warehouse.schema import Match

if TYPE_CHECKING:
    from dedupe.resolve import Decided

REASONS = 4
"""Contributions told in a receipt, largest first."""

TELLING = 1e-4
"""Scores are written with six digits: nearer than this to 0 or 1 they do not tell the log-odds to a tenth."""

BATCH = 1 << 18
"""Pairs written at a time: what bounds the memory of the receipts of a million listings."""


def matches(listings: pa.Table, decided: "Decided", judgements: Sequence[Judgement] = ()) -> pa.Table:
    """Return the matches table of the decided pairs of listings in canonical order."""
    batches = list(match_batches(listings, decided, judgements))
    return pa.concat_tables(batches) if batches else Match.arrow_schema().empty_table()


def match_batches(listings: pa.Table, decided: "Decided", judgements: Sequence[Judgement] = ()) -> Any:
    """Yield the matches table in parts, in its order."""
    for start in range(0, len(decided.pairs), BATCH):
        yield _batch(listings, decided, judgements, slice(start, start + BATCH))


def _batch(listings: pa.Table, decided: "Decided", judgements: Sequence[Judgement], rows: slice) -> pa.Table:
    left, right = pa.array(decided.pairs.left[rows]), pa.array(decided.pairs.right[rows])
    features = decided.features.of(rows)
    score, veto, judged = decided.score[rows], decided.veto[rows], decided.judged[rows]
    score = np.where(veto > 0, np.float32(0), score)
    verdict = scoring.verdicts(score)
    decided_by = np.array(["model", *scoring.VETOES[1:]], dtype=object)[veto]
    words = {"same": "match", "different": "no_match", "unsure": "unsure"}
    for row in np.flatnonzero(judged >= 0):
        judgement = judgements[judged[row]]
        verdict[row], decided_by[row] = words[judgement.verdict], f"judgement: {judgement.by}"
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "left_source": listings["source"].take(left),
        "left_source_key": listings["source_key"].take(left),
        "right_source": listings["source"].take(right),
        "right_source_key": listings["source_key"].take(right),
        "rule": _rule_names(decided.pairs.rules[rows]),
        "score": np.round(score.astype(np.float64), 6),
        "verdict": verdict,
        "decided_by": decided_by,
        "reasons": _reasons(features, np.flatnonzero(verdict != "no_match")),
        "model_version": pa.array([scoring.shipped().version] * len(score)),
    }
    for number, name in enumerate(FEATURES):
        values = features[number].astype(np.float64)
        columns[name] = pa.array(values, mask=np.isnan(values))
    schema = Match.arrow_schema()
    return pa.table([pa.array(columns[field.name], field.type) if isinstance(columns[field.name], np.ndarray)
                     else columns[field.name].cast(field.type) for field in schema], schema=schema)  # fmt: skip


def _rule_names(masks: Array) -> pa.Array:
    """Return the name of the first rule of each pair."""
    names = pa.array(list(rules.REASONS))
    return names.take(pa.array(np.log2(masks & -masks).astype(np.int64)))


def _reasons(features: Array, rows: Array) -> pa.Array:
    """Return the largest contributions to the score of the pairs at those rows, as text; null for all others."""
    if not len(rows):
        return pa.nulls(features.shape[1], pa.string())
    contribution = scoring.contributions(features[:, rows], scoring.shipped())
    largest = _largest(np.abs(contribution))
    tenths = np.rint(np.take_along_axis(contribution, largest, axis=1) * 10).astype(np.int64)
    low, high = int(tenths.min()), int(tenths.max())
    amounts = pa.array([f" {value / 10:+.1f}" for value in range(low, high + 1)])
    names = pa.array(list(FEATURES))
    parts = []
    for place in range(REASONS):
        parts += [names.take(pa.array(largest[:, place])), amounts.take(pa.array(tenths[:, place] - low))]
        parts.append(pa.scalar("; " if place + 1 < REASONS else ""))
    place_of = np.full(features.shape[1], -1, dtype=np.int64)
    place_of[rows] = np.arange(len(rows))
    return pc.binary_join_element_wise(*parts, "").take(pa.array(place_of, mask=place_of < 0))


def _largest(amounts: Array) -> Array:
    """Return the columns of the `REASONS` largest amounts of each row, the larger first, of equal ones the first."""
    rest, rows = amounts.copy(), np.arange(len(amounts))
    largest = np.empty((len(amounts), REASONS), dtype=np.int64)
    for place in range(REASONS):
        largest[:, place] = rest.argmax(axis=1)
        rest[rows, largest[:, place]] = -1
    return largest


def explain(match: Mapping[str, Any]) -> list[tuple[str, float | None, float]]:
    """Return each feature of a row of `matches` with its value and its contribution in log-odds, largest first.

    Raises: ValueError when the row was scored by another model than the committed one.
    """
    model = scoring.shipped()
    if match["model_version"] != model.version:
        raise ValueError(f"scored by model {match['model_version']}, this is {model.version}")
    values = np.array([np.nan if match[name] is None else match[name] for name in FEATURES], dtype=np.float32)
    return told(values, scoring.contributions(values[:, None], model)[0])


def last_week(match: Mapping[str, Any]) -> float:
    """Return what last week added to the log-odds of a row of `matches`; 0 where the score is too near 0 or 1 to tell.

    Raises: ValueError when the row was scored by another model than the committed one.
    """
    added = sum(weight for _, _, weight in explain(match))
    score = match["score"]
    if match["decided_by"] != "model" or not TELLING < score < 1 - TELLING:
        return 0.0
    rest = math.log(score / (1 - score)) - scoring.start(scoring.shipped()) - added
    return min(SAID, key=lambda said: abs(said - rest))


def told(values: Array, contribution: Array) -> list[tuple[str, float | None, float]]:
    """Return each feature with its value (None where missing) and its contribution, largest first."""
    numbers = (None if np.isnan(value) else float(value) for value in values)
    rows = zip(FEATURES, numbers, contribution.tolist(), strict=True)
    return sorted(rows, key=lambda row: -abs(row[2]))
