"""The table of publishing-and-safety.md §3.3, row by row, and what RFC 9309 says of the rest."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.settings import Settings

from crawlers.guards.addresses.middlewares import RefusedAddress
from crawlers.guards.failures import Failure
from crawlers.guards.robots.middleware import RobotsMiddleware, RobotsRefused, overall_verdict
from crawlers.guards.robots.reservations import RESERVED
from crawlers.pages.diagnosis import Unanswered, of_exception

AGENT = "LabRegistryBot"
FORBIDS = "User-agent: *\nDisallow: /private\n"


class _Stats:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def set_value(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get_value(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def inc_value(self, key: str) -> None:
        self.values[key] = self.values.get(key, 0) + 1


class _Site:
    """A crawler whose downloads are answered by a function of the URL."""

    def __init__(self, answer: Callable[[str], Response | Exception], **settings: Any) -> None:
        self.asked: list[str] = []
        self.stats = _Stats()
        self.settings = Settings({"ROBOTSTXT_OBEY": True, "USER_AGENT": f"{AGENT}/1.0 (+https://x)", **settings})
        self.spidercls = SimpleNamespace(name="makery")
        slot = SimpleNamespace(delay=0.0, jitter=0.5, concurrency=8)
        self.downloader = SimpleNamespace(
            slots={"lab.fr": slot}, per_slot_settings={}, get_slot_key=lambda request: "lab.fr"
        )
        self.engine = SimpleNamespace(download_async=self._download, downloader=self.downloader)
        self._answer = answer

    async def _download(self, request: Request) -> Response:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        found = self._answer(request.url)
        if isinstance(found, Exception):
            raise found
        return found


def site(answer: Response | Exception | str, **settings: Any) -> _Site:
    found = Response("https://lab.fr/robots.txt", body=answer.encode()) if isinstance(answer, str) else answer
    return _Site(lambda url: found, **settings)


def crawl(crawler: _Site, *urls: str, **meta: Any) -> list[Request | RobotsRefused]:
    async def run() -> list[Any]:
        middleware = RobotsMiddleware.from_crawler(crawler)  # type: ignore[arg-type]  # a stand-in
        requests = [Request(url, meta=dict(meta)) for url in urls]
        done = await asyncio.gather(*(middleware.process_request(r) for r in requests), return_exceptions=True)
        return [error or request for request, error in zip(requests, done, strict=True)]

    return asyncio.run(run())


@pytest.mark.parametrize(
    "answer",
    [
        DownloadTimeoutError("took longer than 30 seconds"),
        DownloadFailedError("connection reset"),
        IgnoreRequest("max redirections reached"),
        OSError("reset"),
        Response("https://lab.fr/robots.txt", status=503),
        Response("https://lab.fr/robots.txt", body=FORBIDS.encode(), flags=["partial"]),
    ],
)
def test_no_answer_forbids_the_whole_site(answer: Response | Exception) -> None:
    crawler = site(answer)
    (refused,) = crawl(crawler, "https://lab.fr/public")
    assert isinstance(refused, RobotsRefused)
    assert (refused.failure, refused.verdict) == (Failure.ROBOTS_UNREACHABLE, "unreachable")
    assert overall_verdict(crawler.stats.values, "makery") == "unreachable"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (CannotResolveHostError("DNS lookup failed: no results"), Failure.UNREACHABLE),
        (DownloadConnectionRefusedError("Connection was refused by other side"), Failure.UNREACHABLE),
        (DownloadFailedError("certificate verify failed"), Failure.TLS),
        (RefusedAddress("http://10.0.0.1/", "private"), Failure.REFUSED_ADDRESS),
        (DownloadFailedError("Connection to the other side was lost"), Failure.ROBOTS_UNREACHABLE),
    ],
)
def test_host_that_gives_no_page_either_is_told_by_its_own_failure_in_a_replay_too(
    error: Exception, failure: Failure
) -> None:
    told = of_exception(error)
    for raised in (error, Unanswered(told.failure, told.evidence)):
        (refused,) = crawl(site(raised), "https://lab.fr/a")
        assert isinstance(refused, RobotsRefused)
        assert (refused.failure, refused.verdict) == (failure, "unreachable")


def test_a_bug_in_the_download_is_not_taken_for_the_world() -> None:
    (error,) = crawl(site(TypeError("a bug")), "https://lab.fr/public")
    assert isinstance(error, TypeError)


def test_file_is_asked_once_for_each_authority() -> None:
    crawler = site("")
    crawl(crawler, "https://lab.fr/a", "https://lab.fr/b", "http://lab.fr/", "https://LAB.fr/c", "https://u:p@lab.fr/")
    assert crawler.asked == ["https://lab.fr/robots.txt", "http://lab.fr/robots.txt"]


def test_file_is_asked_again_when_it_is_old() -> None:
    answers = iter(["", "User-agent: *\nDisallow: /\n"])
    crawler = _Site(lambda url: Response(url, body=next(answers).encode()), LABS_ROBOTS_MAX_AGE=0.02)

    async def run() -> None:
        middleware = RobotsMiddleware.from_crawler(crawler)  # type: ignore[arg-type]  # a stand-in
        await middleware.process_request(Request("https://lab.fr/a"))
        await asyncio.sleep(0.05)
        with pytest.raises(RobotsRefused):
            await middleware.process_request(Request("https://lab.fr/b"))

    asyncio.run(run())


def test_verdicts_are_kept_for_each_host_and_the_first_is_the_sources() -> None:
    crawler = _Site(lambda url: Response(url, body=b"" if "//lab.fr" in url else b"User-agent: *\nDisallow: /"))
    crawl(crawler, "https://lab.fr/a", "https://other.fr/b", "https://other.fr/c")
    assert crawler.stats.values == {
        "labs/makery/robots/first_host": "lab.fr",
        "labs/makery/robots/verdict": "allowed",
        "labs/makery/robots/host/lab.fr": "allowed",
        "labs/makery/robots/host/other.fr": "disallowed",
        "labs/makery/robots/refused": 2,
    }
    assert overall_verdict(crawler.stats.values, "makery") == "allowed"
    assert overall_verdict({}, "makery") is None


def test_refusal_says_why() -> None:
    def evidence(body: str | Response) -> str:
        (refused,) = crawl(site(body), "https://lab.fr/private?key=s3cret")
        assert isinstance(refused, RobotsRefused)
        assert refused.failure is Failure.ROBOTS
        return refused.evidence

    assert evidence(FORBIDS) == "robots.txt forbids it: https://lab.fr/private"
    assert evidence("User-agent: *\nCrawl-delay: 3600").startswith("robots.txt asks to wait 3600 s")
    assert evidence(Response("https://lab.fr/robots.txt", status=403)).startswith("robots.txt answers 403")


def test_crawl_delay_holds_the_slot_against_jitter_and_autothrottle() -> None:
    crawler = site("User-agent: *\nCrawl-delay: 3\n")
    (request,) = crawl(crawler, "https://lab.fr/a")
    assert isinstance(request, Request)
    assert request.meta["autothrottle_dont_adjust_delay"] is True
    assert crawler.downloader.per_slot_settings == {"lab.fr": {"concurrency": 1, "delay": 3.0, "jitter": 0.0}}
    assert vars(crawler.downloader.slots["lab.fr"]) == {"delay": 3.0, "jitter": 0.0, "concurrency": 1}
    assert crawler.stats.values["labs/makery/robots/delay/lab.fr"] == 3.0


def test_crawl_delay_never_shortens_our_own() -> None:
    crawler = site("User-agent: *\nCrawl-delay: 1\n", DOWNLOAD_DELAY=2.0)
    crawl(crawler, "https://lab.fr/a")
    assert crawler.downloader.per_slot_settings["lab.fr"]["delay"] == 2.0


def test_no_spider_can_switch_robots_off() -> None:
    (refused,) = crawl(site("User-agent: *\nDisallow: /\n"), "https://lab.fr/a", dont_obey_robotstxt=True)
    assert isinstance(refused, RobotsRefused)


def test_reservations_reach_the_parser_and_the_statistics() -> None:
    crawler = site("User-agent: *\nAllow: /\nContent-Signal: search=yes, ai-train=no\n")
    (request,) = crawl(crawler, "https://lab.fr/a")
    assert isinstance(request, Request)
    assert request.meta[RESERVED] == ["content-signal: search=yes, ai-train=no"]
    middleware = RobotsMiddleware.from_crawler(crawler)  # type: ignore[arg-type]  # a stand-in
    middleware.process_response(request, Response(request.url, headers={"tdm-reservation": "1"}))
    assert request.meta[RESERVED] == ["content-signal: search=yes, ai-train=no", "tdm-reservation: 1"]
    assert "tdm-reservation: 1" in crawler.stats.values["labs/makery/reserved/lab.fr"]
