"""A fictional network lives, and fails in every way it can: each verdict is right, no lab is lost, every id stays."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.running import ROOT
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


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "script"), [(1, None), (2, 20)])
def test_half_a_year_of_refreshes(seed: int, script: int | None, environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.simulation", str(tmp_path), "--seed", str(seed)]
    command += ["--script", str(script)] if script is not None else []
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    with campaign(seed, HALF_A_YEAR if script is None else drawn(script), tmp_path) as weeks:
        truth = Truth(weeks)
        assert len(told) == weeks.script.weeks
        for number, week in enumerate(told):
            require(truth, weeks.script, number, week["why"] if week["result"] == "held" else week["result"])
    memory = [week["rss"] for week in told]
    assert median(memory[-5:]) < median(memory[5:10]) + 40 * MEBIBYTE, [rss // MEBIBYTE for rss in memory]
