"""Labelled labs to honest figures: what was fitted is fitted without the rows it is measured on.

Only the calibration is fitted; rules, words and thresholds come from the codebook and are the same in every fold. What
a hand-set table can still hide is shown by shaking it: the accuracy when every weight is off by up to a fifth.
`python -m warehouse.archetypes.measures.crossvalidation GOLD.csv` prints the figures; `--write` commits the
calibration and the run (calibration.toml, quality.json).
"""

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from warehouse.archetypes import evaluation, rules
from warehouse.archetypes.classify import decide_lab
from warehouse.archetypes.decision import calibration
from warehouse.archetypes.decision.order import Decision
from warehouse.archetypes.tables import UnusableTable, listings_of, read_table

FOLDS = 10
SEEDS = (0, 1, 2, 3, 4)
SHAKES = 20
SHAKE_SHARE = 0.2
"""How far a weight is moved, up or down: more than two people filling the table in would differ."""


def out_of_fold_scores(decisions: Sequence[Decision], is_right: Sequence[bool], seed: int) -> list[float]:
    """Return the score of every row from a calibration fitted on the other folds."""
    order = list(range(len(decisions)))
    random.Random(seed).shuffle(order)  # noqa: S311  # folds, no secret
    scores = [0.0] * len(decisions)
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        kept = sorted(set(order) - set(held))
        model = calibration.fit([decisions[row] for row in kept], [is_right[row] for row in kept])
        for row in held:
            scores[row] = calibration.score(decisions[row], model=model)
    return scores


def shaken_accuracy(listings: Sequence[Mapping[str, Any]], labels: Sequence[str], seed: int) -> float:
    """Return the accuracy with every weight of the rule table multiplied by a random factor near one."""
    draw = random.Random(seed)  # noqa: S311  # repeatable, no secret
    shaken = {
        signal: tuple(
            rule._replace(weight=rule.weight * draw.uniform(1 - SHAKE_SHARE, 1 + SHAKE_SHARE)) for rule in table
        )
        for signal, table in rules.load().items()
    }
    found = [decide_lab([dict(listing)], shaken).archetype for listing in listings]
    return mean(archetype == label for archetype, label in zip(found, labels, strict=True))


def cross_validate(gold: Path) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the cross-validated figures and the calibration fitted on all rows."""
    table, _ = read_table(gold, also=("label", "alt"))
    listings = listings_of(table).to_pylist()
    labels = table["label"].to_pylist()
    decisions = [decide_lab([listing]) for listing in listings]
    is_right = [decision.archetype == label for decision, label in zip(decisions, labels, strict=True)]
    errors = [calibration.expected_error(out_of_fold_scores(decisions, is_right, seed), is_right) for seed in SEEDS]
    shaken = [shaken_accuracy(listings, labels, seed) for seed in range(SHAKES)]
    figures = {
        "folds": FOLDS,
        "seeds": len(SEEDS),
        "accuracy": round(mean(is_right), 4),
        "calibration_error": round(mean(errors), 4),
        "worst_calibration_error": round(max(errors), 4),
        "shaken_accuracy": round(mean(shaken), 4),
        "worst_shaken_accuracy": round(min(shaken), 4),
    }
    return figures, calibration.fit(decisions, is_right)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; with --write commit them. Return the exit status."""
    parser = argparse.ArgumentParser(prog="crossvalidation", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--write", action="store_true", help="commit calibration.toml and quality.json")
    asked = parser.parse_args(arguments)
    try:
        figures, model = cross_validate(asked.gold)
        if asked.write:
            _write(asked.gold, figures, model)
        result = evaluation.evaluate_gold(asked.gold)
    except UnusableTable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lines = [f"{name}: {value}" for name, value in figures.items()]
    sys.stdout.write("cross-validated\n" + "\n".join(lines) + "\n\n" + evaluation.render(result) + "\n")
    return 0


def _write(gold: Path, figures: dict[str, Any], model: dict[str, float]) -> None:
    room = Path(__file__).parents[1]
    lines = [f"{name} = {value:.3f}" for name, value in model.items()]
    (room / "decision" / "calibration.toml").write_text(
        "# Written by `python -m warehouse.archetypes.measures.crossvalidation GOLD.csv --write`; see calibration.py.\n"
        "[coefficients]\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    calibration.coefficients.cache_clear()
    rules.version.cache_clear()
    (room / evaluation.FROZEN).write_text(evaluation.freeze(evaluation.evaluate_gold(gold), figures), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
