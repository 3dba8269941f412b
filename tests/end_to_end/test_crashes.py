"""Two runs at once, a killed worker, a killed server, a full disk: nothing is lost, and the next run finishes."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.end_to_end import finishing
from tests.prefect_server import PREFECT, own_server, stop
from tests.prefect_server import start as start_prefect
from tests.running import ROOT, Labs

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("crashes")]


@pytest.fixture
def warehouse(first_week: Path, tmp_path: Path) -> Path:
    """A warehouse of one week, to be spoilt."""
    return Path(shutil.copytree(first_week, tmp_path / "data"))


def test_of_two_runs_at_once_one_publishes_and_the_other_is_told(
    warehouse: Path, sample: Path, environment: dict[str, str]
) -> None:
    both = [finishing.start(warehouse, environment) for _ in range(2)]
    told = [process.communicate(timeout=600) for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes, told
    for code, (out, errors) in zip(codes, told, strict=True):
        assert code == 0 or (code == 1 and "is writing it" in errors.splitlines()[-1]), errors
        assert code == 1 or "published" in out or "unchanged" in out
    finishing.require_same(warehouse, sample)


def test_a_killed_server_ends_the_run_in_one_line(
    warehouse: Path, sample: Path, labs: Labs, own_temp: dict[str, str], tmp_path: Path
) -> None:
    with own_server(own_temp, tmp_path) as (server, connected):
        process = finishing.start(warehouse, connected)
        finishing.await_work(warehouse, process)
        os.killpg(server.pid, signal.SIGKILL)
        _, errors = process.communicate(timeout=600)
    assert finishing.require_complete(warehouse) in {"2026-W40", "2026-W41"}
    assert process.returncode in {0, 1}
    assert "Traceback" not in errors
    assert process.returncode == 0 or "the Prefect server does not answer" in errors.splitlines()[-1]
    finishing.require_finished(warehouse, sample, labs, own_temp)


@pytest.fixture
def served(own_temp: dict[str, str], warehouse: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server of its own with the deployments registered, for a warehouse."""
    with own_server(own_temp | {"LABS_WAREHOUSE": str(warehouse)}, tmp_path) as (_, connected):
        _prefect(connected, "work-pool", "create", "labs-local", "--type", "process", "--overwrite")
        _prefect(connected, "--no-prompt", "deploy", "--all")
        yield connected


def test_a_killed_worker_loses_nothing_and_the_next_finishes(
    served: dict[str, str], warehouse: Path, sample: Path, labs: Labs, tmp_path: Path
) -> None:
    worker = ["worker", "start", "--pool", "labs-local", "--limit", "1"]
    first = start_prefect(worker, served, tmp_path / "first.log")
    try:
        _prefect(served, *_BACKFILL)
        finishing.await_work(warehouse)
        # the machine goes: the worker and its run, but the spiders, which look after themselves
        for process in [*psutil.Process(first.pid).children(recursive=True), psutil.Process(first.pid)]:
            if "crawlers" not in process.cmdline():
                process.kill()
    finally:
        stop(first)
    assert finishing.require_complete(warehouse) in {"2026-W40", "2026-W41"}
    until = time.monotonic() + 20
    while finishing.spiders(str(warehouse)) and time.monotonic() < until:
        time.sleep(0.5)
    assert not finishing.spiders(str(warehouse))
    # it begins when Prefect's lease on the slot of the dead run ends, in five minutes
    second = start_prefect(worker, served, tmp_path / "second.log")
    try:
        _prefect(served, *_BACKFILL, "--watch")
    finally:
        stop(second)
    finishing.require_same(warehouse, sample)
    finishing.require_finished(warehouse, sample, labs, served)


@pytest.mark.parametrize("room_kib", [16, 200, 1200, 3400])
def test_a_disk_that_fills_up_on_the_way_ends_the_run_in_one_line(
    room_kib: int, first_week: Path, sample: Path, labs: Labs, own_temp: dict[str, str]
) -> None:
    with _small_disk(first_week, room_kib) as disk:
        warehouse = disk / "data"
        process = finishing.start(warehouse, own_temp)
        out, errors = process.communicate(timeout=600)
        assert process.returncode == 1, out
        assert "disk full: no space left" in errors.splitlines()[-1], errors
        assert "Traceback" not in errors
        assert finishing.require_complete(warehouse) == "2026-W40"
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        finishing.require_finished(warehouse, sample, labs, own_temp)


_PARAMETERS = {"from_week": "2026-W41", "to_week": "2026-W41", "replay": "crawlers/sample/archive"}
_BACKFILL = ("deployment", "run", "backfill/backfill", "--params", json.dumps(_PARAMETERS))


def _prefect(environment: dict[str, str], *arguments: str) -> None:
    command = [str(PREFECT), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _small_disk(first_week: Path, room_kib: int) -> Iterator[Path]:
    """Give a disk of its own with the first week on it and little room beside; skip where nothing can be mounted."""
    used_kib = sum(-(-path.stat().st_size // 4096) * 4 for path in first_week.rglob("*") if path.is_file())
    place = tempfile.mkdtemp(prefix="labs-disk-")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={used_kib + room_kib}k", "tmpfs", place]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        Path(place).rmdir()
        pytest.skip("a disk that fills up needs the right to mount one (root): none here")
    try:
        shutil.copytree(first_week, Path(place) / "data")
        yield Path(place)
    finally:
        subprocess.run(["umount", place], check=True)
        Path(place).rmdir()
