"""A task to a folder of tables: run the spider, judge what it read, write all or nothing."""

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.archive import WarcReader
from crawlers.catalogue import spider as spider_class
from crawlers.guards.failures import FAILURES, CrawlFailed, Failure, printable
from crawlers.guards.robots import overall_verdict
from crawlers.outcome import Harvest, judge, settled
from crawlers.replay import pages
from crawlers.settings import Run, settings
from crawlers.source import Reading, Source
from warehouse.schema import Listing, Page, Rejection, SourceState

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What one process is asked to do."""

    source: str
    week: str
    archive: Path
    out: Path
    is_replay: bool
    origins: dict[str, str] | None
    contact: str | None

    @property
    def warc(self) -> Path:
        """Return where the week's archive of the source is, or will be."""
        return self.archive / f"week={self.week}" / f"{self.source}.warc.gz"


@dataclass
class _Told:
    """What a run of a spider told: its rows, and how it failed if it did."""

    spider: Source
    harvest: Harvest
    failed: CrawlFailed | None
    crash: str | None
    robots: str | None


@dataclass
class _Listener:
    """What the signals of one crawl say."""

    readings: list[Reading] = field(default_factory=list)
    spider: Source | None = None
    crash: str | None = None
    reason: str = "never started"

    def item_scraped(self, item: Reading) -> None:
        self.readings.append(item)

    def spider_opened(self, spider: Source) -> None:
        self.spider = spider

    def spider_error(self, failure: Any) -> None:
        logger.error("%s", failure.getTraceback())
        where = failure.getTracebackObject()
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        at = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where is not None else "?"
        self.crash = self.crash or printable(f"{failure.type.__name__} at {at}: {failure.getErrorMessage()}")

    def spider_closed(self, reason: str) -> None:
        self.reason = reason


def crawl(task: Task) -> int:
    """Run the task and return the exit status: 0 when the source answered well, 1 when the world failed."""
    is_replay = task.is_replay or task.warc.is_file()
    if is_replay:
        WarcReader(task.warc)  # a damaged archive is told before Scrapy starts
    warc = task.warc if is_replay else task.warc.with_name(f".{task.source}.{os.getpid()}.part")
    try:
        told = _run(
            task.source, Run(archive_file=warc, is_replay=is_replay, contact=task.contact, origins=task.origins)
        )
        is_good = told.failed is None and told.crash is None
        archive = WarcReader(warc)
        archived = f"week={task.week}/{task.warc.name}"
        rows = list(pages(archive, task.source, archived)) if is_good else []
        _write(task.out, told.harvest if is_good else Harvest([], []), rows, _state(told, archive, task.week))
        if not is_replay:
            # only what ended well is the archive of the week; a failed attempt is kept beside it as evidence
            kept = task.warc if is_good else task.warc.with_name(f"{task.source}.failed.warc.gz")
            _sync(warc)
            warc.replace(kept)
    finally:
        if not is_replay:
            warc.unlink(missing_ok=True)
    return 0 if is_good else 1


def _run(source: str, run: Run) -> _Told:
    process = AsyncCrawlerProcess(settings(run))
    crawler = process.create_crawler(spider_class(source))
    listener = _Listener()
    for name in ("item_scraped", "spider_opened", "spider_error", "spider_closed"):
        crawler.signals.connect(getattr(listener, name), signal=getattr(signals, name))
    # what a download or a callback fails by is in the state, and a bug is logged by the listener
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    process.crawl(crawler)
    process.start()
    if listener.spider is None:
        # Scrapy swallows what goes wrong before the spider opens, and returns as if all were well
        raise RuntimeError(f"the crawl of {source} did not start: see the log")
    spider, harvest = listener.spider, settled(listener.readings)
    failed = spider.failed
    if failed is None and listener.crash is None:
        failed = _unfinished(listener.reason)
    if failed is None and listener.crash is None:
        try:
            judge(spider, harvest)
        except CrawlFailed as judged:
            failed = judged
    if failed or listener.crash:
        logger.warning("%s: %s", source, failed or listener.crash)
    verdict = overall_verdict(crawler.stats.get_stats(), source)
    return _Told(spider, harvest, failed, listener.crash, verdict)


def _unfinished(reason: str) -> CrawlFailed | None:
    """Return why a crawl that stopped early is worth nothing, None when it came to its end."""
    if reason == "finished":
        return None
    return CrawlFailed(Failure.BUDGET, f"the crawl stopped early: {reason}")


def _state(told: _Told, archive: WarcReader, week: str) -> SourceState:
    info, is_good = told.spider.info, told.failed is None and told.crash is None
    last = max((exchange.fetched_at for exchange in archive.exchanges), default=None)
    return SourceState(
        source=info.name,
        state="ok" if is_good else FAILURES[told.failed.failure].state if told.failed else "failed",
        failure=None if is_good else str(told.failed.failure) if told.failed else "crashed",
        evidence=told.failed.evidence if told.failed else told.crash or told.spider.unread.evidence(),
        listings=len(told.harvest.listings) if is_good else 0,
        rejections=len(told.harvest.rejections) if is_good else 0,
        out_of_scope=told.harvest.out_of_scope if is_good else 0,
        unanswered=len(told.spider.unread),
        pages=sum(exchange.status is not None for exchange in archive.last()),
        requests=sum(exchange.failure != Failure.REFUSED_ADDRESS for exchange in archive.exchanges),
        bytes=sum(exchange.size for exchange in archive.exchanges),
        fetched_at=last,
        listings_week=week if is_good else None,
        staleness_weeks=0,
        robots=told.robots,
        licence=info.terms.licence,
        attribution=info.terms.attribution,
        is_share_alike=info.terms.is_share_alike,
        terms_url=info.terms.terms_url,
    )


def _write(out: Path, harvest: Harvest, archived: list[Page], state: SourceState) -> None:
    """Write the four files; source.json goes first and comes last, so that with it all are of one run."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "source.json").unlink(missing_ok=True)
    tables = {
        "listings": Listing.table(harvest.listings),
        "rejections": Rejection.table(harvest.rejections),
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
