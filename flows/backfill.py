"""Past weeks again, oldest first: what a revision changes is shown, then published, unless showing it was all."""

import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact

from flows.lineage import made_from
from flows.planning.backfill_plan import Asked, BackfillPlan, Mode, later_weeks, plan_backfill
from flows.planning.parameters import Place, SourceName, StageName, WeekName
from flows.planning.plan import Plan
from flows.refresh import Outcome, run_week
from flows.settings import Settings
from flows.telling.notify import tell_failure
from flows.writing import sole_writer, writer_wait_s
from warehouse.publish import published_weeks
from warehouse.published.difference import Difference
from warehouse.storage.scratch import scratch

logger = logging.getLogger(__name__)

SHOWN = 40
"""Labs a difference names in logs and artifact; `labs diff` and changes.parquet name them all."""


@dataclass(frozen=True)
class Backfilled:
    """What became of the weeks, oldest first, and what there was nothing left of."""

    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]


def _run_name() -> str:
    given = runtime.flow_run.parameters
    words = ("difference of a" if given.get("publish") == "diff-only" else "backfill by", given.get("mode") or "replay")
    return f"{' '.join(words)}, {given.get('from_week')} to {given.get('to_week')}"


@flow(
    name="backfill",
    flow_run_name=_run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
)
async def backfill(  # noqa: PLR0913  # one argument an option of the command
    *,
    from_week: WeekName,
    to_week: WeekName,
    sources: list[SourceName] | None = None,
    stages: list[StageName] | None = None,
    mode: Mode = "replay",
    publish: Literal["yes", "diff-only"] = "yes",
    cascade: bool = False,
    replay: Place | None = None,
    origins: Place | None = None,
    warehouse: Place | None = None,
) -> Backfilled:
    """Publish past weeks again, from their archived pages, with today's code.

    Args:
        from_week: First ISO week, as 2026-W40.
        to_week: Last ISO week, included.
        sources: Sources to read again; the others stay as the week has them. By default all that are archived.
        stages: Stages to run again from the tables on disk, with all that follow them; pages are not read then.
        mode: replay reads the week's archived pages, or its listings where these are past retention; recrawl asks the
            sites again, and gives the week the pages of today.
        publish: yes publishes what differs as a revision, having shown the difference; diff-only shows it and writes
            nothing to the warehouse.
        cascade: Make the published weeks after the range again too, from their tables, on top of what was revised.
        replay: Archive to read, a folder or an s3:// URL; by default the warehouse's own.
        origins: JSON file of host to base URL, to send a recrawl's requests elsewhere.
        warehouse: Folder or s3:// URL of the warehouse; by default LABS_WAREHOUSE.
    """
    settings = Settings.read()
    asked = Asked(
        from_week, to_week, sources=sources, stages=list(stages or ()), mode=mode, replay=replay, origins=origins,
        is_dry=publish == "diff-only",
    )  # fmt: skip
    plan = plan_backfill(asked, warehouse=warehouse or settings.warehouse, now=datetime.now(UTC), settings=settings)
    for absent in plan.missing:
        logger.warning("%s; left as it is", absent)
    async with _writing(plan, settings, is_dry=asked.is_dry) as weeks:
        outcomes = [await _again(week, plan.notes.get(week.week)) for week in weeks]
        if any(outcome.result in {"published", "revised"} for outcome in outcomes):
            for week in later_weeks(weeks[-1], published_weeks(weeks[-1].target)):
                if cascade:
                    outcomes.append(await _again(week, "made again from its tables, on top of what was revised"))
                else:
                    logger.warning("%s  still stands on what it was made from; cascade makes it again", week.week)
    return Backfilled(tuple(outcomes), plan.missing)


@contextlib.asynccontextmanager
async def _writing(plan: BackfillPlan, settings: Settings, *, is_dry: bool) -> AsyncIterator[list[Plan]]:
    """Give the weeks to who may write them: to the warehouse, as its one writer, or to a shadow that is thrown away."""
    if is_dry:
        with scratch("backfill") as shadow:
            yield [replace(week, shadow=str(shadow)) for week in plan.weeks]
        return
    async with sole_writer(plan.weeks[0].target, writer_wait_s(settings)):
        yield list(plan.weeks)


async def _again(plan: Plan, note: str | None) -> Outcome:
    """Return what became of one week, in a run of its own: Prefect lets go of what a run has made when it ends."""
    if note:
        logger.warning("%s  %s", plan.week, note)
    done = made_from.standing(plan)
    if done is not None:
        logger.info("%s  unchanged: published before from the same code, lock, pages and earlier weeks", plan.week)
        return Outcome(str(plan.week), "unchanged", done.labs, None if plan.shadow else f"{plan.warehouse}/{done.path}")

    @flow(name="week", flow_run_name=f"{_mode(plan)} {plan.week}", persist_result=False)
    async def week() -> Outcome:
        return await run_week(plan, tell_difference)

    outcome = await week()
    if outcome.result != "held":
        made_from.note(plan)
    return replace(outcome, path=None) if plan.shadow else outcome


def _mode(plan: Plan) -> str:
    if plan.is_recrawl:
        return "recrawl"
    if "collect" not in plan.stages:
        return f"{plan.stages[0]} to check of"
    return "replay" if plan.sources else "listings of"


def tell_difference(found: Difference) -> None:
    """Tell what a revision changes before it is published: in the log and, where there is a run, as an artifact."""
    lines = [*_summary(found), *itertools.islice(found.lines(), SHOWN)]
    if found.feed.num_rows > SHOWN:
        lines.append(f"and {found.feed.num_rows - SHOWN} more")
    for line in lines:
        logger.info("%s  differs  %s", found.newer, line)
    text = "\n".join([f"# {found.newer}, made again", "", "```", *lines, "```"])
    told = f"What {found.newer} made again has otherwise than published"
    create_markdown_artifact(text, key="difference", description=told, _sync=True)  # type: ignore[call-arg]  # Prefect's own


def _summary(found: Difference) -> Iterator[str]:
    yield f"{found.feed.num_rows} changes of labs" + ("" if found.feed.num_rows else "; other tables differ")
    for kind, count in found.counts.items():
        yield f"{count:6d} {kind}"
    for name, (before, now) in found.tables.items():
        yield f"table {name}: {before} rows, now {now}"
