"""Labelled real pairs come out right end to end; a pair that flips shows in the frozen list."""

import re
from pathlib import Path

import pytest

from dedupe.model import evaluation
from dedupe.rules import RULE_NAMES

pytestmark = pytest.mark.shared

FROZEN = Path(__file__).with_name("gold_misses.csv")


@pytest.fixture(scope="module")
def gold(shared: Path) -> evaluation.Evaluation:
    return evaluation.run(shared / "data/gold/lab_listings.parquet", shared / "data/gold/lab_pairs.csv")


def test_precision_and_f1_stand(gold: evaluation.Evaluation) -> None:
    """In sample: what the model was fitted on. Cross-validated: dedupe/model/quality.json."""
    assert gold.score.precision >= 0.99
    assert gold.score.f1 >= 0.985
    assert gold.weighted.f1 >= 0.98
    assert gold.unsure == 9


def test_blocking_finds_the_pairs_that_are_one_lab(gold: evaluation.Evaluation) -> None:
    assert gold.rules["any"] >= 0.99
    assert set(gold.rules) == {"any", *RULE_NAMES}


def test_no_pair_flips_unseen(gold: evaluation.Evaluation, is_accepting: bool) -> None:
    lines = sorted(
        f"{miss['label']},{miss['source_a']},{miss['source_key_a']},{miss['source_b']},{miss['source_key_b']}"
        for miss in gold.misses
    )
    if is_accepting:
        FROZEN.write_text("\n".join(["label,source_a,source_key_a,source_b,source_key_b", *lines]) + "\n")
    assert FROZEN.read_text(encoding="utf-8").splitlines()[1:] == lines


def test_every_miss_is_told_with_its_features(gold: evaluation.Evaluation) -> None:
    told = evaluation.lines(gold)[-len(gold.misses) :]
    compared = [line for line, miss in zip(told, gold.misses, strict=True) if miss["match"]]
    assert compared
    weights = [re.findall(r" [+-][0-9]+\.[0-9](?:;|$)", line) for line in compared]
    assert all(len(own) == evaluation.FEATURES_TOLD for own in weights)
    assert all("no rule found it" in line for line in told if line not in compared)
