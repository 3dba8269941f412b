"""A fictional network lives, and fails in every way it can: each verdict is right, no lab is lost, every id stays."""

from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.end_to_end.conftest import HalfAYear, simulate
from tests.simulation.campaign import Campaign, campaign, run_by_stages
from tests.simulation.incidents import KINDS, Script
from tests.simulation.scripts import HALF_A_YEAR, SHORT, drawn
from tests.simulation.truth import Truth

MEBIBYTE = 1 << 20


def hold(weeks: Campaign, *, is_asked: bool) -> None:
    """Run every week of the script and hold it against the truth."""
    truth = Truth(weeks)
    for number in range(weeks.script.weeks):
        outcome = run_by_stages(weeks.begin(number), weeks.sites, is_asked=is_asked)
        require(truth, weeks.script, number, outcome)


def require(truth: Truth, script: Script, number: int, outcome: str) -> None:
    """Assert that a week ended as it must."""
    if script.is_held(number):
        truth.require_held(number, outcome)
    else:
        assert outcome == "published", f"week {number}: {outcome}"
        truth.require_published(number)


def test_many_incidents_meet_in_three_weeks(tmp_path: Path) -> None:
    with campaign(1, SHORT, tmp_path) as weeks:
        hold(weeks, is_asked=True)


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_drawn_script_is_a_hard_one(seed: int) -> None:
    script = drawn(seed)
    assert {one.kind for one in script.incidents} == KINDS.keys()
    at_once = [sum(one.holds(week) for one in script.incidents) for week in range(script.weeks)]
    assert max(at_once) >= 4


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 9))
def test_half_a_year_drawn_by_lot(seed: int, tmp_path: Path) -> None:
    with campaign(seed, drawn(seed), tmp_path) as weeks:
        hold(weeks, is_asked=False)


def require_told(told: list[dict[str, Any]], weeks: Campaign) -> None:
    """Assert that refreshes that have run ended as they must, and that the process that ran them did not grow."""
    truth = Truth(weeks)
    assert len(told) == weeks.script.weeks
    for number, week in enumerate(told):
        require(truth, weeks.script, number, week["why"] if week["result"] == "held" else week["result"])
    memory = [week["rss"] for week in told]
    assert median(memory[-5:]) < median(memory[5:10]) + 40 * MEBIBYTE, [rss // MEBIBYTE for rss in memory]


@pytest.mark.soak
def test_half_a_year_of_refreshes(half_a_year: HalfAYear) -> None:
    with campaign(1, HALF_A_YEAR, half_a_year.folder) as weeks:
        require_told(half_a_year.told, weeks)


@pytest.mark.soak
def test_half_a_year_of_refreshes_that_nothing_was_tuned_on(environment: dict[str, str], tmp_path: Path) -> None:
    told = simulate(environment, tmp_path, "--seed", "2", "--script", "20")
    with campaign(2, drawn(20), tmp_path) as weeks:
        require_told(told, weeks)
