"""Cases 21 to 24 of publishing-and-safety.md §5.6: robots.txt, delays and crawler traps."""

import json
import socket
from itertools import count, pairwise

import pytest

from crawlers.guards.failures import Failure
from tests.faults.conftest import HOST, LIST, CrawlOnce, assert_failed, soak
from tests.faults.loopback import Asked, Loopback, Reply, hang, http, redirect, then_close, then_reset
from tests.faults.probe import lab, labs

ROBOTS = f"{HOST}/robots.txt"
FORBIDS = "User-agent: *\nDisallow: /api\n"
HTML = "<!DOCTYPE html><html><body><pre>User-agent: *\nDisallow: /</pre></body></html>"


def text(body: str | bytes, status: int = 200) -> bytes:
    return http(body, status, Content_Type="text/plain")


@pytest.fixture
def listed(server: Loopback, crawl: CrawlOnce) -> CrawlOnce:
    """Run fablabs_io, whose list is good, with a given robots.txt."""

    def once(robots: Reply, **settings: object) -> object:
        server.routes |= {ROBOTS: robots, LIST: http(labs(5))}
        return crawl(origins=server.origins(HOST), settings={"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 1} | settings)

    return once


# 21 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "robots",
    [
        text(b"", 503),
        hang,
        redirect(f"https://{HOST}/robots.txt"),
        then_reset(b"HTTP/1.1 200"),
        then_close(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nUser-agent: *\nDis"),
        soak(then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nUser-agent: *\n")),
    ],
    ids=["503", "hang", "loop", "reset", "partial", "cut"],
)
def test_robots_without_an_answer_forbids_all(listed: CrawlOnce, server: Loopback, robots: Reply) -> None:
    ended = listed(robots)
    assert_failed(ended, Failure.ROBOTS_UNREACHABLE)
    assert (ended.state["robots"], ended.state["state"]) == ("unreachable", "skipped")
    assert server.pages() == []


@pytest.mark.parametrize(
    "robots",
    [
        text(FORBIDS),
        soak(text("\ufeff" + FORBIDS)),
        text(FORBIDS.encode("utf-16")),
        soak(text(FORBIDS + "# padding\n" * 60_000)),
        text("User-agent: LabRegistryBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
        soak(text(FORBIDS, 401)),
        text(b"", 403),
        text("User-agent: *\nCrawl-delay: 3600\n"),
    ],
    ids=["rule", "BOM", "UTF-16", "600 kB", "own group", "401", "403", "delay of an hour"],
)
def test_robots_that_forbids_is_obeyed(listed: CrawlOnce, server: Loopback, robots: Reply) -> None:
    ended = listed(robots)
    assert_failed(ended, Failure.ROBOTS)
    assert (ended.state["robots"], ended.state["state"]) == ("disallowed", "blocked")
    assert server.pages() == []


@pytest.mark.parametrize(
    "robots",
    [
        text(b"", 404),
        text(HTML),
        text("User-agent: *\nDisallow:\n"),
        redirect(f"https://{HOST}/hops/1"),
    ],
    ids=["404", "HTML", "nothing forbidden", "two redirects"],
)
def test_robots_that_forbids_nothing_allows(listed: CrawlOnce, server: Loopback, robots: Reply) -> None:
    server.routes[f"{HOST}/hops/1"] = redirect(f"https://{HOST}/hops/2")
    server.routes[f"{HOST}/hops/2"] = text("User-agent: *\nAllow: /\n")
    ended = listed(robots)
    assert (ended.code, ended.state["listings"], ended.state["robots"]) == (0, 5, "allowed")


# 22 --------------------------------------------------------------------------------------------------


def _gaps(server: Loopback) -> list[float]:
    at = [asked.at for asked in server.asked]
    return [later - earlier for earlier, later in pairwise(at)]


def test_crawl_delay_is_the_gap_between_requests(server: Loopback, crawl: CrawlOnce) -> None:
    server.routes[ROBOTS] = text("User-agent: *\nCrawl-delay: 1\n")
    urls = tuple(f"https://{HOST}/{number}" for number in range(3))
    server.routes |= {f"{HOST}/{number}": http(labs(1, start=number)) for number in range(3)}
    ended = crawl(source="probe", urls=urls, origins=server.origins(HOST), settings={"AUTOTHROTTLE_ENABLED": True})
    assert (ended.code, ended.state["listings"]) == (0, 3)
    assert min(_gaps(server)) >= 0.9


@pytest.mark.soak
def test_crawl_delay_of_three_seconds(server: Loopback, crawl: CrawlOnce) -> None:
    server.routes[ROBOTS] = text("User-agent: *\nCrawl-delay: 3\n")
    urls = tuple(f"https://{HOST}/{number}" for number in range(5))
    server.routes |= {f"{HOST}/{number}": http(labs(1, start=number)) for number in range(5)}
    ended = crawl(source="probe", urls=urls, origins=server.origins(HOST), settings={"AUTOTHROTTLE_ENABLED": True})
    assert (ended.code, ended.state["listings"]) == (0, 5)
    assert min(_gaps(server)) >= 2.9


# 23 --------------------------------------------------------------------------------------------------


def test_rule_that_appears_during_the_crawl_is_obeyed_when_the_file_is_read_again(
    server: Loopback, crawl: CrawlOnce
) -> None:
    answers = iter([text(b"", 404), text("User-agent: *\nDisallow: /\n")])

    def robots(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(next(answers))

    server.routes |= {ROBOTS: robots, f"{HOST}/0": then_close(1.0, http('{"labs": [], "next": "/1"}'))}
    settings = {"LABS_ROBOTS_MAX_AGE": 0.5}
    ended = crawl(source="probe", urls=(f"https://{HOST}/0",), origins=server.origins(HOST), settings=settings)
    assert [asked.key for asked in server.pages()] == [f"{HOST}/0"]
    assert ended.state["unanswered"] == 1


def test_reservation_of_mining_leaves_the_facts_and_drops_the_description(server: Loopback, crawl: CrawlOnce) -> None:
    server.routes[f"{HOST}/free"] = http(json.dumps([lab(1)]))
    server.routes[f"{HOST}/reserved"] = http(json.dumps([lab(2)]), tdm_reservation="1")
    urls = (f"https://{HOST}/free", f"https://{HOST}/reserved")
    ended = crawl(source="probe", urls=urls, origins=server.origins(HOST))
    rows = {row["source_key"]: row for row in ended.table("listings").to_pylist()}
    assert rows["1"]["description"]
    assert (rows["2"]["description"], rows["2"]["name"]) == (None, "Atelier Fictif 2")
    assert ended.state["reservations"] == [f"{HOST}: tdm-reservation: 1"]


# 24 --------------------------------------------------------------------------------------------------


def _trap(kind: str) -> Reply:
    numbers = count(1)

    def reply(connection: socket.socket, asked: Asked) -> None:
        number = next(numbers)
        following = {
            "calendar": [f"/calendar/{number}", f"/calendar/{number}/next"],
            "segments": [f"{asked.key.removeprefix(HOST)}/a/b"],
            "session": [f"/page?session={number:032x}", f"/page?session={number * 7:032x}"],
        }[kind]
        body = json.dumps({"labs": [lab(number)], "next": following})
        connection.sendall(http(body, Connection="close"))

    return reply


@pytest.mark.parametrize("kind", ["calendar", "segments", soak("session")])
def test_crawler_trap_ends_at_the_budget(server: Loopback, crawl: CrawlOnce, kind: str) -> None:
    trap = _trap(kind)
    server.fallback = lambda key: None if key.endswith("robots.txt") else trap
    budget = {"CLOSESPIDER_PAGECOUNT": 60, "DEPTH_LIMIT": 40, "CLOSESPIDER_TIMEOUT": 10}
    ended = crawl(source="probe", urls=(f"https://{HOST}/",), origins=server.origins(HOST), settings=budget)
    assert ended.seconds < 15
    assert len(server.pages()) < 120
    if kind == "segments":  # one long path: it ends at the depth limit, or where the URL is too long
        assert ended.code in (0, 1)
    else:
        assert_failed(ended, Failure.BUDGET)
