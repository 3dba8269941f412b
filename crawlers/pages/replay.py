"""Scrapy's HTTP cache on the week's WARC: live it records every exchange, in a replay it answers from it alone."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

from crawlers.archive import Asked, Exchange, WarcReader, WarcWriter, fingerprint
from crawlers.guards.failures import Failure
from crawlers.pages.diagnosis import Unanswered, of_exception
from crawlers.pages.revalidation import NOT_MODIFIED, Earlier
from warehouse.schema import Page


class WholeArchive:
    """The cache policy of an archive: everything is kept, and what is there is the answer."""

    def __init__(self, settings: BaseSettings) -> None:
        """Take no settings: there is nothing to choose."""

    def should_cache_request(self, request: Request) -> bool:
        """Keep every request of the web."""
        return urlsplit(request.url).scheme in ("http", "https")

    def should_cache_response(self, response: Response, request: Request) -> bool:
        """Keep every response: robots.txt, errors and half a body too."""
        return True

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        """Trust the archive."""
        return True

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:
        """Never called, as all is fresh; a live response would be newer."""
        return False


class WarcStorage:
    """The cache storage: one WARC, written live (`LABS_ARCHIVE_MODE` record) or read (replay)."""

    def __init__(self, settings: BaseSettings) -> None:
        self._path = Path(settings["LABS_ARCHIVE_FILE"])
        self._is_replay: bool = settings["LABS_ARCHIVE_MODE"] == "replay"
        earlier = settings.get("LABS_EARLIER_ARCHIVE")
        self.earlier = Earlier(Path(earlier) if earlier and not self._is_replay else None)
        self._writer: WarcWriter | None = None
        self._reader: WarcReader | None = None

    def open_spider(self, spider: Spider) -> None:
        """Open the WARC."""
        if self._is_replay:
            self._reader = WarcReader(self._path)
        else:
            self._writer = WarcWriter(self._path)

    def close_spider(self, spider: Spider) -> None:
        """Close the WARC."""
        if self._writer:
            self._writer.close()

    def retrieve_response(self, spider: Spider | None, request: Request) -> Response | None:
        """Return the archived response; None when live, and for what gave no answer or was never asked."""
        exchange = self.exchange(request)
        if exchange is None or exchange.failure or self._reader is None:
            return None
        status, pairs, body, is_truncated = self._reader.read(exchange)
        headers = Headers()
        for name, value in pairs:
            headers.appendlist(name, value)
        request.meta["page_sha256"] = exchange.sha256
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(request.url, status=status, headers=headers, body=body, flags=["partial"] if is_truncated else [])

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Append a live response."""
        if self._writer is None:
            return
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        request.meta["page_sha256"] = hashlib.sha256(response.body).hexdigest()
        self._writer.write(
            _asked(request),
            (response.status, headers, response.body),
            datetime.now(UTC),
            is_truncated="partial" in response.flags,
            is_not_modified=NOT_MODIFIED in response.flags,
        )

    def store_failure(self, request: Request, error: Exception) -> None:
        """Append a live request that got no answer, with its failure class.

        What robots.txt forbids is left out: it was never asked, and a replay reads the same robots.txt.
        """
        failed = of_exception(error)
        if self._writer is not None and failed.failure not in (Failure.ROBOTS, Failure.ROBOTS_UNREACHABLE):
            self._writer.write_failure(_asked(request), str(failed.failure), failed.evidence, datetime.now(UTC))

    def exchange(self, request: Request) -> Exchange | None:
        """Return what the archive holds of a request, None when live."""
        return self._reader.find(fingerprint(*_asked(request))) if self._reader else None

    @property
    def is_replay(self) -> bool:
        """Return whether the archive is read, not written."""
        return self._is_replay


class ArchiveMiddleware(HttpCacheMiddleware):
    """The HTTP cache with failures: what got no answer live gets none in a replay, and the network is never asked."""

    storage: WarcStorage

    def process_request(self, request: Request, spider: Spider | None = None) -> Any:
        """Return the archived response.

        Raises: Unanswered when the archive says there was none, or has no such request.
        """
        if not self.storage.is_replay:
            self.storage.earlier.ask_if_changed(request)
            return super().process_request(request)
        if not self.policy.should_cache_request(request):
            return None  # no address of the web: the guard below refuses it, as it did live
        exchange = self.storage.exchange(request)
        if exchange is not None and exchange.failure:
            raise Unanswered(Failure(exchange.failure), exchange.message)
        if exchange is None:
            if urlsplit(request.url).path == "/robots.txt":
                # who made the archive without it has asked nobody, and a replay asks nobody either
                return Response(request.url, status=404, request=request)
            raise Unanswered(Failure.MISSING_PAGE, f"{request.method} {request.url} is not in the archive")
        # not by way of super: a request marked dont_cache would go on to the network
        response = self.storage.retrieve_response(self.crawler.spider, request)
        if response is not None:
            response.flags.append("cached")
        return response

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Any:
        """Archive a response; one that says "not modified" as the page it stands for, so each week is whole."""
        unchanged = self.storage.earlier.unchanged(request, response)
        return super().process_response(request, unchanged if unchanged is not None else response)

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Archive a request that got no answer."""
        if not isinstance(exception, Unanswered) and self.policy.should_cache_request(request):
            self.storage.store_failure(request, exception)


def pages(reader: WarcReader, source: str, warc_file: str) -> Iterator[Page]:
    """Yield a row for the last response to each request of an archive."""
    for exchange in reader.last():
        if exchange.status is None or exchange.sha256 is None:
            continue
        yield Page(
            source=source,
            request=exchange.request,
            url=exchange.url,
            fetched_at=exchange.fetched_at,
            status=exchange.status,
            content_type=exchange.content_type,
            sha256=exchange.sha256,
            warc_file=warc_file,
            warc_offset=exchange.offset,
        )


def _asked(request: Request) -> Asked:
    return request.method, request.url, request.body
