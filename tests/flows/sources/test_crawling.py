"""A spider is a process of its own: one that hangs, dies or is cancelled is a failed source, never a failed run."""

import asyncio
import json
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from flows.planning.plan import Plan, plan_week
from flows.settings import Settings
from flows.sources.crawling import Crawl, crawl


@pytest.fixture
def plan(silent_port: int, tmp_path: Path) -> Plan:
    origins = tmp_path / "origins.json"
    origins.write_text(json.dumps({"gitlab.com": f"http://127.0.0.1:{silent_port}"}), "utf-8")
    now = datetime(2026, 10, 12, tzinfo=UTC)
    return plan_week("2026-W42", warehouse=str(tmp_path / "data"), now=now, settings=Settings(), origins=str(origins))


def spiders() -> list[psutil.Process]:
    """The spiders this process started; a test run may have other children."""
    return [child for child in psutil.Process().children() if "crawlers" in child.cmdline()]


def test_a_spider_that_hangs_is_stopped_at_its_time_limit(plan: Plan) -> None:
    crawled = asyncio.run(crawl("maplabbzh", replace(plan, crawl_limit_s=4)))
    assert (crawled.state.state, crawled.state.failure) == ("failed", "timed_out")
    assert "4 s" in (crawled.state.evidence or "")
    assert all(table.num_rows == 0 for table in crawled.tables.values())
    assert not spiders()


def test_a_spider_that_is_killed_is_a_failed_source(plan: Plan) -> None:
    async def kill_it() -> Crawl:
        running = asyncio.create_task(crawl("maplabbzh", plan))
        while not (alive := spiders()):
            await asyncio.sleep(0.1)
        for process in alive:
            process.kill()
        return await running

    crawled = asyncio.run(kill_it())
    assert (crawled.state.state, crawled.state.failure) == ("failed", "crashed")


def test_a_cancelled_run_leaves_no_spider_behind(plan: Plan) -> None:
    async def cancel_it() -> None:
        running = asyncio.create_task(crawl("maplabbzh", plan))
        while not spiders():
            await asyncio.sleep(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancel_it())
    until = time.monotonic() + 5
    while spiders() and time.monotonic() < until:
        time.sleep(0.1)
    assert not spiders()


def test_a_killed_run_leaves_no_spider_behind(plan: Plan) -> None:
    code = (
        "import asyncio, pickle, sys; from flows.sources.crawling import crawl;"
        "asyncio.run(crawl('maplabbzh', pickle.load(sys.stdin.buffer)))"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.Popen(command, cwd=Path(__file__).parents[3], stdin=subprocess.PIPE)
    assert run.stdin is not None
    run.stdin.write(pickle.dumps(plan))
    run.stdin.close()
    while not (alive := psutil.Process(run.pid).children(recursive=True)):
        time.sleep(0.1)
    time.sleep(2)  # a spider begins to watch its parent when it has read what it is to do
    run.kill()
    run.wait()
    _, left = psutil.wait_procs(alive, timeout=15)
    assert not left
