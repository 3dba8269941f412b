"""One week, from sources to a published snapshot: the stages made tasks, in order."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE

from flows import stages
from flows.artifacts import tell_sources, tell_week
from flows.crawling import Crawl
from flows.fan_out import crawl_sources
from flows.plan import Plan, plan_week
from flows.progress import BAR
from flows.settings import Settings
from warehouse import publish
from warehouse.checks import ChecksFailed
from warehouse.weeks import Week
from warehouse.writer import only_writer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a week."""

    week: str
    result: Literal["published", "revised", "unchanged", "held"]
    labs: int
    path: str | None
    why: str | None = None


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
async def run_stage(name: str, plan: Plan, stage: Callable[..., Any], *inputs: Any) -> Any:
    """Run one stage and tell its line of the story."""
    started = time.monotonic()
    result = stage(plan, *inputs)
    told = f"{result:6d}" if isinstance(result, int) else result.outcome
    logger.info("%s  stage  %-20s %s, %.1f s", plan.week, name, told, time.monotonic() - started)
    BAR.step()
    return result


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    mode = "replay" if parameters.get("replay") else "refresh"
    return f"{mode} {parameters.get('week') or _scheduled_week()}"


@flow(name="refresh", flow_run_name=_run_name, persist_result=False)
async def refresh(
    week: str | None = None,
    sources: list[str] | None = None,
    replay: str | None = None,
    origins: str | None = None,
    warehouse: str | None = None,
) -> Outcome:
    """Crawl, resolve and publish one week.

    Args:
        week: ISO week, as 2026-W42; by default the week the run was scheduled for.
        sources: sources to crawl; by default all, in a replay all that are archived.
        replay: archive folder to read pages from instead of the network.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE.
    """
    settings = Settings.read()
    plan = plan_week(
        week or str(_scheduled_week()),
        warehouse=warehouse or settings.warehouse,
        now=datetime.now(UTC),
        settings=settings,
        names=sources,
        replay=replay,
        origins=origins,
    )
    return await publish_plan(plan)


async def publish_plan(plan: Plan) -> Outcome:
    """Run every stage of the plan and publish its week, as the only writer of the warehouse."""
    folder = plan.lake.storage.folder
    if folder is None:
        return await _run(plan)
    with only_writer(folder):
        return await _run(plan)


async def _run(plan: Plan) -> Outcome:
    plan.lake.clean()
    due = stages.due_sources(plan)
    BAR.begin(str(plan.week), len(due) + len(stages.STAGES) + 3)
    crawls = await crawl_sources(plan, due, lambda source: None, partial(_tell_source, plan))
    await run_stage("collect", plan, stages.collect, crawls)
    await tell_sources(plan)
    for name, stage in stages.STAGES.items():
        try:
            await run_stage(name, plan, stage)
        except ChecksFailed as held:
            logger.error("%s  held: %s", plan.week, held)
            await tell_week(plan, {"result": "held", "why": str(held)})
            return Outcome(str(plan.week), "held", 0, None, str(held))
    release: publish.Release = await run_stage("publish", plan, stages.publish_week)
    await run_stage("retain", plan, stages.expire)
    await tell_week(plan, {"result": release.outcome, "labs": release.labs, "path": release.path})
    return Outcome(str(plan.week), release.outcome, release.labs, f"{plan.warehouse}/{release.path}")


def _tell_source(plan: Plan, crawled: Crawl) -> None:
    state = crawled.state
    logger.info(
        "%s  source %-20s %-8s %6d listings, %d rejections, %.1f s%s",
        plan.week,
        state.source,
        state.state,
        state.listings,
        state.rejections,
        crawled.seconds,
        f" ({state.failure}: {state.evidence})" if state.failure else "",
    )
    BAR.step()


def _scheduled_week() -> Week:
    """Return the week the run was scheduled for: a late run is still that week's."""
    scheduled = runtime.flow_run.scheduled_start_time or datetime.now(UTC)
    return Week.of(scheduled.date())
