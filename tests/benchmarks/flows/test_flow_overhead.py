"""What Prefect, processes and the lake cost a week of twenty-two sources, on top of parsing and stages themselves.

Every part is measured by the clock and by processor time. Processor time is what is judged: spiders run side by side,
so theirs is divided by the cores; on a machine that does nothing else it is the clock's figure less what the flow waits
for, and on a busy one it still compares. By the clock the bound is tried where the machine is quiet.

.venv/bin/python -m pytest tests/benchmarks/flows -m bench -s
"""

import asyncio
import compileall
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from flows.planning.plan import Plan, plan_week
from flows.settings import Settings
from flows.sources.crawling import Crawl, crawl
from tests.benchmarks.flows.wide_week import WEEK, archive, pages, sources
from tests.crawlers.frozen import read
from tests.running import ROOT
from warehouse.lake import Lake

LIMIT_S = 25.0
SIZES = (300, 10_000)
GROWS_BY = 1.25
"""The overhead of the large week may be this much of the small one's: what a shared machine makes of equal work."""
CORES = os.cpu_count() or 1


@dataclass
class Spent:
    """Seconds by the clock, and of processor time, children included."""

    clock: float = 0.0
    processor: float = 0.0

    @contextmanager
    def adding(self) -> Iterator[None]:
        clock, processor = time.perf_counter(), _processor()
        yield
        self.clock += time.perf_counter() - clock
        self.processor += _processor() - processor


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Costs:
    """What the parts of a week cost."""

    def __init__(self) -> None:
        self.flow = Spent()
        """`labs refresh`, from its start to its end, against a running server."""
        self.crawls = Spent()
        """The same spiders in processes of their own, as many at once, without Prefect."""
        self.parsing = Spent()
        """The same pages read by the same spiders in this process."""
        self.stages = Spent()
        """The stages called in this process, from tables in memory to the release."""
        self.lake = Spent()
        """What of it is reading and writing Parquet between the stages."""

    @property
    def by_clock(self) -> float:
        """Overhead as a person with a watch sees it."""
        return self.flow.clock - self.parsing.clock - (self.stages.clock - self.lake.clock)

    @property
    def by_processor(self) -> float:
        """Overhead on a machine that does nothing else, as far as it is work and no waiting."""
        spiders = self.crawls.processor
        others = self.flow.processor - spiders - (self.stages.processor - self.lake.processor)
        return (spiders - self.parsing.processor) / CORES + others


@contextmanager
def lake_timed(monkeypatch: pytest.MonkeyPatch, spent: Spent) -> Iterator[None]:
    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            with spent.adding():
                return call(*arguments, **named)

        return wrapped

    with monkeypatch.context() as patched:
        for name in ("read", "write"):
            patched.setattr(Lake, name, timed(getattr(Lake, name)))
        yield


async def crawled(plan: Plan) -> dict[str, Crawl]:
    at_once = asyncio.Semaphore(plan.crawls_at_once)

    async def one(source: str) -> Crawl:
        async with at_once:
            return await crawl(source, plan)

    return dict(zip(plan.sources, await asyncio.gather(*map(one, plan.sources)), strict=True))


def measure(labs: int, folder: Path, server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Costs:
    costs, replay = Costs(), archive(folder / "archive", labs)
    environment = {name: value for name, value in server.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "flows.cli", "refresh", "--week", WEEK, "--replay", str(replay)]
    with costs.flow.adding():
        subprocess.run(
            [*command, "--warehouse", str(folder / "flow")],
            cwd=ROOT,
            env=environment,
            check=True,
            stderr=subprocess.PIPE,
        )
    plan = plan_week(
        WEEK, warehouse=str(folder / "direct"), now=datetime.now(UTC), settings=Settings.read(), replay=str(replay)
    )  # fmt: skip
    with costs.crawls.adding():
        crawls = asyncio.run(crawled(plan))
    assert sum(crawl.state.state == "ok" for crawl in crawls.values()) >= 20
    with costs.parsing.adding():
        for source in sources():
            read(source, pages(source, labs))
    with lake_timed(monkeypatch, costs.lake), costs.stages.adding():
        stages.collect(plan, crawls)
        for stage in stages.STAGES.values():
            stage(plan)
        stages.publish_week(plan)
        stages.expire(plan)
    return costs


@pytest.mark.bench
def test_a_week_of_22_sources_costs_little_more_than_its_stages(
    prefect_server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("crawlers", "dedupe", "flows", "warehouse"):
        compileall.compile_dir(ROOT / room, quiet=1)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    measure(30, tmp_path / "warm", prefect_server, monkeypatch)
    costs = {labs: measure(labs, tmp_path / str(labs), prefect_server, monkeypatch) for labs in SIZES}
    load = os.getloadavg()[0]
    sys.stdout.write(
        f"\n{CORES} cores, load {load:.1f}; a week of 22 sources: seconds by the clock / of processor time\n"
    )
    names = ("flow", "crawls", "parsing", "stages", "lake")
    sys.stdout.write("  listings " + "".join(f"{name:>14}" for name in (*names, "overhead")) + "\n")
    for labs, cost in costs.items():
        parts = [getattr(cost, name) for name in names] + [Spent(cost.by_clock, cost.by_processor)]
        cells = "".join(f"{f'{one.clock:.1f} / {one.processor:.1f}':>14}" for one in parts)
        sys.stdout.write(f"{labs:>10,} {cells}\n")
    small, large = (costs[labs].by_processor for labs in SIZES)
    assert max(small, large) < LIMIT_S
    assert large < GROWS_BY * small
    if load < CORES + 1:
        assert max(costs[labs].by_clock for labs in SIZES) < LIMIT_S
