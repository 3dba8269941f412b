"""Source: the spider every source starts from; each record it serves becomes a listing or a rejection."""

import hashlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NoReturn

from pydantic import ValidationError
from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawlers.declaration import SourceInfo
from crawlers.guards.failures import CrawlFailed
from crawlers.guards.robots.reservations import RESERVED
from crawlers.pages.diagnosis import of_exception
from crawlers.reading.fields import Fields, cleaned, disclosed
from crawlers.unread import Unread
from warehouse.schema import Listing, Rejection

logger = logging.getLogger(__name__)

Output = Iterator["Request | Reading"]
Callback = Callable[..., Output]
# what a parser raises on a record whose types are not the agreed ones; anything else is a bug and crashes the crawl
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError)


class OutOfScope(Exception):
    """A record is no lab by the source's scope rule."""

    def __init__(self, reason: str, field: str | None = None, value: Any = None) -> None:
        super().__init__(reason)
        self.reason, self.field, self.value = reason, field, value


class Refused(Exception):
    """A record breaks a rule of its source and can be no listing."""

    def __init__(self, rule: str, reason: str, field: str | None = None, value: Any = None) -> None:
        super().__init__(reason)
        self.rule, self.reason, self.field, self.value = rule, reason, field, value


@dataclass(frozen=True)
class Record:
    """One record as the source serves it, and where it stands."""

    data: Any
    page: str
    position: str
    """The source's own id where it has one, else the position on the page from 0."""
    sha256: str | None = None
    is_reserved: bool = False
    """True when its publisher reserves text and data mining: facts only."""


@dataclass(frozen=True)
class Reading:
    """What became of one record."""

    record: Record
    row: Listing | Rejection


class Source(Spider):
    """A spider of one source. Subclasses declare `info`, say what to ask in `requests()` and what fields mean."""

    info: ClassVar[SourceInfo]
    reads: ClassVar[tuple[str, ...]] = ()
    """Keys at least one record must have: a renamed field is a changed schema even where it was seldom filled."""

    is_keyed_by_entry: ClassVar[bool] = False
    """True when an entry's label is the source key of its listing, or what the keys of its listings begin with before a
    slash: then it is known which last good listings are those of an entry without an answer, and they are kept."""

    look: int | None = None
    """Of a look at a source: how many requests it may make on its way to the first page that holds records."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "info" in cls.__dict__:
            cls.name = cls.info.name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.failed: CrawlFailed | None = None
        self.unread = Unread()
        self.seen_keys: set[str] = set()
        self.asked = 0
        self.left_out = 0
        """Requests a look did not make."""
        self._has_records = False

    def requests(self) -> Iterable[Request]:
        """Return the first requests of the source."""
        raise NotImplementedError

    def parse(self, response: Response) -> Output:
        """Yield the rows of a page and the requests it leads to."""
        raise NotImplementedError

    def fields(self, data: Any) -> Fields:
        """Return the listing columns of one record, raw: `listing` cleans them.

        Raises: OutOfScope, Refused.
        """
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first requests."""
        for request in self.first_requests():
            yield request

    def first_requests(self) -> Iterator[Request]:
        """Yield the first requests; of a look the first alone."""
        for number, request in enumerate(self.requests()):
            if self.look is None or number == 0:
                self.asked += 1
                yield request
            else:
                self.left_out += 1

    def get(self, url: str, callback: Callback | None = None, **kwargs: Any) -> Request:
        """Return a request without which the source has failed; `limits` are its own (download_maxsize, ...)."""
        read = partial(self._page, callback or self.parse)
        meta = kwargs.pop("limits", {})
        return Request(url, callback=read, errback=self._no_page, dont_filter=True, meta=meta, **kwargs)

    def get_entry(self, url: str, label: str, callback: Callback, **kwargs: Any) -> Request:
        """Return a request for one entry of a directory: no answer is counted, and the others go on.

        Raises: ValueError when the URL is none that can be asked.
        """
        read, missed = partial(self._entry, callback, label), partial(self._no_entry, label)
        meta = {"max_retry_times": 1, **kwargs.pop("limits", {})}
        return Request(url, callback=read, errback=missed, dont_filter=True, meta=meta, **kwargs)

    def get_extra(self, url: str, callback: Callback, **kwargs: Any) -> Request:
        """Return a request the source can do without: its callback gets None for a response that did not come."""
        read, missed = partial(self._page, callback), partial(self._no_extra, callback)
        return Request(url, callback=read, errback=missed, dont_filter=True, meta=kwargs.pop("limits", {}), **kwargs)

    def _page(self, callback: Callback, response: Response | None, **kwargs: Any) -> Output:
        try:
            yield from self._within_look(callback(response, **kwargs))
        except CrawlFailed as failed:
            self.end(failed)

    def _entry(self, callback: Callback, label: str, response: Response, **kwargs: Any) -> Output:
        try:
            yield from self._within_look(callback(response, **kwargs))
        except CrawlFailed as failed:
            self.unread.add(label, failed)

    def _within_look(self, outputs: Iterable[Any]) -> Iterator[Any]:
        """Yield the rows, and the requests as far as a look goes; in a crawl all of them."""
        for output in outputs:
            if not isinstance(output, Request):
                self._has_records = True
            elif self.look is not None and (self._has_records or self.asked >= self.look):
                self.left_out += 1
                continue
            else:
                self.asked += 1
            yield output

    def _no_page(self, failure: Any) -> None:
        self.end(of_exception(failure.value))

    def _no_entry(self, label: str, failure: Any) -> None:
        self.unread.add(label, of_exception(failure.value))

    def _no_extra(self, callback: Callback, failure: Any) -> Output:
        logger.info("%s goes without %s: %s", self.name, failure.request.url, of_exception(failure.value))
        yield from self._page(callback, None, **failure.request.cb_kwargs)

    def end(self, failed: CrawlFailed) -> NoReturn:
        """End the crawl as failed; the first failure is the one that counts."""
        self.failed = self.failed or failed
        raise CloseSpider(str(self.failed.failure)) from failed

    def rows(self, response: Response, records: Iterable[Any]) -> Iterator[Reading]:
        """Yield what becomes of each record of a page: a listing or a rejection."""
        digest = response.meta.get("page_sha256") if response.request else None
        digest = digest or hashlib.sha256(response.body).hexdigest()
        is_reserved = bool(response.request and response.meta.get(RESERVED))
        for index, data in enumerate(records):
            record = Record(data, response.url, self.position(data) or str(index), digest, is_reserved)
            yield Reading(record, self.listing(record))

    def position(self, data: Any) -> str | None:
        """Return the source's own id of a record where it has one, for rejections."""
        value = data.get("id") if isinstance(data, dict) else None
        return str(value)[:300] if isinstance(value, int | str) and value != "" else None

    def keys(self, data: Any) -> Iterable[str]:
        """Return the keys of a record, as `reads` names them."""
        return [key for key in data if isinstance(key, str)] if isinstance(data, Mapping) else ()

    def listing(self, record: Record) -> Listing | Rejection:
        """Return the record as a listing, or the rule it breaks as a rejection."""
        if self.reads:
            self.seen_keys.update(self.keys(record.data))
        try:
            columns = cleaned(self.fields(record.data))
            if record.is_reserved:
                columns["description"] = None
            return Listing(**{**columns, "source": self.info.name, "page_sha256": record.sha256})
        except OutOfScope as out:
            return self._rejection(record, "out_of_scope", out.reason, out.field, out.value)
        except Refused as refused:
            return self._rejection(record, refused.rule, refused.reason, refused.field, refused.value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            column = ".".join(str(part) for part in first["loc"]) or None
            return self._rejection(record, first["type"], first["msg"], column, first["input"])
        except _MALFORMED as error:
            reason = f"the record is not of the agreed shape: {type(error).__name__}: {error}"
            return self._rejection(record, "malformed", reason, None, None)

    def _rejection(self, record: Record, rule: str, reason: str, column: str | None, value: Any) -> Rejection:
        return Rejection(
            source=self.info.name,
            page=record.page,
            record=record.position,
            field=column,
            value=disclosed(value),
            rule=rule,
            reason=disclosed(reason) or rule,
        )


def key_of(*parts: Any) -> str:
    """Return a source key for a source without ids: its parts in lower-case words, joined; equal wherever it is run."""
    words = ("-".join(re.findall(r"\w+", str(part).casefold())) for part in parts if part not in (None, ""))
    return "/".join(word for word in words if word)
