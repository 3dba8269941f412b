"""A source to its hand-over without a process: its spider is led through the simulated site page by page.

What a crawl meets on a real socket is out of reach here: a source that gives no answer is handed over as failed.
"""

from scrapy import Request
from scrapy.responsetypes import responsetypes

from crawlers.catalogue import spider as spider_class
from crawlers.guards.failures import FAILURES, CrawlFailed, Failure
from crawlers.process.harvest import judge, settled
from crawlers.source import Reading
from flows.sources.crawling import Crawl, failed
from tests.simulation.incidents import KINDS
from tests.simulation.sites import Sites
from warehouse.schema import Listing, Page, Rejection, UnansweredEntry


def lead(source: str, sites: Sites, week: str) -> Crawl:
    """Return what the source's spider reads in the week the sites are set to."""
    incident = sites.incident(source)
    if incident is not None and KINDS[incident].fate == "unanswered":
        return _failed(source, KINDS[incident].told[0], f"the simulation says: {incident}")
    spider = spider_class(source)()
    readings: list[Reading] = []
    waiting = list(spider.requests())
    try:
        while waiting:
            request = waiting.pop(0)
            found = sites.answer(source, request.url)
            kind = responsetypes.from_args(url=request.url, body=found.body)
            response = kind(
                request.url, status=found.status, headers=found.all_headers(), body=found.body, request=request
            )
            assert request.callback is not None
            for told in request.callback(response, **request.cb_kwargs):
                (waiting if isinstance(told, Request) else readings).append(told)
        harvest = settled(readings)
        judge(spider, harvest)
    except CrawlFailed as error:
        return _failed(source, error.failure, error.evidence)
    counts = {"listings": len(harvest.listings), "rejections": len(harvest.rejections)}
    state = failed(source, "none", "").state.model_copy(
        update={"state": "ok", "failure": None, "evidence": None, "listings_week": week, **counts}
    )
    tables = {"listings": Listing.table(harvest.listings), "rejections": Rejection.table(harvest.rejections)}
    return Crawl(state, tables | {"unanswered": UnansweredEntry.table([]), "pages": Page.table([])})


def _failed(source: str, failure: str, evidence: str) -> Crawl:
    crawled = failed(source, failure, evidence)
    state = FAILURES[Failure(failure)].state
    return Crawl(crawled.state.model_copy(update={"state": state}), crawled.tables)
