"""One page of each source, between two weeks: a site that has changed is known days before its week would fail."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from crawlers.guards.failures import FAILURES
from crawlers.pages.origins import read_origins
from flows.planning.parameters import Place, SourceName
from flows.planning.plan import Plan, blank, chosen_sources, require_contact, week_of
from flows.settings import LOCAL, Settings
from flows.sources.archive import Archive
from flows.sources.crawling import Crawl
from flows.sources.fan_out import crawl_sources
from warehouse.storage.scratch import scratch

logger = logging.getLogger(__name__)

LOOK = 4
"""Requests a look may take to the first page with records: a catalogue, a dataset and its file are three."""

AS_EXPECTED = "as expected"
_PASSING = {str(failure) for failure, known in FAILURES.items() if known.is_retryable or known.state != "failed"}
"""What may pass, or is the site's own will: told, and no reason to look at the spider."""


@dataclass(frozen=True)
class Look:
    """What one source answered."""

    source: str
    verdict: str
    """`as expected`, or the failure class."""
    is_changed: bool
    """True when the source answers something else than it is read by: its spider needs a person."""
    listings: int
    requests: int
    evidence: str | None


class SitesChanged(Exception):
    """A source answers something else than it is read by; carries all that was seen."""

    def __init__(self, looks: Sequence[Look]) -> None:
        """Say which sources changed."""
        self.looks = tuple(looks)
        changed = [look for look in looks if look.is_changed]
        super().__init__("; ".join(f"{look.source}: {look.verdict}: {look.evidence}" for look in changed))


@flow(name="site-canary", flow_run_name="one page a source", persist_result=False)
async def site_canary(
    *,
    sources: list[SourceName] | None = None,
    origins: Place | None = None,
) -> tuple[Look, ...]:
    """Ask each source for one page and tell which answer as they are read; nothing is published or kept.

    Args:
        sources: Sources to ask; by default all.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.

    Raises: SitesChanged when a source answers something else than it is read by.
    """
    with scratch("canary") as folder:
        plan = plan_canary(folder, sources, origins, Settings.read())
        crawls = await crawl_sources(plan, plan.sources, lambda _: None, lambda crawled: _tell(_look(crawled)))
    looks = tuple(_look(crawl) for crawl in crawls.values())
    await acreate_table_artifact(
        [asdict(look) for look in looks], key="canary", description="What one page of each source answered"
    )
    if any(look.is_changed for look in looks):
        raise SitesChanged(looks)
    return looks


def plan_canary(folder: Path, sources: Sequence[str] | None, origins: str | None, settings: Settings) -> Plan:
    """Return the plan of a look at the sources, whose pages go to the folder.

    Raises: UserError for an unknown source, sites asked without a name, an origins file that is none.
    """
    chosen = chosen_sources(sources)
    if origins is None:
        require_contact(settings)
    else:
        read_origins(Path(origins))
    now = datetime.now(UTC)
    plan = blank(week_of(now), str(folder), Archive(str(folder)), now, settings)
    return replace(
        plan,
        sources=chosen,
        origins=str(Path(origins).absolute()) if origins else None,
        is_by_name=True,
        look=LOOK,
        task_runner=LOCAL,
    )


def _look(crawl: Crawl) -> Look:
    state = crawl.state
    is_changed = state.state == "failed" and state.failure not in _PASSING
    verdict = AS_EXPECTED if state.state == "ok" else str(state.failure)
    return Look(state.source, verdict, is_changed, state.listings, state.requests, state.evidence)


def _tell(look: Look) -> None:
    logger.log(
        logging.WARNING if look.is_changed else logging.INFO,
        "canary  %-20s %-16s %4d listings on the page%s",
        look.source,
        look.verdict,
        look.listings,
        f" ({look.evidence})" if look.evidence else "",
    )
