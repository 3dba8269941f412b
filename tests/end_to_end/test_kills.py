"""A run killed at any moment leaves latest.json on a complete snapshot, and the next run finishes the week."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running import ROOT, Labs

pytestmark = pytest.mark.xdist_group("sample")
WEEK = ("--from-week", "2026-W41", "--to-week", "2026-W41", "--replay", "crawlers/sample/archive")


def require_complete(warehouse: Path) -> str:
    """Return the week latest.json names, having checked every file of its editions against their manifests."""
    latest = json.loads((warehouse / "v1" / "latest.json").read_text("utf-8"))
    for pointer in latest["editions"].values():
        folder = warehouse / "v1" / pointer["path"]
        manifest = (folder / "manifest.json").read_bytes()
        assert hashlib.sha256(manifest).hexdigest() == pointer["manifest_sha256"]
        for file in json.loads(manifest)["files"]:
            assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    return str(latest["iso_week"])


@pytest.fixture(scope="module")
def first_week(labs: Labs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("first") / "data"
    week = ("--from-week", "2026-W40", "--to-week", "2026-W40", "--replay", "crawlers/sample/archive")
    done = labs("backfill", *week, "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return warehouse


def _kill_while_it_runs(warehouse: Path, environment: dict[str, str], after: float) -> None:
    command = [sys.executable, "-m", "flows.cli", "backfill", *WEEK, "--warehouse", str(warehouse)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    started = time.monotonic()
    lake = warehouse / "lake" / "listings" / "week=2026-W41"
    # Prefect's start is not what is to be hit: the clock of the kill begins with the first table of the week.
    while process.poll() is None and not lake.exists() and time.monotonic() - started < 120:
        time.sleep(0.05)
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 42))])
def test_a_killed_run_leaves_a_complete_snapshot_and_the_next_finishes(
    seed: int, *, first_week: Path, sample: Path, labs: Labs, environment: dict[str, str], tmp_path: Path
) -> None:
    warehouse = tmp_path / "data"
    shutil.copytree(first_week, warehouse)
    _kill_while_it_runs(warehouse, environment, after=random.Random(seed).uniform(0, 2.5))  # noqa: S311
    assert require_complete(warehouse) in {"2026-W40", "2026-W41"}
    done = labs("backfill", *WEEK, "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    assert require_complete(warehouse) == "2026-W41"
    week = "v1/snapshots/snapshot_date=2026-10-05/edition=full"
    for path in (sample / week).glob("*.parquet"):
        assert (warehouse / week / path.name).read_bytes() == path.read_bytes()
