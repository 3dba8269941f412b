"""A year of weeks made again in one process takes no more memory than its first weeks."""

import asyncio
from pathlib import Path

import psutil
import pytest

from flows.backfill import backfill
from flows.planning.plan import Plan
from flows.sources import fan_out
from flows.sources.crawling import Crawl
from tests.flows.network import answer, archived
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("deployments")

SOURCES = {"maplabbzh": 400, "paris": 300, "mulhouse": 300}
FIRST = Week.parse("2025-W40")
WARM = 8
"""Weeks after which caches are filled and allocators have settled."""
GROWTH_MB_A_WEEK = 2.0
"""What a year may not add up to: history and registry themselves grow; a leak of the week's tables would be tens."""


@pytest.mark.soak
def test_memory_does_not_grow_with_the_weeks(server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resident: dict[str, float] = {}

    async def crawl(source: str, plan: Plan) -> Crawl:
        resident[str(plan.week)] = psutil.Process().memory_info().rss / 2**20
        return answer(source, SOURCES[source] + plan.week.number % 3)

    monkeypatch.setattr(fan_out, "crawl", crawl)
    weeks = list(Week.span(FIRST, FIRST.plus(51)))
    for week in weeks:
        archived(tmp_path, str(week), *SOURCES)
    asked = {"from_week": str(weeks[0]), "to_week": str(weeks[-1]), "replay": str(tmp_path / "archive")}
    done = asyncio.run(backfill(**asked, warehouse=str(tmp_path / "data")))
    assert {outcome.result for outcome in done.outcomes} == {"published"}
    told = list(resident.values())
    print({week: round(size) for week, size in resident.items()})  # noqa: T201  # the figure this test is run for
    warm = told[WARM:]
    third = len(warm) // 3
    growth = (sum(warm[-third:]) / third - sum(warm[:third]) / third) / (len(warm) - third)
    assert growth < GROWTH_MB_A_WEEK, f"{growth:.1f} MB a week: {resident}"
