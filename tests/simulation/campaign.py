"""The weeks of a script, one after the other, each through the stages or through the whole refresh."""

import asyncio
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import stages
from flows.planning.plan import Plan, plan_week
from flows.settings import Settings
from flows.sources.crawling import Crawl, crawl
from tests.simulation.incidents import KINDS, Script
from tests.simulation.leading import lead
from tests.simulation.sites import Sites, served
from tests.simulation.world import SIZES, World
from warehouse.checks import ChecksFailed
from warehouse.rulings import overrides
from warehouse.weeks import Week

FIRST = Week.parse("2026-W20")
_SHORT_LIMIT_S = 4.0
"""Time limit of the crawl of a source that is slow: it would take minutes."""


@dataclass(frozen=True)
class Campaign:
    """A script, the world it befalls, and where its weeks are published."""

    script: Script
    world: World
    sites: Sites
    warehouse: Path
    origins: Path

    def week(self, number: int) -> Week:
        """Return the ISO week of a number of the script."""
        return FIRST.plus(number)

    def begin(self, number: int) -> Plan:
        """Set sites and overrides to a week and return its plan."""
        self.sites.week = number
        _write_overrides(self, number)
        return plan_week(
            str(self.week(number)),
            warehouse=str(self.warehouse),
            now=datetime.now(UTC),
            settings=Settings(),
            names=list(SIZES),
            origins=str(self.origins),
        )


@contextmanager
def campaign(seed: int, script: Script, folder: Path) -> Iterator[Campaign]:
    """Serve the world of a seed while the block runs; its weeks are published under the folder."""
    world = World(seed, script)
    sites = Sites(world, script)
    reviewed = overrides.REVIEWED
    overrides.REVIEWED = folder / "overrides.csv"
    try:
        with served(sites, folder) as origins:
            yield Campaign(script, world, sites, folder / "warehouse", origins)
    finally:
        overrides.REVIEWED = reviewed


def run_by_stages(plan: Plan, sites: Sites, *, is_asked: bool) -> str:
    """Run a week without Prefect; return `published`, or why it is held.

    Args:
        plan: of the week.
        sites: where it is read.
        is_asked: let a process ask each source that is not to answer; else its failure is handed over as told.
    """
    crawls = asyncio.run(_crawls(plan, sites, is_asked=is_asked))
    stages.collect(plan, crawls)
    try:
        for stage in stages.STAGES.values():
            stage(plan)
    except ChecksFailed as held:
        return str(held)
    return stages.publish_week(plan).result


async def _crawls(plan: Plan, sites: Sites, *, is_asked: bool) -> dict[str, Crawl]:
    incidents = {source: sites.incident(source) for source in plan.sources}
    asked = [source for source, kind in incidents.items() if is_asked and kind and KINDS[kind].fate == "unanswered"]
    limits = {source: _SHORT_LIMIT_S if incidents[source] == "slow" else plan.crawl_limit_s for source in asked}
    failed = await asyncio.gather(*(crawl(source, replace(plan, crawl_limit_s=limits[source])) for source in asked))
    told = {source: lead(source, sites, str(plan.week)) for source in plan.sources if source not in asked}
    crawls = told | dict(zip(asked, failed, strict=True))
    return {source: crawls[source] for source in plan.sources}


def _write_overrides(campaign: Campaign, number: int) -> None:
    """Write what people have let pass by the week."""
    with overrides.REVIEWED.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["subject", "gate", "reason", "starts_on", "expires_on", "author"])
        for one in campaign.script.overrides(number):
            since = campaign.week(one.first + one.weeks).monday
            # who believes the fall of a source believes that its labs leave the registry
            for subject, gate in ((one.source, "count"), ("snapshot", "labs_removed")):
                lines.writerow([subject, gate, "closed labs were removed", since, since + timedelta(weeks=2), "anna"])
