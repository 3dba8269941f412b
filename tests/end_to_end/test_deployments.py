"""The first deployment of docs/operations.md: a real server, a real worker, and what its runs leave for people."""

import json
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, temporary_settings

from tests.documents import commands
from tests.prefect_server import PREFECT, start, stop
from tests.running import ROOT
from tests.sample_web import Web, served
from tests.webhook import Hook, listening
from warehouse.storage import Storage

pytestmark = pytest.mark.xdist_group("deployments")
SOURCES = ["maplabbzh", "cget_2019"]
_, SERVER, POOL, DEPLOY, WORKER = commands("operations.md", "First deployment").splitlines()


def prefect(line: str) -> list[str]:
    """Return the arguments of a line that begins with prefect."""
    program, *arguments = shlex.split(line.removesuffix(" &"))
    assert program == "prefect"
    return arguments


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with served("2026-W40", tmp_path_factory.mktemp("web")) as network:
        network.down.add("gitlab.com")
        yield network


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with listening() as served_hook:
        yield served_hook


@pytest.fixture(scope="module")
def connected(
    prefect_server: dict[str, str], hook: Hook, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Do what the document says, and give the environment of who has done it."""
    folder = tmp_path_factory.mktemp("deployed")
    environment = prefect_server | {"LABS_WAREHOUSE": str(folder / "warehouse"), "LABS_WEBHOOK_URL": hook.url}
    for line in (POOL, DEPLOY):
        done = subprocess.run(
            [str(PREFECT), *prefect(line)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    worker = start(prefect(WORKER), environment, folder / "worker.log")
    try:
        with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
            yield environment
    finally:
        stop(worker)


def run(deployment: str, **parameters: Any) -> Any:
    """Return the finished run of a deployment."""
    return run_deployment(deployment, parameters=parameters, timeout=300, poll_interval=1)


def asked(environment: dict[str, str], path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the server answers to a filter."""
    request = Request(
        f"{environment['PREFECT_API_URL']}/{path}/filter",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
    return found


def artifacts(environment: dict[str, str], flow_run_id: str) -> dict[str, Any]:
    filtered = {"artifacts": {"flow_run_id": {"any_": [flow_run_id]}}}
    return {found["key"]: found["data"] for found in asked(environment, "artifacts", filtered)}


def story(environment: dict[str, str], flow_run_id: str, week: str) -> list[str]:
    """Return what the run told of its week; a worker sends log lines in batches, the last after the run has ended."""
    waited_until = time.monotonic() + 60
    while True:
        rows = asked(environment, "logs", {"logs": {"flow_run_id": {"any_": [flow_run_id]}}})
        told = [row["message"] for row in rows if row["message"].startswith(f"{week}  ")]
        if any(" after " in line for line in told) or time.monotonic() > waited_until:
            return told
        time.sleep(0.5)


def test_the_server_of_the_document_is_the_one_tests_start() -> None:
    assert prefect(SERVER)[:4] == ["server", "start", "--host", "127.0.0.1"]


def test_a_worker_runs_the_weekly_refresh_to_a_published_snapshot(
    connected: dict[str, str], web: Web, hook: Hook
) -> None:
    done = run("refresh/weekly-refresh", week="2026-W40", sources=SOURCES, origins=str(web.origins))
    assert done.state.is_completed(), done.state.message
    warehouse = Path(connected["LABS_WAREHOUSE"])
    latest = json.loads((warehouse / "v1/latest.json").read_text("utf-8"))
    assert latest["iso_week"] == "2026-W40"
    freshness = json.loads((warehouse / "v1/freshness.json").read_text("utf-8"))
    assert freshness["last_run"]["result"] == "published"
    assert Storage(warehouse).names("archive/week=2026-W40") == ["cget_2019.warc.gz", "maplabbzh.failed.warc.gz"]

    (message,) = (body["text"] for _, _, body in hook.got)
    assert message == "lab-registry: 2026-W40 published. 1 of 2 sources failed: maplabbzh (server_error)"

    assert done.name == "refresh 2026-W40"
    assert {"labs", "weekly", "2026-W40", "live"} <= set(done.tags)
    left = artifacts(connected, str(done.id))
    assert left.keys() == {"sources", "week", "progress"}
    assert left["progress"] == 100
    verdicts = {row["source"]: (row["verdict"], row["why"]) for row in json.loads(left["sources"])}
    assert verdicts["cget_2019"] == ("ok", "")
    assert verdicts["maplabbzh"][0] == "failed"
    assert "503" in verdicts["maplabbzh"][1]
    assert f"**labs**: {latest['editions']['full']['labs']}" in left["week"]
    told = story(connected, str(done.id), "2026-W40")
    assert any("source maplabbzh: failed, nothing to keep: server_error" in line for line in told)
    assert len(told) == len(set(told)) == 12


def test_a_worker_runs_the_backfill_from_the_pages_the_refresh_archived(connected: dict[str, str], web: Web) -> None:
    asked_before, latest = len(web.answered), Path(connected["LABS_WAREHOUSE"]) / "v1/latest.json"
    before = latest.read_bytes()
    done = run("backfill/backfill", from_week="2026-W40", to_week="2026-W40")
    assert done.state.is_completed(), done.state.message
    assert done.name == "backfill by replay, 2026-W40 to 2026-W40"
    assert latest.read_bytes() == before, "the same pages and code give the same release"
    assert len(web.answered) == asked_before
    summaries = asked(connected, "artifacts", {"artifacts": {"key": {"any_": ["week"]}}})
    assert any("**result**: unchanged" in found["data"] for found in summaries)


def test_the_weekly_refresh_is_scheduled_on_mondays_in_paris(connected: dict[str, str]) -> None:
    deployed = {row["name"]: row for row in asked(connected, "deployments", {})}
    assert {"weekly-refresh", "backfill", "verify"} <= deployed.keys()
    schedule = deployed["weekly-refresh"]["schedules"][0]["schedule"]
    assert (schedule["cron"], schedule["timezone"]) == ("0 4 * * 1", "Europe/Paris")
    assert all(
        schema["description"] for schema in deployed["backfill"]["parameter_openapi_schema"]["properties"].values()
    )
