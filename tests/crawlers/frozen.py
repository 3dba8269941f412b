"""Frozen pages to what a spider reads of them, without a network and without Scrapy's engine."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure as Trace

from crawlers.archive import fingerprint
from crawlers.catalogue import spider
from crawlers.guards.failures import Failure
from crawlers.pages.diagnosis import Unanswered
from crawlers.process.harvest import Harvest, settled
from crawlers.source import Reading, Source

PAGES = Path(__file__).parents[1] / "pages"


@dataclass
class Frozen:
    """The answers of a source, by request; a body of None is no answer."""

    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)

    def add(
        self, url: str, body: Any, *, status: int = 200, kind: str = "application/json", method: str = "GET"
    ) -> None:
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        self.answers[fingerprint(method, url)] = (status, kind, data)

    def answer(self, request: Request) -> Response | None:
        found = self.answers.get(fingerprint(request.method, request.url))
        if found is None:
            return None
        status, kind, body = found
        headers = Headers({"Content-Type": kind})
        made = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return made(request.url, status=status, headers=headers, body=body, request=request)


@dataclass
class Read:
    """What a spider made of its pages."""

    spider: Source
    harvest: Harvest
    asked: list[Request]

    def golden(self) -> dict[str, Any]:
        """Return the rows as a reviewer reads them: missing values left out, the digest of the page too."""
        rows = [row.model_dump(mode="json", exclude_none=True) for row in self.harvest.listings]
        for row in rows:
            row.pop("page_sha256")
        return {
            "listings": sorted(rows, key=lambda row: row["source_key"]),
            "rejections": [row.model_dump(mode="json", exclude_none=True) for row in self.harvest.rejections],
            "unanswered": {why: sorted(labels) for why, labels in sorted(self.spider.unread.entries.items())},
        }


def read(source: str | type[Source], frozen: Frozen, look: int | None = None) -> Read:
    """Lead the spider of a source through frozen pages, in the order it asks, or as far as a look goes."""
    crawl = (spider(source) if isinstance(source, str) else source)(look=look)
    asked: list[Request] = []
    readings: list[Reading] = []
    waiting = list(crawl.first_requests())
    try:
        while waiting:
            request = waiting.pop(0)
            asked.append(request)
            assert len(asked) < 1000, "the spider asks without end"
            for made in _lead(request, frozen.answer(request)):
                if isinstance(made, Request):
                    waiting.append(made)
                else:
                    readings.append(made)
    except CloseSpider:
        assert crawl.failed is not None
    return Read(crawl, settled(readings), asked)


def _lead(request: Request, response: Response | None) -> list[Any]:
    assert request.callback is not None
    assert request.errback is not None
    if response is None:
        error: Exception = Unanswered(Failure.MISSING_PAGE, f"no frozen page for {request.method} {request.url}")
    elif response.status != 200 and response.status not in request.meta.get("handle_httpstatus_list", ()):
        error = HttpError(response, "not 200")
    else:
        return list(request.callback(response, **request.cb_kwargs))
    trace = Trace(error)
    trace.request = request
    return list(request.errback(trace) or ())


def frozen_pages(source: str) -> Frozen:
    """Return the frozen pages of a source: `pages.json` says which file answers which request."""
    folder = PAGES / source
    frozen = Frozen()
    for page in json.loads((folder / "pages.json").read_text("utf-8")):
        body = (folder / page["file"]).read_bytes() if "file" in page else b""
        frozen.add(
            page["url"],
            body,
            status=page.get("status", 200),
            kind=page.get("content_type", "application/json"),
            method=page.get("method", "GET"),
        )
    return frozen
