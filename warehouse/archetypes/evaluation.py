"""Classifications and labels to measures: confusion, precision, recall, F1, coverage, calibration, flips."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from warehouse.archetypes import rules
from warehouse.archetypes.classify import classify
from warehouse.archetypes.decision.calibration import expected_error
from warehouse.archetypes.decision.order import UNCLASSIFIED
from warehouse.archetypes.tables import UnusableTable, listings_of, read_table

LABELS = (*rules.ARCHETYPES, UNCLASSIFIED)
FROZEN = "quality.json"
"""The committed run: measures, and id, label, archetype and score of every row; never a text."""


@dataclass(frozen=True)
class Judged:
    """One gold row and what was predicted for it."""

    id: str
    label: str
    alternatives: tuple[str, ...]
    archetype: str
    score: float


@dataclass(frozen=True)
class ClassMeasure:
    """How one label fares."""

    label: str
    labelled: int
    predicted: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """The measures of one run over labelled rows."""

    rows: tuple[Judged, ...]
    accuracy: float
    accuracy_with_alternative: float
    macro_f1: float
    coverage: float
    calibration_error: float
    classes: tuple[ClassMeasure, ...]
    confusion: Mapping[tuple[str, str], int]
    flipped: tuple[tuple[str, str, str], ...]
    """Rows whose archetype changed since the committed run: id, then, now."""


def evaluate_gold(gold: Path) -> Evaluation:
    """Return the measures on a CSV or Parquet table with `id, name, label` and optionally `alt` ("3/5").

    Raises: UnusableTable when a column is missing, an id repeats or a label is none of the seven.
    """
    table, _ = read_table(gold, also=("label", "alt"))
    if "label" not in table.column_names:
        raise UnusableTable(f"{gold}: no column label")
    labels = {}
    for row in table.to_pylist():
        if row["label"] not in LABELS:
            raise UnusableTable(f"{gold}: {row['id']}: label {row['label']!r} is none of {', '.join(LABELS)}")
        if row["id"] in labels:
            raise UnusableTable(f"{gold}: id {row['id']} stands there twice")
        labels[row["id"]] = (row["label"], tuple(alt for alt in (row.get("alt") or "").split("/") if alt))
    predicted = classify(listings_of(table)).select(["lab_id", "archetype", "score"]).to_pylist()
    judged = [Judged(row["lab_id"], *labels[row["lab_id"]], row["archetype"], row["score"]) for row in predicted]
    return measure(judged, frozen_archetypes())


def measure(judged: Sequence[Judged], before: Mapping[str, str]) -> Evaluation:
    """Return the measures of judged rows; `before` gives the archetypes of an earlier run by id."""
    total = len(judged)
    is_right = [row.archetype == row.label for row in judged]
    confusion = Counter((row.label, row.archetype) for row in judged)
    classes = tuple(_class_measure(label, confusion) for label in LABELS)
    present = [row for row in classes if row.labelled]
    return Evaluation(
        rows=tuple(judged),
        accuracy=_share(sum(is_right), total),
        accuracy_with_alternative=_share(sum(row.archetype in {row.label, *row.alternatives} for row in judged), total),
        macro_f1=_share(sum(row.f1 for row in present), len(present)),
        coverage=_share(sum(row.archetype != UNCLASSIFIED for row in judged), total),
        calibration_error=round(expected_error([row.score for row in judged], is_right), 4) if judged else 0.0,
        classes=classes,
        confusion=dict(confusion),
        flipped=tuple(
            (row.id, before[row.id], row.archetype)
            for row in judged
            if row.id in before and before[row.id] != row.archetype
        ),
    )


def _class_measure(label: str, confusion: Mapping[tuple[str, str], int]) -> ClassMeasure:
    right = confusion.get((label, label), 0)
    labelled = sum(count for (gold, _), count in confusion.items() if gold == label)
    predicted = sum(count for (_, said), count in confusion.items() if said == label)
    return ClassMeasure(
        label,
        labelled,
        predicted,
        _share(right, predicted),
        _share(right, labelled),
        _share(2 * right, labelled + predicted),
    )


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def render(evaluation: Evaluation) -> str:
    """Return the measures as text: one line of figures, the classes, the confusion matrix, the flips."""
    head = (
        f"{len(evaluation.rows)} labs  accuracy {evaluation.accuracy:.3f}  "
        f"with alternative {evaluation.accuracy_with_alternative:.3f}  macro-F1 {evaluation.macro_f1:.3f}  "
        f"coverage {evaluation.coverage:.3f}  calibration error {evaluation.calibration_error:.3f}"
    )
    lines = [head, "", f"{'label':14}{'labelled':>9}{'predicted':>10}{'precision':>10}{'recall':>8}{'F1':>7}"]
    lines += [
        f"{row.label:14}{row.labelled:9}{row.predicted:10}{row.precision:10.2f}{row.recall:8.2f}{row.f1:7.2f}"
        for row in evaluation.classes
    ]
    lines += ["", "labelled as / predicted as", " " * 14 + "".join(f"{label[:5]:>7}" for label in LABELS)]
    lines += [
        f"{gold:14}" + "".join(f"{evaluation.confusion.get((gold, said), 0):7}" for said in LABELS) for gold in LABELS
    ]
    lines += ["", f"flipped since the committed run: {len(evaluation.flipped)}"]
    lines += [f"  {row}: {then} -> {now}" for row, then, now in evaluation.flipped]
    return "\n".join(lines)


def frozen() -> Mapping[str, Any]:
    """Return the committed run; an empty mapping before the first."""
    file = resources.files(__package__).joinpath(FROZEN)
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def frozen_archetypes() -> dict[str, str]:
    """Return the archetypes of the committed run by gold id."""
    return {row["id"]: row["archetype"] for row in frozen().get("rows", ())}


def quality() -> dict[str, Any]:
    """Return the committed measures for the manifest (`quality.archetypes`), without rows."""
    return {name: value for name, value in frozen().items() if name != "rows"}


def freeze(evaluation: Evaluation, cross_validated: Mapping[str, Any]) -> str:
    """Return the run as the text of quality.json: measures and ids, no texts."""
    rows = [
        {"id": row.id, "label": row.label, "archetype": row.archetype, "score": row.score} for row in evaluation.rows
    ]
    run = {
        "rules_version": rules.version(),
        "labelled": len(evaluation.rows),
        "accuracy": evaluation.accuracy,
        "accuracy_with_alternative": evaluation.accuracy_with_alternative,
        "macro_f1": evaluation.macro_f1,
        "coverage": evaluation.coverage,
        "calibration_error": evaluation.calibration_error,
        "cross_validated": dict(cross_validated),
        "classes": [asdict(row) for row in evaluation.classes],
        "confusion": [[gold, said, count] for (gold, said), count in sorted(evaluation.confusion.items())],
        "rows": rows,
    }
    return json.dumps(run, indent=1, ensure_ascii=False) + "\n"
