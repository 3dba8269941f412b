"""Requests to requests the site permits: robots.txt by RFC 9309, its crawl delay, and its reservations of use.

In the place of Scrapy's middleware, which crawls when robots.txt answers 503, hangs, loops or resets, applies no
Crawl-delay and cannot read UTF-16 (publishing-and-safety.md 3.3). The file is asked for through the same chain as any
page, so it is guarded, archived and replayed like one.
"""

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    IgnoreRequest,
    NotConfigured,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.guards.addresses.public_web import shown
from crawlers.guards.failures import CrawlFailed, Failure, printable
from crawlers.guards.robots.reservations import RESERVED, is_reserved, signals
from crawlers.guards.robots.rules import LONGEST_DELAY, Rules, Verdict, rules, unreachable
from crawlers.pages.diagnosis import NO_ANSWER, of_exception

logger = logging.getLogger(__name__)

MAX_AGE = 24 * 3600.0
"""Seconds a robots.txt is trusted (RFC 9309 2.4); setting `LABS_ROBOTS_MAX_AGE`."""
_PRIORITY = 1000
_MOST_RESERVED = 50
"""Hosts told of in `sources.reservations`; a directory names hundreds."""
_OWN_REQUEST = "labs_asks_for_robots"
"""Key in `meta` of our requests for robots.txt. Scrapy's `dont_obey_robotstxt` means nothing here."""
_NO_HOST = re.compile(r"refused|resolve|lookup|no route|not in the origins map", re.IGNORECASE)
"""Words for a host that does not answer at all. By words, since in a replay the exception is known by its text only."""

_MAX_FILE = 4 << 20
"""Bytes of robots.txt received at most; a longer one is no robots.txt."""


class RobotsRefused(CrawlFailed, IgnoreRequest):
    """robots.txt forbids the URL, or gives no answer, which forbids it too; it is not asked for."""

    def __init__(self, verdict: Verdict, url: str, why: str, failure: Failure) -> None:
        self.verdict = verdict
        super().__init__(failure, f"{why}: {shown(url)}")


@dataclass
class _Known:
    rules: asyncio.Task[Rules]
    at: float


class RobotsMiddleware:
    """Downloader middleware: refuse what robots.txt forbids and wait as long as it asks.

    Statistics, under `labs/<source>/robots/`: `host/<host>` (verdict: the best any request to it got), `verdict` (of
    the first host asked, the source's own), `refused` (requests), `delay/<host>` (seconds); and under
    `labs/<source>/reserved/<host>` the signals that reserve use.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._agent: str = agent.partition("/")[0]
        self._max_age = crawler.settings.getfloat("LABS_ROBOTS_MAX_AGE", MAX_AGE)
        self._known: dict[str, _Known] = {}
        self._prefix = f"labs/{crawler.spidercls.name}"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(crawler)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Let a request the site permits pass.

        Raises: RobotsRefused.
        """
        if request.meta.get(_OWN_REQUEST) is True or not request.url.startswith("http"):
            return
        found = await self._rules(request.url)
        verdict = found.verdict(request.url)
        self._record(request.url, verdict, found)
        if verdict != "allowed":
            self._crawler.stats.inc_value(f"{self._prefix}/robots/refused")
            raise RobotsRefused(verdict, request.url, *_reason(verdict, found))
        if found.delay:
            self._slow_down(request, found.delay)
        if found.reservations and is_reserved(list(found.reservations)):
            self._reserve(request, list(found.reservations))

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Note the signals on use that the response itself carries."""
        found = signals(response)
        if found and is_reserved(found):
            self._reserve(request, found)
        return response

    async def _rules(self, url: str) -> Rules:
        parts = urlsplit(url)
        authority = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        known = self._known.get(authority)
        if known is None or time.monotonic() - known.at > self._max_age:
            is_again = known is not None
            known = _Known(asyncio.ensure_future(self._fetch(authority, is_again=is_again)), time.monotonic())
            self._known[authority] = known
        if known.rules.done():
            return known.rules.result()
        # one request that is cancelled must not take the answer from the others that wait for it
        return await asyncio.shield(known.rules)

    async def _fetch(self, authority: str, *, is_again: bool) -> Rules:
        meta: dict[str, Any] = {_OWN_REQUEST: True, "download_maxsize": _MAX_FILE}
        if is_again:
            meta["dont_cache"] = True
        request = Request(f"{authority}/robots.txt", priority=_PRIORITY, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
        except NO_ANSWER as error:
            failed = of_exception(error)
            logger.info("%s: robots.txt gave no answer: %s", authority, failed)
            is_host_gone = failed.failure is Failure.UNREACHABLE and _NO_HOST.search(failed.evidence)
            if is_host_gone or failed.failure in (Failure.REFUSED_ADDRESS, Failure.TLS):
                return unreachable(failed.evidence, failed.failure)  # no page could be reached either
            return unreachable(f"robots.txt gave no answer, {failed}")
        if "partial" in response.flags:
            return unreachable("robots.txt was cut short")
        return rules(response.status, response.body, self._agent)

    def _record(self, url: str, verdict: Verdict, found: Rules) -> None:
        host = urlsplit(url).netloc.rpartition("@")[2].lower()
        stats, prefix = self._crawler.stats, f"{self._prefix}/robots"
        if stats.get_value(f"{prefix}/host/{host}") != "allowed":
            stats.set_value(f"{prefix}/host/{host}", verdict)
        first = stats.get_value(f"{prefix}/first_host")
        if first is None:
            stats.set_value(f"{prefix}/first_host", host)
        if first in (None, host):
            stats.set_value(f"{prefix}/verdict", stats.get_value(f"{prefix}/host/{host}"))
        if found.delay:
            stats.set_value(f"{prefix}/delay/{host}", found.delay)

    def _slow_down(self, request: Request, delay: float) -> None:
        """Hold the slot of the request to the delay, and keep AutoThrottle and jitter from shortening it."""
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        request.meta["autothrottle_dont_adjust_delay"] = True
        delay = max(delay, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        made = downloader.per_slot_settings.get(key, {})
        if made.get("delay", 0.0) < delay or made.get("jitter") != 0.0:
            # slots are thrown away when idle, so the setting they are made from changes too
            downloader.per_slot_settings[key] = made | {"concurrency": 1, "delay": delay, "jitter": 0.0}
        slot = downloader.slots.get(key)
        if slot is not None and (slot.delay < delay or slot.jitter):
            slot.delay, slot.jitter, slot.concurrency = max(slot.delay, delay), 0.0, 1

    def _reserve(self, request: Request, found: list[str]) -> None:
        request.meta[RESERVED] = sorted({*request.meta.get(RESERVED, ()), *found})
        host = urlsplit(request.url).netloc.rpartition("@")[2].lower()
        self._crawler.stats.set_value(f"{self._prefix}/reserved/{host}", printable("; ".join(request.meta[RESERVED])))


def _reason(verdict: Verdict, found: Rules) -> tuple[str, Failure]:
    if verdict == "unreachable":
        return found.why, found.failure
    if found.delay > LONGEST_DELAY:
        return f"robots.txt asks to wait {found.delay:.0f} s between requests, too long", Failure.ROBOTS
    return found.why, Failure.ROBOTS


def overall_verdict(stats: dict[str, Any], source: str) -> Verdict | None:
    """Return the verdict for `sources.robots`: of the first host the source asked, None when it asked nothing.

    `stats` is `crawler.stats.get_stats()`. A directory asks many hosts; those that refuse are unanswered entries of it.
    """
    return stats.get(f"labs/{source}/robots/verdict")


def reservations(stats: dict[str, Any], source: str) -> list[str] | None:
    """Return "host: signals" of each host whose pages reserve text and data mining, `_MOST_RESERVED` at most."""
    prefix = f"labs/{source}/reserved/"
    found = sorted(f"{key.removeprefix(prefix)}: {told}" for key, told in stats.items() if key.startswith(prefix))
    return found[:_MOST_RESERVED] or None
