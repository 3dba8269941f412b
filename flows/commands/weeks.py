"""Commands that make weeks: refresh and backfill."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.commands.speech import DONE, WORLD, names, note, say
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.refresh import Outcome

Names = Annotated[list[str] | None, Parameter(converter=names)]


def refresh(
    *,
    week: str | None = None,
    sources: Names = None,
    replay: str | None = None,
    origins: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Crawl, resolve and publish one week.

    Args:
        week: ISO week, as 2026-W42; by default the current one.
        sources: comma-separated sources; by default all, in a replay all that are archived.
        replay: archive folder to read pages from instead of the network.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.plan import plan_week
    from warehouse.weeks import Week

    settings = Settings.read()
    place = warehouse or settings.warehouse
    now = datetime.now(UTC)
    asked = week or str(Week.of(now.date()))
    # Planned here as well as in the flow, so that a misuse costs no Prefect start and is one line.
    plan_week(asked, warehouse=place, now=now, settings=settings, names=sources, replay=replay, origins=origins)
    from flows.progress import BAR
    from flows.refresh import refresh as flow

    with BAR.shown():
        outcome = asyncio.run(flow(week=asked, sources=sources, replay=replay, origins=origins, warehouse=place))
    return _tell([outcome])


def backfill(
    *,
    from_week: str,
    to_week: str,
    sources: Names = None,
    replay: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Publish past weeks again from their archived pages, with today's code.

    Args:
        from_week: first ISO week, as 2026-W40.
        to_week: last ISO week, included.
        sources: comma-separated sources; by default all that are archived.
        replay: archive folder; by default the warehouse's own.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.plan import plan_backfill

    settings = Settings.read()
    place = warehouse or settings.warehouse
    now = datetime.now(UTC)
    _, missing = plan_backfill(
        from_week, to_week, warehouse=place, now=now, settings=settings, names=sources, replay=replay
    )
    from flows.backfill import backfill as flow
    from flows.progress import BAR

    with BAR.shown():
        outcomes = asyncio.run(
            flow(from_week=from_week, to_week=to_week, sources=sources, replay=replay, warehouse=place)
        )
    for absent in missing:
        note(f"{absent}: no archived pages, left as it is")
    return _tell(outcomes) or (WORLD if missing else DONE)


def _tell(outcomes: "Sequence[Outcome]") -> int:
    for outcome in outcomes:
        say(f"{outcome.week}  {outcome.result}: {outcome.why or f'{outcome.labs} labs in {outcome.path}'}")
    return WORLD if any(outcome.result == "held" for outcome in outcomes) else DONE
