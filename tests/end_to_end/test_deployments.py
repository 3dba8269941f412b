"""prefect.yaml as it stands: a real server, a real worker, and the deployments run by it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prefect_server import PREFECT, start, stop
from tests.running import ROOT

pytestmark = pytest.mark.xdist_group("deployments")


@pytest.fixture(scope="module")
def served(prefect_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Register the deployments with a server and start a worker that takes them; return the environment of a user."""
    folder = tmp_path_factory.mktemp("served")
    connected = prefect_server | {"LABS_WAREHOUSE": str(folder / "warehouse")}
    for arguments in (
        ["work-pool", "create", "labs-local", "--type", "process", "--overwrite"],
        ["--no-prompt", "deploy", "--all"],
    ):
        done = subprocess.run(
            [str(PREFECT), *arguments], cwd=ROOT, env=connected, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    worker = start(["worker", "start", "--pool", "labs-local", "--limit", "1"], connected, folder / "worker.log")
    try:
        yield connected
    finally:
        stop(worker)


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
