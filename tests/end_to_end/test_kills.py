"""A run killed at any moment leaves latest.json on a complete snapshot, and the next run finishes the week."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.end_to_end.finishing import await_work, require_complete, require_finished, start
from tests.running import Labs

pytestmark = pytest.mark.xdist_group("sample")


def _kill_while_it_runs(warehouse: Path, environment: dict[str, str], after: float) -> None:
    process = start(warehouse, environment)
    await_work(warehouse, process)
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 42))])
def test_a_killed_run_leaves_a_complete_snapshot_and_the_next_finishes(
    seed: int, *, first_week: Path, sample: Path, labs: Labs, own_temp: dict[str, str], tmp_path: Path
) -> None:
    warehouse = tmp_path / "data"
    shutil.copytree(first_week, warehouse)
    _kill_while_it_runs(warehouse, own_temp, after=random.Random(seed).uniform(0, 2.5))  # noqa: S311
    assert require_complete(warehouse) in {"2026-W40", "2026-W41"}
    require_finished(warehouse, sample, labs, own_temp)
