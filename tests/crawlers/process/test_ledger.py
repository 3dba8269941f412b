"""What a crawl cost its servers is read off the archive, so a replay says the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawlers.archive import Exchange
from crawlers.guards.failures import Failure
from crawlers.process.ledger import ledger
from tests.crawlers.frozen import PAGES
from tests.crawlers.spider_process import crawl, site

AT = datetime(2026, 10, 12, 4, tzinfo=UTC)


def answer(url: str, seconds: int, *, status: int = 200, size: int = 100) -> Exchange:
    at = AT + timedelta(seconds=seconds)
    return Exchange(url, url, at, 0, status, "text/plain", "0" * 64, size, None, "")


def unanswered(url: str, failure: Failure) -> Exchange:
    return Exchange(url, url, AT, 0, None, None, None, 0, str(failure), "")


def test_requests_bytes_refusals_and_waits_are_counted() -> None:
    page = answer("https://a.example/1", 0)
    told = ledger(
        [
            page,
            answer("https://a.example/2", 3, status=429, size=0),
            answer("https://a.example/2", 10, status=503, size=7),
            replace(answer("https://a.example/2", 12, size=0), is_not_modified=True),
            answer("https://b.example/", 1),
            unanswered("https://c.example/", Failure.TIMED_OUT),
            unanswered("http://10.0.0.1/", Failure.REFUSED_ADDRESS),
        ],
        listings=3,
    )
    assert (told["requests"], told["pages"], told["bytes"]) == (6, 3, 207)
    assert (told["rate_limited"], told["overloaded"], told["not_modified_share"]) == (1, 1, 0.2)
    assert told["delay_s"] == 4.0
    assert told["requests_per_listing"] == 2.0


def test_a_crawl_that_asked_nothing_has_no_shares() -> None:
    told = ledger([], listings=0)
    assert (told["requests"], told["bytes"], told["rate_limited"]) == (0, 0, 0)
    assert (told["not_modified_share"], told["delay_s"], told["requests_per_listing"]) == (None, None, None)
    assert ledger([answer("https://a.example/", 0)], listings=1)["delay_s"] is None


def test_a_page_that_has_not_changed_is_no_bytes_and_a_refusal_is_counted_live_and_in_replay(tmp_path: Path) -> None:
    labs = (PAGES / "fablabs_io" / "labs.json").read_bytes()
    archive, origins = tmp_path / "archive", tmp_path / "origins.json"
    kind = {"Content-Type": "application/json", "ETag": '"v1"'}
    host = "www.fablabs.io"
    with site({f"{host}/api/labs": (200, kind, labs)}, origins, host):
        crawl("fablabs_io", archive, tmp_path / "1", "--origins", str(origins), week="2026-W38")
    busy = {f"{host}/api/labs": (304, {"ETag": '"v1"'}, b""), f"{host}/sitemap.xml.gz": (503, {}, b"")}
    with site(busy, origins, host):
        live = crawl("fablabs_io", archive, tmp_path / "2", "--origins", str(origins), week="2026-W42")
    replay = crawl("fablabs_io", archive, tmp_path / "3", "--replay", week="2026-W42")
    assert live.state == replay.state
    assert live.state["bytes"] == 0
    assert live.state["overloaded"] == 3
    assert live.state["not_modified_share"] == 0.2
    assert live.state["requests_per_listing"] == 5 / 4
