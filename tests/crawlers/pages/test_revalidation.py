"""A page that has not changed since last week is not sent again, and stands in this week's archive all the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.archive import WarcReader, WarcWriter
from crawlers.pages.revalidation import EARLIER, Earlier
from crawlers.process.task import Task
from tests.crawlers.frozen import PAGES
from tests.crawlers.spider_process import crawl, site

AT = datetime(2026, 10, 5, 4, tzinfo=UTC)
URL = "https://a.example/labs"


def earlier(path: Path, headers: dict[str, str], *, status: int = 200, is_truncated: bool = False) -> Earlier:
    with WarcWriter(path) as warc:
        warc.write(("GET", URL, b""), (status, headers, b"page"), AT, is_truncated=is_truncated)
    return Earlier(path)


def test_a_known_page_is_asked_for_by_its_validators(tmp_path: Path) -> None:
    known = earlier(tmp_path / "x.warc.gz", {"ETag": '"1"', "Last-Modified": "Mon, 05 Oct 2026 00:00:00 GMT"})
    request = Request(URL)
    known.ask_if_changed(request)
    assert request.headers[b"If-None-Match"] == b'"1"'
    assert request.headers[b"If-Modified-Since"] == b"Mon, 05 Oct 2026 00:00:00 GMT"
    page = known.unchanged(request, Response(URL, status=304, headers={"Date": "now", "Content-Length": "0"}))
    assert page is not None
    assert (page.status, page.body, page.headers[b"Date"], page.headers[b"ETag"]) == (200, b"page", b"now", b'"1"')
    assert b"Content-Length" not in page.headers


@pytest.mark.parametrize(
    ("headers", "status", "is_truncated"), [({}, 200, False), ({"ETag": "1"}, 500, False), ({"ETag": "1"}, 200, True)]
)
def test_a_page_without_validator_an_error_or_half_a_page_is_asked_for_whole(
    tmp_path: Path, headers: dict[str, str], status: int, is_truncated: bool
) -> None:
    request = Request(URL)
    earlier(tmp_path / "x.warc.gz", headers, status=status, is_truncated=is_truncated).ask_if_changed(request)
    assert EARLIER not in request.meta
    assert b"If-None-Match" not in request.headers


def test_a_304_nobody_asked_for_and_an_archive_that_is_damaged_answer_nothing(tmp_path: Path) -> None:
    known = earlier(tmp_path / "x.warc.gz", {"ETag": '"1"'})
    assert known.unchanged(Request(URL), Response(URL, status=304)) is None
    (tmp_path / "y.warc.gz").write_bytes(b"\x1f\x8bhalf")
    request = Request(URL)
    Earlier(tmp_path / "y.warc.gz").ask_if_changed(request)
    Earlier(None).ask_if_changed(request)
    assert not request.headers


@pytest.mark.parametrize(
    ("week", "kept", "found"),
    [
        ("2026-W42", ("2026-W41", "2026-W40"), "2026-W41"),
        ("2027-W01", ("2026-W53",), "2026-W53"),
        ("2026-W01", ("2025-W52",), "2025-W52"),
        ("2026-W42", ("2026-W38",), "2026-W38"),
        ("2026-W42", ("2026-W28",), None),
        ("2026-W42", ("2026-W43",), None),
    ],
)
def test_the_newest_earlier_archive_is_found_as_far_back_as_pages_are_kept(
    tmp_path: Path, week: str, kept: tuple[str, ...], found: str | None
) -> None:
    for name in kept:
        warc = tmp_path / f"week={name}" / "fablabs_io.warc.gz"
        warc.parent.mkdir()
        warc.touch()
    task = Task("fablabs_io", week, tmp_path, tmp_path, is_replay=False, origins=None, contact=None)
    assert task.earlier == (tmp_path / f"week={found}" / "fablabs_io.warc.gz" if found else None)


def test_an_unchanged_list_gives_the_same_listings_from_an_archive_that_is_whole(tmp_path: Path) -> None:
    labs = (PAGES / "fablabs_io" / "labs.json").read_bytes()
    archive, origins = tmp_path / "archive", tmp_path / "origins.json"
    kind = {"Content-Type": "application/json", "ETag": '"v1"'}
    with site({"www.fablabs.io/api/labs": (200, kind, labs)}, origins, "www.fablabs.io"):
        first = crawl("fablabs_io", archive, tmp_path / "1", "--origins", str(origins), week="2026-W41")
    with site({"www.fablabs.io/api/labs": (304, {"ETag": '"v1"'}, b"")}, origins, "www.fablabs.io"):
        second = crawl("fablabs_io", archive, tmp_path / "2", "--origins", str(origins), week="2026-W42")
    assert (first.status, second.status) == (0, 0), second.stderr
    assert first.rows("listings") == second.rows("listings")
    reader = WarcReader(archive / "week=2026-W42" / "fablabs_io.warc.gz")
    (page,) = (exchange for exchange in reader.exchanges if exchange.url.endswith("/api/labs"))
    assert reader.read(page)[2] == labs
    assert (page.is_not_modified, page.size) == (True, 0)
