"""Past weeks again, from their archived pages, oldest first."""

import logging
from datetime import UTC, datetime

from prefect import flow, runtime

from flows.plan import plan_backfill
from flows.refresh import Outcome, publish_plan
from flows.settings import Settings

logger = logging.getLogger(__name__)


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    return f"backfill {parameters.get('from_week')} to {parameters.get('to_week')}"


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
async def backfill(
    from_week: str,
    to_week: str,
    sources: list[str] | None = None,
    replay: str | None = None,
    warehouse: str | None = None,
) -> list[Outcome]:
    """Publish past weeks again from their archived pages, with today's code.

    Args:
        from_week: first ISO week, as 2026-W40.
        to_week: last ISO week, included.
        sources: sources to replay; by default all that are archived.
        replay: archive folder; by default the warehouse's own.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE.
    """
    settings = Settings.read()
    plans, missing = plan_backfill(
        from_week,
        to_week,
        warehouse=warehouse or settings.warehouse,
        now=datetime.now(UTC),
        settings=settings,
        names=sources,
        replay=replay,
    )
    for week in missing:
        logger.warning("%s  no archived pages: this week is left as it is", week)
    return [await publish_plan(plan) for plan in plans]
