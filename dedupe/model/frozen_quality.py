"""How well the shipped model matches, as it was measured and frozen beside it."""

import json
from dataclasses import dataclass
from importlib import resources

FROZEN = "quality.json"


@dataclass(frozen=True)
class Frozen:
    """Figures over labelled real pairs, cross-validated by connected component, end to end; shares 0-1.

    `python -m tests.benchmarks.dedupe.cross_validation --write` measures and writes them.

    Attributes:
        model_version: Version of the model that was shipped when they were measured.
        folds, pairs: How many.
        precision, recall, f1: Unweighted.
        f1_low, f1_high: 95 % interval of F1.
        weighted_f1: With each pair's stratum weight.
    """

    model_version: str
    folds: int
    pairs: int
    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    weighted_f1: float


def frozen_quality() -> Frozen:
    """Return the committed figures."""
    path = resources.files("dedupe") / "model" / FROZEN
    return Frozen(**json.loads(path.read_text(encoding="utf-8")))
