"""The frozen figures are those of the model that is shipped."""

from dedupe import scoring
from dedupe.model.frozen_quality import frozen_quality


def test_the_figures_were_measured_with_the_shipped_model() -> None:
    again = "run python -m tests.benchmarks.dedupe.cross_validation --write"
    assert frozen_quality().model_version == scoring.shipped().version, again


def test_the_shipped_model_keeps_what_the_registry_promises() -> None:
    measured = frozen_quality()
    assert measured.f1 >= 0.97
    assert measured.precision >= 0.98
    assert measured.weighted_f1 >= 0.96
