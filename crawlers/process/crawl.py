"""A task to a folder of tables: run the spider, judge what it read, write all or nothing."""

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.archive import Exchange, WarcReader
from crawlers.catalogue import spider as spider_class
from crawlers.declaration import SourceInfo
from crawlers.guards.failures import FAILURES, CrawlFailed, Failure, printable
from crawlers.guards.robots.middleware import overall_verdict, reservations
from crawlers.pages.replay import pages
from crawlers.process.harvest import Harvest, judge, judge_look, settled
from crawlers.process.ledger import ledger
from crawlers.process.task import Task
from crawlers.settings import DEPTH_LIMIT, Run, settings
from crawlers.source import Source
from crawlers.unread import Unread
from warehouse.schema import Listing, Page, Rejection, SourceState, UnansweredEntry

logger = logging.getLogger(__name__)


@dataclass
class _Told:
    """What a run of a spider told: its rows, and how it failed if it did."""

    info: SourceInfo
    harvest: Harvest
    failed: CrawlFailed | None = None
    crash: str | None = None
    robots: str | None = None
    reservations: list[str] | None = None
    unread: Unread = field(default_factory=Unread)

    @property
    def is_good(self) -> bool:
        """Return whether the source answered as it declares."""
        return self.failed is None and self.crash is None


@dataclass
class Listener:
    """What the signals of one crawl say."""

    readings: list[Any] = field(default_factory=list)
    spider: Source | None = None
    crash: str | None = None
    reason: str = "never started"

    def item_scraped(self, item: Any) -> None:
        """Take a row."""
        self.readings.append(item)

    def spider_opened(self, spider: Source) -> None:
        """Take the spider."""
        self.spider = spider

    def spider_error(self, failure: Any) -> None:
        """Take the first exception of a callback: a bug, with its place."""
        logger.error("%s", failure.getTraceback())
        where = failure.getTracebackObject()
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        at = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where is not None else "?"
        self.crash = self.crash or printable(f"{failure.type.__name__} at {at}: {failure.getErrorMessage()}")

    def spider_closed(self, reason: str) -> None:
        """Take how the crawl ended."""
        self.reason = reason


def crawl(task: Task) -> int:
    """Run the task and return the exit status: 0 when the source answered well, 1 when the world failed."""
    info = spider_class(task.source).info
    replayed = task.replayed
    if replayed is not None:
        WarcReader(replayed)  # a damaged archive is told before Scrapy starts
    elif task.origins is not None and not task.origins.keys() & set(info.hosts):
        failed = CrawlFailed(Failure.UNREACHABLE, f"no host of the source is in the origins map: {info.hosts[0]}")
        _write(task.out, Harvest([], []), [], [], _state(_Told(info, Harvest([], []), failed), [], task.week))
        return 1
    if replayed is None:
        for left in task.warc.parent.glob(f".{task.source}.*.part"):
            left.unlink(missing_ok=True)  # of a spider that was killed; the warehouse has one writer
    warc = replayed or task.warc.with_name(f".{task.source}.{os.getpid()}.part")
    run = Run(
        archive_file=warc,
        is_replay=replayed is not None,
        contact=task.contact,
        origins=task.origins,
        earlier=task.earlier,
    )
    try:
        told = _run(task.source, run, task.look)
        archive = WarcReader(warc)
        kept = task.warc if told.is_good else task.failed_warc
        rows = list(pages(archive, task.source, f"week={task.week}/{(replayed or kept).name}")) if told.is_good else []
        harvest = told.harvest if told.is_good else Harvest([], [])
        silent = told.unread.rows(task.source) if told.is_good and spider_class(task.source).is_keyed_by_entry else []
        _write(task.out, harvest, silent, rows, _state(told, archive.exchanges, task.week))
        if replayed is None:
            # only what ended well is the archive of the week; a failed attempt is kept beside it as evidence
            _sync(warc)
            warc.replace(kept)
    finally:
        if replayed is None:
            warc.unlink(missing_ok=True)
    return 0 if told.is_good else 1


def run_spider(spider: type[Source], run: Run, **arguments: Any) -> tuple[Listener, dict[str, Any]]:
    """Run one spider in this process to its end and return what its signals said, and its statistics.

    A process can do this once: the reactor does not start again.
    """
    process = AsyncCrawlerProcess(settings(run))
    crawler = process.create_crawler(spider)
    listener = Listener()
    for name in ("item_scraped", "spider_opened", "spider_error", "spider_closed"):
        crawler.signals.connect(getattr(listener, name), signal=getattr(signals, name))
    # what a download or a callback fails by is in the state, and a bug is logged by the listener
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    process.crawl(crawler, **arguments)
    process.start()
    if listener.spider is None:
        # Scrapy swallows what goes wrong before the spider opens, and returns as if all were well
        raise RuntimeError(f"the crawl of {spider.name} did not start: see the log")
    return listener, crawler.stats.get_stats()


def _run(source: str, run: Run, look: int | None) -> _Told:
    listener, stats = run_spider(spider_class(source), run, look=look)
    assert listener.spider is not None  # noqa: S101 - run_spider has raised otherwise
    spider, harvest = listener.spider, settled(listener.readings)
    told = _Told(spider.info, harvest, spider.failed, listener.crash, unread=spider.unread)
    told.robots, told.reservations = overall_verdict(stats, source), reservations(stats, source)
    if told.is_good:
        try:
            finished(listener.reason, stats.get("request_depth_max", 0))
            if run.archive_file.name.endswith(".failed.warc.gz"):
                _whole(spider.unread)
            (judge if look is None else judge_look)(spider, harvest)
        except CrawlFailed as judged:
            told.failed = judged
    if not told.is_good:
        logger.warning("%s: %s", source, told.failed or told.crash)
    return told


def finished(reason: str, depth: int) -> None:
    """Return when a crawl came to its end. Raises: CrawlFailed when it stopped early, so is worth nothing."""
    if reason != "finished":
        raise CrawlFailed(Failure.BUDGET, f"the crawl stopped early: {reason}")
    if depth >= DEPTH_LIMIT:
        raise CrawlFailed(Failure.BUDGET, f"pages lead on after {depth} pages in a row")


def _whole(unread: Unread) -> None:
    """Return when a failed attempt holds every page. Raises: CrawlFailed when it had stopped before the last."""
    if missing := unread.entries.get(Failure.MISSING_PAGE):
        raise CrawlFailed(Failure.MISSING_PAGE, f"{len(missing)} entries were never asked: {min(missing)}")


def _state(told: _Told, exchanges: list[Exchange], week: str) -> SourceState:
    info, is_good = told.info, told.is_good
    listings = len(told.harvest.listings) if is_good else 0
    return SourceState(
        source=info.name,
        state="ok" if is_good else FAILURES[told.failed.failure].state if told.failed else "failed",
        failure=None if is_good else str(told.failed.failure if told.failed else Failure.CRASHED),
        evidence=told.failed.evidence if told.failed else told.crash or told.unread.evidence(),
        listings=listings,
        rejections=len(told.harvest.rejections) if is_good else 0,
        out_of_scope=told.harvest.out_of_scope if is_good else 0,
        unanswered=len(told.unread),
        listings_week=week if is_good else None,
        staleness_weeks=0,
        robots=told.robots,
        reservations=told.reservations,
        licence=info.terms.licence,
        attribution=info.terms.attribution,
        is_share_alike=info.terms.is_share_alike,
        terms_url=info.terms.terms_url,
        **ledger(exchanges, listings),
    )


def _write(
    out: Path, harvest: Harvest, silent: list[UnansweredEntry], archived: list[Page], state: SourceState
) -> None:
    """Write the five files; source.json goes first and comes last, so that with it all are of one run."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "source.json").unlink(missing_ok=True)
    tables = {
        "listings": Listing.table(harvest.listings),
        "rejections": Rejection.table(harvest.rejections),
        "unanswered": UnansweredEntry.table(silent),
        "pages": Page.table(archived),
    }
    for name, table in tables.items():
        part = out / f".{name}.part"
        pq.write_table(table, part, compression="zstd")
        part.replace(out / f"{name}.parquet")
    part = out / ".source.part"
    part.write_text(state.model_dump_json() + "\n", encoding="utf-8")
    _sync(part)
    part.replace(out / "source.json")


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
