"""A decision to the probability that it is right: a small logistic model, its coefficients in calibration.toml."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from warehouse.archetypes.decision.order import UNCLASSIFIED, Decision

MOST_MARGIN = 4.0
"""Points of lead beyond which more says nothing."""
DISAGREEMENT = 0.8
"""Log-odds a listing takes that alone would give another archetype. Not fitted: the gold has one listing a lab.
It moves 0.8 to 0.64, about what a gold row with a declared alternative is worth."""
TIE_BREAKS = frozenset({"T1", "T1 science centre", "T3", "T7", "T9", "ruling 4", "ruling 5", "ruling 8", "ruling 13"})
"""Rules the codebook itself trusts less (confidence of at most 0.6)."""
SMOOTHING = 0.05
"""Share of gold labels held wrong while fitting: two annotators agree on 84 %, and the rules were written with the
gold in view, so that what fits it promises too much."""
RIDGE = 1.0
"""Penalty on every coefficient but the intercept: 146 rows, nine features."""

FEATURES = ("margin", "operator", "functions", "audience", "community", "score", "tie_break", "no_words", "thin", "tie")


def features(decision: Decision) -> dict[str, float]:
    """Return the features of a decision, each 0-1."""
    abstains = decision.archetype == UNCLASSIFIED
    return {
        "margin": 0.0 if abstains else min(decision.margin, MOST_MARGIN) / MOST_MARGIN,
        **{step: float(not abstains and decision.step == step) for step in FEATURES[1:6]},
        "tie_break": float(not abstains and decision.codebook_rule in TIE_BREAKS),
        "no_words": float(decision.reason in {"name_only", "hors_champ", "planned"}),
        "thin": float(decision.reason == "thin"),
        "tie": float(decision.reason == "tie"),
    }


@cache
def coefficients() -> Mapping[str, float]:
    """Return the committed coefficients."""
    read = tomllib.loads(resources.files(__package__).joinpath("calibration.toml").read_text("utf-8"))
    return {name: float(value) for name, value in read["coefficients"].items()}


def score(decision: Decision, *, disagreeing: int = 0, model: Mapping[str, float] | None = None) -> float:
    """Return the calibrated score of a decision, 0-1, two decimals."""
    weights = coefficients() if model is None else model
    logit = weights["intercept"] - DISAGREEMENT * disagreeing
    logit += sum(weights[name] * value for name, value in features(decision).items())
    return round(1.0 / (1.0 + math.exp(-logit)), 2)


def fit(decisions: Sequence[Decision], is_right: Sequence[bool]) -> dict[str, float]:
    """Return the coefficients that fit: ridge logistic regression by Newton's method."""
    rows = np.array([[1.0, *features(decision).values()] for decision in decisions])
    target = np.where(np.array(is_right), 1.0 - SMOOTHING, SMOOTHING)
    penalty = np.diag([0.0, *[RIDGE] * len(FEATURES)])
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        expected = 1.0 / (1.0 + np.exp(-rows @ weights))
        gradient = rows.T @ (target - expected) - penalty @ weights
        curvature = (rows * (expected * (1.0 - expected))[:, None]).T @ rows + penalty
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return dict(zip(("intercept", *FEATURES), (float(weight) for weight in weights), strict=True))


def expected_error(scores: Sequence[float], is_right: Sequence[bool], bins: int = 5) -> float:
    """Return the expected calibration error: the mean gap of score and accuracy over equal bins, by their size."""
    total = len(scores)
    gap = 0.0
    for low in range(bins):
        inside = [i for i, value in enumerate(scores) if min(int(value * bins), bins - 1) == low]
        if inside:
            mean = sum(scores[i] for i in inside) / len(inside)
            accuracy = sum(is_right[i] for i in inside) / len(inside)
            gap += abs(mean - accuracy) * len(inside) / total
    return gap
