"""One week, from sources to a published snapshot: the stages made tasks, in order."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE

from flows import stages
from flows.planning.parameters import Place, SourceName, WeekName
from flows.planning.plan import Plan, failed_sources, plan_week, week_of
from flows.settings import Settings
from flows.sources.fan_out import crawl_sources
from flows.telling.artifacts import progress, tag_run, tell_doubts, tell_sources, tell_week
from flows.telling.freshness import LastRun, write_freshness
from flows.telling.notify import message, notify, tell_failure
from flows.telling.story import Story
from flows.writing import sole_writer, writer_wait_s
from warehouse import publish
from warehouse.checks import ChecksFailed
from warehouse.published.difference import Difference
from warehouse.storage.scratch import scratch

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a week."""

    week: str
    result: Literal["published", "revised", "unchanged", "held", "missed"]
    """`missed`: the run came when its week was over, and nothing was done."""
    labs: int
    path: str | None
    """None when nothing was published, or only a difference was asked for."""
    why: str | None = None


LATE = timedelta(hours=1)
"""A run that starts so long after it was due says so: the worker or another run held it up."""


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
async def run_stage(name: str, plan: Plan, stage: Callable[..., Any], *inputs: Any) -> Any:
    """Run one stage."""
    return stage(plan, *inputs)


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    mode = "retry" if parameters.get("retry_failed") else "replay" if parameters.get("replay") else "refresh"
    return f"{mode} {parameters.get('week') or week_of(_due())}"


@flow(
    name="refresh",
    flow_run_name=_run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
)
async def refresh(  # noqa: PLR0913  # one argument an option of the command
    *,
    week: WeekName | None = None,
    sources: list[SourceName] | None = None,
    retry_failed: bool = False,
    replay: Place | None = None,
    origins: Place | None = None,
    warehouse: Place | None = None,
) -> Outcome:
    """Crawl, resolve and publish one week.

    Args:
        week: ISO week, as 2026-W42; by default the week the run was scheduled for.
        sources: Sources to crawl; by default all, in a replay all that are archived. The others stay as the week has
            them, or the week before.
        retry_failed: Crawl only the sources that gave nothing to believe when the week was last attempted.
        replay: Archive to read pages from instead of the network, a folder or an s3:// URL.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: Folder or s3:// URL of the warehouse; by default LABS_WAREHOUSE.
    """
    settings, now = Settings.read(), datetime.now(UTC)
    place = warehouse or settings.warehouse
    asked = week or str(week_of(_due()))
    if week is None and replay is None and (missed := _missed(now)) is not None:
        return missed
    if retry_failed:
        sources = list(failed_sources(place, asked, sources))
        if not sources:
            logger.info("%s  nothing to retry: every source answered", asked)
            return Outcome(asked, "unchanged", 0, None, "nothing to retry: every source answered")
    plan = plan_week(
        asked, warehouse=place, now=now, settings=settings, names=sources, replay=replay, origins=origins
    )  # fmt: skip
    await tag_run(asked, "replay" if plan.is_replay else "live")
    outcome = await publish_plan(plan, writer_wait_s(settings))
    await notify(settings.webhook_url, message(asked, outcome.result, outcome.why, _states(plan)))
    return outcome


async def publish_plan(plan: Plan, wait_s: float = 0.0) -> Outcome:
    """Run every stage of the plan and publish its week, as the only writer of the warehouse."""
    async with sole_writer(plan.target, wait_s):
        return await run_week(plan)


async def run_week(plan: Plan, before_revision: Callable[[Difference], None] | None = None) -> Outcome:
    """Run the stages of the plan and publish its week; the caller is the only writer of the warehouse.

    A week that is published already is made again apart: what the next week builds on stays as published until all
    gates have passed, and a run that is held leaves no trace.
    """
    if plan.week in publish.published_weeks(plan.target):
        with scratch("week") as folder:
            outcome = await _made(replace(plan, scratch=str(folder)), before_revision)
    else:
        outcome = await _made(plan, before_revision)
    if plan.shadow is None:
        write_freshness(plan.target, LastRun(outcome.week, plan.now, outcome.result, outcome.why))
    return outcome


async def _made(plan: Plan, before_revision: Callable[[Difference], None] | None) -> Outcome:
    week, sources = str(plan.week), stages.due_sources(plan) if "collect" in plan.stages else ()
    last = ["compare"] if plan.shadow else ["publish", "retain"]
    story = Story(week, sources, [*plan.stages, *last])
    story.begins(plan.sentence(len(sources)))

    async def staged(name: str, stage: Callable[..., Any], *inputs: Any) -> Any:
        with story.stage(name) as told:
            told.append(await run_stage(name, plan, stage, *inputs))
        return told[0]

    async with progress(week, story):
        if "collect" in plan.stages:
            crawls = await crawl_sources(plan, sources, story.began, story.ended)
            await staged("collect", stages.collect, crawls)
            states, checks = (plan.lake.read(name, plan.week) for name in ("sources", "checks"))
            story.verdicts(states.to_pylist())
            await tell_sources(week, states, checks)
        for name, stage in stages.STAGES.items():
            if name not in plan.stages:
                continue
            try:
                await staged(name, stage)
                if name == "resolve":
                    await tell_doubts(week, stages.doubtful_labs(plan))
            except ChecksFailed as held:
                story.ends("held", f"{held} (what to do: docs/operations.md)")
                await tell_week(week, {"result": "held", "why": str(held)})
                return Outcome(week, "held", 0, None, str(held))
        plan.settle()
        release: publish.Release = await staged(last[0], stages.publish_week, before_revision)
        if plan.shadow is None:
            await staged("retain", stages.expire)
    counts = stages.counts(plan)
    story.ends(release.result, ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))
    await tell_week(week, {"result": release.result, "folder": release.path, **counts}, _links(release.path))
    return Outcome(week, release.result, release.labs, f"{plan.shown}/{release.path}")


def _links(path: str) -> dict[str, str]:
    """Return where readers find the release at `path` from the root of the warehouse, when that is known."""
    base = Settings.read().public_url
    if base is None:
        return {}
    edition = f"{base}/{path.partition('/')[2]}/edition=full"
    return {"report": f"{edition}/report.html", "manifest": f"{edition}/manifest.json", "all": f"{base}/index.html"}


def _states(plan: Plan) -> list[dict[str, Any]]:
    """Return the states of the week's sources, as the last attempt left them."""
    if not plan.lake.has("sources", plan.week):
        return []
    states: list[dict[str, Any]] = plan.lake.read("sources", plan.week).to_pylist()
    return states


def _due() -> datetime:
    """Return when the run was due: its week is that moment's, however late it starts."""
    return runtime.flow_run.scheduled_start_time or datetime.now(UTC)


def _missed(now: datetime) -> Outcome | None:
    """Return the outcome of a run whose week was over before it started, and say of a late one that it is late.

    After an outage every run that was due starts at once. Today's pages are those of one week, not of three.
    """
    due = _due()
    week = week_of(due)
    if week != week_of(now):
        why = f"due on {due:%Y-%m-%d}, started on {now:%Y-%m-%d}: the pages of today are those of {week_of(now)}"
        logger.warning("%s  missed: %s; labs backfill --mode recrawl publishes it nevertheless", week, why)
        return Outcome(str(week), "missed", 0, None, why)
    if now - due > LATE:
        logger.warning("%s  late: due at %s, started at %s", week, f"{due:%m-%d %H:%M}", f"{now:%m-%d %H:%M} UTC")
    return None
