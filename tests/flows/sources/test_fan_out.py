"""Sources crawled by Dask workers give the very bytes they give on one machine, and workers stop when the run does."""

import asyncio
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from prefect import flow
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import stages
from flows.planning.plan import Plan, plan_week
from flows.settings import LOCAL, Settings
from flows.sources.crawling import Crawl
from flows.sources.fan_out import crawl_sources
from flows.sources.workers import WorkersUnreachable
from tests.running import ROOT, Labs
from warehouse.schema import UserError

pytestmark = pytest.mark.xdist_group("deployments")
NOW = datetime(2026, 10, 12, tzinfo=UTC)
SOURCES = ["cget_2019", "maplabbzh", "openstreetmap"]
ARCHIVE = str(ROOT / "crawlers" / "sample" / "archive")

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@dataclass(frozen=True)
class Cluster:
    """A Dask scheduler and two worker processes."""

    address: str
    process: int

    def spiders(self) -> list[psutil.Process]:
        """Return the spiders its workers run."""
        return [child for child in psutil.Process(self.process).children(recursive=True) if _is_spider(child)]

    def require_idle(self) -> None:
        until = time.monotonic() + 30
        while self.spiders() and time.monotonic() < until:
            time.sleep(0.2)
        assert not self.spiders()


def _is_spider(process: psutil.Process) -> bool:
    try:
        return "crawlers" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


@pytest.fixture(scope="module")
def cluster(prefect_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    program = tmp_path_factory.mktemp("cluster") / "cluster.py"
    program.write_text(CLUSTER, "utf-8")
    process = subprocess.Popen(
        [sys.executable, str(program)], cwd=ROOT, env=prefect_server | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        with temporary_settings({PREFECT_API_URL: prefect_server["PREFECT_API_URL"]}):
            yield Cluster(process.stdout.readline().strip(), process.pid)
    finally:
        process.communicate(timeout=30)


def plan(warehouse: Path, task_runner: str = LOCAL) -> Plan:
    settings = replace(Settings(), task_runner=task_runner)
    return plan_week(
        "2026-W40", warehouse=str(warehouse), now=NOW, settings=settings, names=SOURCES, replay=ARCHIVE
    )  # fmt: skip


# Prefect sends the flow with every task, so it stands in a module and closes over nothing.
@flow(validate_parameters=False)
async def fan_out(planned: Plan) -> dict[str, Crawl]:
    ended: list[str] = []
    crawls = await crawl_sources(
        planned, planned.sources, lambda _: None, lambda crawl: ended.append(crawl.state.source)
    )
    assert sorted(ended) == sorted(crawls)
    return crawls


def crawled(planned: Plan) -> dict[str, Crawl]:
    return asyncio.run(fan_out(planned))


def collected(planned: Plan) -> dict[str, bytes]:
    stages.collect(planned, crawled(planned))
    folder = Path(planned.warehouse)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


def test_workers_give_the_bytes_one_machine_gives(cluster: Cluster, tmp_path: Path) -> None:
    here, there = collected(plan(tmp_path / "here")), collected(plan(tmp_path / "there", cluster.address))
    assert len(here) == 6
    assert here == there


@pytest.mark.soak
def test_published_weeks_are_the_same_bytes(
    cluster: Cluster, labs: Labs, prefect_server: dict[str, str], sample: Path, tmp_path: Path
) -> None:
    asked = ("--from-week", "2026-W40", "--to-week", "2026-W42", "--replay", ARCHIVE, "--warehouse", str(tmp_path))
    done = labs("backfill", *asked, environment=prefect_server | {"LABS_TASK_RUNNER": cluster.address})
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(sample) for path in sample.rglob("*.parquet"))
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet"))
    assert [path for path in files if (sample / path).read_bytes() != (tmp_path / path).read_bytes()] == []


def silent(tmp_path: Path, port: int, address: str) -> Plan:
    origins = tmp_path / "origins.json"
    origins.write_text(json.dumps({"gitlab.com": f"http://127.0.0.1:{port}"}), "utf-8")
    settings = replace(Settings(), task_runner=address)
    return plan_week(
        "2026-W42", warehouse=str(tmp_path), now=NOW, settings=settings, names=["maplabbzh"], origins=str(origins)
    )  # fmt: skip


def test_a_cancelled_run_leaves_no_spider_on_a_worker(cluster: Cluster, silent_port: int, tmp_path: Path) -> None:
    async def cancelled() -> None:
        running = asyncio.create_task(fan_out(silent(tmp_path, silent_port, cluster.address)))
        while not cluster.spiders():
            await asyncio.sleep(0.1)
            assert not running.done(), running.exception()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
    cluster.require_idle()


KILLED = """
import asyncio, pickle, sys
from tests.flows.sources.test_fan_out import fan_out
asyncio.run(fan_out(pickle.load(sys.stdin.buffer)))
"""


@pytest.mark.soak
def test_a_killed_run_leaves_no_spider_on_a_worker(
    cluster: Cluster, silent_port: int, prefect_server: dict[str, str], tmp_path: Path
) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=prefect_server | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE
    )
    assert run.stdin is not None
    run.stdin.write(pickle.dumps(silent(tmp_path, silent_port, cluster.address)))
    run.stdin.close()
    while not cluster.spiders():
        assert run.poll() is None
        time.sleep(0.1)
    run.kill()
    run.wait()
    cluster.require_idle()


def test_a_worker_with_other_code_is_refused(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.sources.workers.code_sha256", lambda: "0123abc")
    with pytest.raises(UserError, match=r"worker tcp://.* runs code .*, this run 0123abc"):
        crawled(plan(tmp_path, cluster.address))


def test_a_scheduler_that_is_not_there_is_one_line(
    prefect_server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.sources.workers.CONNECT_S", 1)
    with (
        temporary_settings({PREFECT_API_URL: prefect_server["PREFECT_API_URL"]}),
        pytest.raises(WorkersUnreachable, match=r"LABS_TASK_RUNNER tcp://127\.0\.0\.1:1: "),
    ):
        crawled(plan(tmp_path, "tcp://127.0.0.1:1"))


def test_without_the_extra_dask_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    with pytest.raises(UserError, match=r"install lab-registry\[dask\]"):
        asyncio.run(crawl_sources(plan(tmp_path, "tcp://127.0.0.1:1"), SOURCES, lambda _: None, lambda _: None))


def test_workers_without_a_server_to_report_to_are_one_line(tmp_path: Path) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}), pytest.raises(UserError, match="set PREFECT_API_URL"):
        asyncio.run(crawl_sources(plan(tmp_path, "tcp://127.0.0.1:1"), SOURCES, lambda _: None, lambda _: None))
