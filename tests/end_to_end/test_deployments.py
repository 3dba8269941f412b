"""prefect.yaml as it stands: a real server, a real worker, and the deployments run by it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.running import ROOT

pytestmark = pytest.mark.xdist_group("deployments")
PREFECT = Path(sys.executable).with_name("prefect")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _start(arguments: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    # A worker started where SIGINT is ignored survives being told to stop (stack.md 3), hence a group of its own.
    return subprocess.Popen(
        [str(PREFECT), *arguments], cwd=ROOT, env=environment, stdout=log.open("wb"), stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


@pytest.fixture(scope="module")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server with the deployments registered and a worker that takes them; yields its environment."""
    folder = tmp_path_factory.mktemp("served")
    port = _free_port()
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_HOME": str(folder / "home")}
    base = environment | quiet | {"LABS_WAREHOUSE": str(folder / "warehouse")}
    connected = base | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    started = [_start(["server", "start", "--host", "127.0.0.1", "--port", str(port)], base, folder / "server.log")]
    try:
        _await_health(f"http://127.0.0.1:{port}/api/health", folder / "server.log")
        for arguments in (
            ["work-pool", "create", "labs-local", "--type", "process", "--overwrite"],
            ["--no-prompt", "deploy", "--all"],
        ):
            done = subprocess.run(
                [str(PREFECT), *arguments], cwd=ROOT, env=connected, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
        worker = ["worker", "start", "--pool", "labs-local", "--limit", "1"]
        started.append(_start(worker, connected, folder / "worker.log"))
        yield connected
    finally:
        for process in reversed(started):
            _stop(process)


def _await_health(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8"))


def test_a_worker_runs_the_backfill_deployment_to_published_snapshots(served: dict[str, str]) -> None:
    parameters = {"from_week": "2026-W40", "to_week": "2026-W40", "replay": "crawlers/sample/archive"}
    asked = ["deployment", "run", "backfill/backfill", "--params", json.dumps(parameters), "--watch"]
    done = subprocess.run(
        [str(PREFECT), *asked], cwd=ROOT, env=served, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    latest = json.loads((Path(served["LABS_WAREHOUSE"]) / "v1" / "latest.json").read_text("utf-8"))
    assert latest["iso_week"] == "2026-W40"


def test_the_weekly_refresh_is_scheduled_on_mondays_in_paris(served: dict[str, str]) -> None:
    asked = ["deployment", "inspect", "refresh/weekly-refresh", "--output", "json"]
    done = subprocess.run([str(PREFECT), *asked], cwd=ROOT, env=served, capture_output=True, text=True, check=True)
    schedule = json.loads(done.stdout)["schedules"][0]["schedule"]
    assert (schedule["cron"], schedule["timezone"]) == ("0 4 * * 1", "Europe/Paris")
