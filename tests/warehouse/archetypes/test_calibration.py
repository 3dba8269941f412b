from dataclasses import replace

import pytest

from warehouse.archetypes.decision import calibration
from warehouse.archetypes.decision.calibration import FEATURES, expected_error, features, fit, score
from warehouse.archetypes.decision.order import Decision

HOSTED = Decision("1", "operator", "gate 1d", "3", 3.0, {}, ())
NARROW = Decision("3", "score", "step 5", "1", 0.5, {}, ())
THIN = Decision("unclassified", "score", "step 5", None, 0.0, {}, (), "3", "thin")


def test_a_clear_host_scores_above_a_narrow_lead() -> None:
    assert score(HOSTED) > score(NARROW)


def test_every_disagreeing_listing_lowers_the_score() -> None:
    assert score(HOSTED) > score(HOSTED, disagreeing=1) > score(HOSTED, disagreeing=2)


def test_a_larger_lead_never_lowers_the_score() -> None:
    scores = [score(replace(HOSTED, margin=margin)) for margin in (0.0, 1.0, 2.0, 4.0, 9.0)]
    assert scores == sorted(scores)


def test_an_abstention_has_a_score_of_its_own_and_no_margin() -> None:
    assert features(THIN)["thin"] == 1.0
    assert features(THIN)["margin"] == features(THIN)["score"] == 0.0
    assert 0 < score(THIN) < 1


def test_the_committed_coefficients_are_those_of_the_features() -> None:
    assert set(calibration.coefficients()) == {"intercept", *FEATURES}


def test_a_fit_separates_what_is_right_from_what_is_wrong() -> None:
    model = fit([HOSTED] * 30 + [NARROW] * 30, [True] * 30 + [False] * 30)
    assert score(HOSTED, model=model) > 0.8
    assert score(NARROW, model=model) < 0.25


def test_a_fit_of_always_right_does_not_promise_certainty() -> None:
    model = fit([HOSTED] * 100, [True] * 100)
    assert score(HOSTED, model=model) == pytest.approx(1 - calibration.SMOOTHING, abs=0.02)


def test_expected_error_is_the_mean_gap_of_the_bins() -> None:
    assert expected_error([0.8] * 10, [True] * 8 + [False] * 2) == pytest.approx(0.0)
    assert expected_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)
    assert expected_error([1.0, 0.0], [True, False]) == pytest.approx(0.0)
