"""Commands that ask sources and make weeks: refresh, backfill and canary."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

from cyclopts import Parameter

from flows.settings import Settings
from flows.terminal.speech import DONE, WORLD, names, note, say

if TYPE_CHECKING:
    from flows.planning.parameters import StageName
    from flows.refresh import Outcome

Names = Annotated[list[str] | None, Parameter(converter=names)]


def refresh(  # noqa: PLR0913  # one argument an option of the command
    *,
    week: str | None = None,
    sources: Names = None,
    retry_failed: Annotated[bool, Parameter(negative="")] = False,
    replay: str | None = None,
    origins: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Crawl, resolve and publish one week.

    Args:
        week: ISO week, as 2026-W42; by default the current one.
        sources: comma-separated sources; by default all, in a replay all that are archived. The others stay as the week
            has them, or the week before.
        retry_failed: crawl only the sources that gave nothing to believe when the week was last attempted.
        replay: archive to read pages from instead of the network.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import failed_sources, plan_week, week_of

    settings, now = Settings.read(), datetime.now(UTC)
    place, asked = warehouse or settings.warehouse, week or str(week_of(now))
    if retry_failed:
        sources = list(failed_sources(place, asked, sources))
        if not sources:
            say(f"{asked}  nothing to retry: every source answered")
            return DONE
    # Planned here as well as in the flow, so that a misuse costs no Prefect start and is one line.
    plan_week(asked, warehouse=place, now=now, settings=settings, names=sources, replay=replay, origins=origins)
    from flows.refresh import refresh as flow
    from flows.terminal.progress import PROGRESS

    with PROGRESS.shown():
        outcome = asyncio.run(flow(week=asked, sources=sources, replay=replay, origins=origins, warehouse=place))
    return _tell([outcome])


def backfill(  # noqa: PLR0913  # one argument an option of the command
    *,
    from_week: str,
    to_week: str,
    sources: Names = None,
    stages: Names = None,
    mode: Literal["replay", "recrawl"] = "replay",
    publish: Literal["yes", "diff-only"] = "yes",
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    cascade: Annotated[bool, Parameter(negative="")] = False,
    replay: str | None = None,
    origins: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Publish past weeks again, from their archived pages, with today's code.

    Args:
        from_week: first ISO week, as 2026-W40.
        to_week: last ISO week, included.
        sources: comma-separated sources to read again, the others stay as the week has them; by default all that are
            archived.
        stages: comma-separated stages to run again from the tables on disk, with all that follow them: collect, locate,
            resolve, classify, fuse, check. Pages are not read then.
        mode: replay reads the week's archived pages, or its listings where these are past retention; recrawl asks the
            sites again, and gives the week the pages of today.
        publish: yes publishes what differs as a revision, having shown the difference; diff-only shows it and writes
            nothing to the warehouse.
        dry_run: the same as --publish diff-only.
        cascade: make the published weeks after the range again too, from their tables, on top of what was revised.
        replay: archive to read, a folder or an s3:// URL; by default the warehouse's own.
        origins: JSON file of host to base URL, to send a recrawl's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.backfill_plan import Asked, plan_backfill

    settings = Settings.read()
    place, is_dry = warehouse or settings.warehouse, dry_run or publish == "diff-only"
    asked = Asked(
        from_week, to_week, sources=sources, stages=stages, mode=mode, replay=replay, origins=origins, is_dry=is_dry
    )
    plan_backfill(asked, warehouse=place, now=datetime.now(UTC), settings=settings)
    from flows.backfill import backfill as flow
    from flows.terminal.progress import PROGRESS

    with PROGRESS.shown():
        done = asyncio.run(
            flow(
                from_week=from_week, to_week=to_week, sources=sources, stages=cast("list[StageName] | None", stages),
                mode=mode, publish="diff-only" if is_dry else "yes", cascade=cascade, replay=replay, origins=origins,
                warehouse=place,
            )
        )  # fmt: skip
    for absent in done.missing:
        note(f"{absent}; left as it is")
    return _tell(done.outcomes, is_dry=is_dry) or (WORLD if done.missing else DONE)


def canary(*, sources: Names = None, origins: str | None = None) -> int:
    """Ask each source for one page and say which answer as they are read; exit status 1 when a site has changed.

    Args:
        sources: comma-separated sources; by default all.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
    """
    from flows.canary import SitesChanged, plan_canary, site_canary

    plan_canary(Path("canary"), sources, origins, Settings.read())
    from flows.terminal.progress import PROGRESS

    try:
        with PROGRESS.shown():
            looks, status = asyncio.run(site_canary(sources=sources, origins=origins)), DONE
    except SitesChanged as changed:
        looks, status = changed.looks, WORLD
    for look in looks:
        mark = "changed" if look.is_changed else ""
        say(f"{look.source:20} {look.verdict:16} {mark:8} {look.evidence or ''}")
    return status


def _tell(outcomes: "Sequence[Outcome]", *, is_dry: bool = False) -> int:
    for outcome in outcomes:
        what = outcome.result if not is_dry or outcome.result == "unchanged" else f"would be {outcome.result}"
        labs = f"{outcome.labs} labs" + (f" in {outcome.path}" if outcome.path else "")
        say(f"{outcome.week}  {what}: {outcome.why or labs}")
    return WORLD if any(outcome.result in {"held", "missed"} for outcome in outcomes) else DONE
