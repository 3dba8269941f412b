"""Warehouses that are made once and copied: the first week of the sample, and half a year of the simulation."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, Labs

ARCHIVE = "crawlers/sample/archive"


@pytest.fixture(scope="session")
def first_week(labs: Labs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds 2026-W40; copy it before it is written."""
    warehouse = tmp_path_factory.mktemp("first") / "data"
    week = ("--from-week", "2026-W40", "--to-week", "2026-W40", "--replay", ARCHIVE)
    done = labs("backfill", *week, "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return warehouse


@pytest.fixture
def own_temp(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of runs whose temporary files stand in a folder of their own, so that what is left is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return environment | {"TMPDIR": str(folder)}


@dataclass(frozen=True)
class HalfAYear:
    """What the simulation left in its folder, and what it said of each week."""

    folder: Path
    told: list[dict[str, Any]]


@pytest.fixture(scope="session")
def half_a_year(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> HalfAYear:
    """Half a year told by hand, refreshed week by week; some minutes."""
    folder = tmp_path_factory.mktemp("half-a-year")
    return HalfAYear(folder, simulate(environment, folder))


def simulate(environment: dict[str, str], folder: Path, *options: str) -> list[dict[str, Any]]:
    """Run the simulation to its end and return what it says of each week."""
    command = [sys.executable, "-m", "tests.simulation", str(folder), *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
