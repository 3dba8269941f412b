"""The labs' own home pages, a slice of them each week: does the lab live, and what does it say of itself."""

import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from prefect import flow, runtime

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.pages.origins import read_origins
from crawlers.reading.links import is_own_site
from flows.planning.parameters import Place
from flows.planning.plan import lake_at, require_contact
from flows.settings import Settings
from flows.sources.crawling import last_line, run_process
from flows.telling.notify import tell_failure
from flows.writing import sole_writer, writer_wait_s
from warehouse import publish, site_checks
from warehouse.editions import EDITIONS
from warehouse.lake import Lake
from warehouse.schema import SiteCheck, UserError, conform, empty
from warehouse.storage.scratch import scratch
from warehouse.weeks import Week

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Slice:
    """What one run looked at."""

    week: str
    asked: int
    answered: int
    waiting: int
    """Home pages that were due and wait for the next run."""


@flow(
    name="website-checks",
    flow_run_name="look at home pages",
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
)
async def website_checks(on: date | None = None, origins: Place | None = None, warehouse: Place | None = None) -> Slice:
    """Look at the home pages of labs that are due, each once a month at most.

    Args:
        on: Day it counts for; by default the day the run was scheduled for.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: Folder or s3:// URL of the warehouse; by default LABS_WAREHOUSE.
    """
    scheduled = runtime.flow_run.scheduled_start_time or datetime.now(UTC)
    return await look(on or scheduled.date(), origins=origins, warehouse=warehouse)


async def look(on: date, *, origins: str | None = None, warehouse: str | None = None) -> Slice:
    """Look at the home pages that are due on a day, and add what they show to the table `site_checks` of its week.

    Raises: UserError when nothing is published yet, or no contact is set; CrawlFailed when the spider
        ended without handing over, and then nothing is written.
    """
    settings = Settings.read()
    lake, week = lake_at(warehouse or settings.warehouse), Week.of(on)
    published = [past for past in publish.published_weeks(lake.storage) if past <= week]
    if not published:
        raise UserError(f"--warehouse {lake.storage.shown}: no labs are published up to {week}; labs refresh does that")
    if origins is not None:
        read_origins(Path(origins))
    else:
        require_contact(settings)
    editions = [_labs(lake, max(published), name) for name in EDITIONS]
    known = site_checks.known_before(lake, week.next)
    pages = site_checks.due(editions, known, on)
    waiting = len(site_checks.due(editions, known, on, most=sys.maxsize)) - len(pages)
    seen = await _ask(pages, on, settings, origins) if pages else empty(SiteCheck)
    async with sole_writer(lake.storage, writer_wait_s(settings)):
        # read again: another run may have written while this one asked
        known = site_checks.known_before(lake, week.next)
        lake.write("site_checks", week, site_checks.added(known, seen, editions))
    answered = seen.num_rows - pc.sum(seen["failure"].is_valid()).as_py() if seen.num_rows else 0
    logger.info("%s  websites: %d asked, %d answered, %d wait", week, seen.num_rows, answered, waiting)
    return Slice(str(week), seen.num_rows, answered, waiting)


def _labs(lake: Lake, week: Week, edition: str) -> pa.Table:
    own = lake if edition == "full" else Lake(lake.storage.url, edition=edition)
    labs = own.read("labs", week, columns=["lab_id", "website"])
    # a page of a social network is no site of the lab's own, and networks want no robots
    return labs.filter(pa.array([url is not None and is_own_site(url) for url in labs["website"].to_pylist()]))


async def _ask(pages: list[tuple[str, str]], on: date, settings: Settings, origins: str | None) -> pa.Table:
    with scratch("websites") as folder:
        labs, out, log = folder / "labs.parquet", folder / "site_checks.parquet", folder / "spider.log"
        pq.write_table(pa.table({"lab_id": [lab for lab, _ in pages], "website": [url for _, url in pages]}), labs)
        command = [sys.executable, "-m", "crawlers.lab_websites", "--labs", str(labs), "--out", str(out)]
        command += ["--on", on.isoformat(), "--parent", str(os.getpid())]
        if origins is not None:
            command += ["--origins", str(Path(origins).absolute())]
        if settings.contact_url:
            command += ["--contact", settings.contact_url]
        code = await run_process(command, log, settings.crawl_limit_s)
        if code != 0:
            failure = Failure.TIMED_OUT if code is None else Failure.CRASHED
            raise CrawlFailed(failure, f"the spider of home pages gave nothing: {last_line(log)}")
        return conform(pq.read_table(out), SiteCheck)
