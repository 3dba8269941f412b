"""fablabs.io: dates from the sitemap, and the pages a person sees where the interface is gone."""

import gzip
import json
from typing import Any

import pytest
from scrapy.http import Response

from crawlers.guards.failures import Failure
from crawlers.spiders.fablabs_io import last_edits
from tests.crawlers.frozen import PAGES, Frozen, frozen_pages, read

FOLDER = PAGES / "fablabs_io"
API, SITEMAP = "https://www.fablabs.io/api/labs", "https://www.fablabs.io/sitemap.xml.gz"


def sitemap() -> bytes:
    return (FOLDER / "sitemap.xml").read_bytes()


def edits(body: bytes) -> dict[str, str]:
    return last_edits(Response(SITEMAP, body=body))


def test_the_list_is_asked_for_once_of_the_host_that_lets_robots_in() -> None:
    asked = read("fablabs_io", frozen_pages("fablabs_io")).asked
    assert [request.url for request in asked] == [API, SITEMAP]


def test_a_slug_in_capitals_is_dated_by_its_own_page_and_no_other(frozen: Frozen) -> None:
    frozen.add(API, (FOLDER / "labs.json").read_bytes())
    frozen.add(SITEMAP, sitemap().replace(b"1970-01-01", b"2024-05-02"))
    rows = {row.source_key: row for row in read("fablabs_io", frozen).harvest.listings}
    assert (rows["102"].url, str(rows["102"].updated_on)) == ("https://www.fablabs.io/labs/Millaulab", "2024-05-02")
    frozen.add(SITEMAP, sitemap().replace(b"1970-01-01", b"2024-05-02").replace(b"Millaulab", b"millaulab"))
    rows = {row.source_key: row for row in read("fablabs_io", frozen).harvest.listings}
    assert rows["102"].updated_on is None


def test_a_sitemap_is_read_packed_or_not_and_a_broken_or_endless_one_is_left() -> None:
    assert edits(gzip.compress(sitemap())) == edits(sitemap()) != {}
    assert edits(gzip.compress(sitemap())[:-20]) == {}
    assert edits(gzip.compress(b"\0" * (33 << 20))) == {}
    assert edits(b"<html>Not a sitemap</html>") == {}
    assert edits(b'<!DOCTYPE urlset [<!ENTITY a "aaaa">]><urlset>&a;</urlset>') == {}


@pytest.mark.parametrize("sitemap_answer", [(404, b""), (200, b""), (200, b"<html>"), (503, b"busy")])
def test_without_a_sitemap_the_labs_are_read_without_dates(frozen: Frozen, sitemap_answer: tuple[int, bytes]) -> None:
    frozen.add(API, (FOLDER / "labs.json").read_bytes())
    frozen.add(SITEMAP, sitemap_answer[1], status=sitemap_answer[0])
    found = read("fablabs_io", frozen)
    assert found.spider.failed is None
    assert len(found.harvest.listings) == 4
    assert not any(row.updated_on for row in found.harvest.listings)


def pages(frozen: Frozen, first: Any) -> None:
    frozen.add("https://www.fablabs.io/labs?page=1&per=100", first, kind="text/html")
    empty = b"<!DOCTYPE html><html><body><script>var locations = [];</script></body></html>"
    frozen.add("https://www.fablabs.io/labs?page=2&per=100", empty, kind="text/html")


def test_the_pages_of_the_list_stand_in_for_an_interface_that_is_gone(frozen: Frozen) -> None:
    frozen.add(API, {"error": "This endpoint does not exist anymore"}, status=404)
    pages(frozen, (FOLDER / "list.html").read_bytes())
    found = read("fablabs_io", frozen)
    assert found.spider.failed is None
    (row,) = found.harvest.listings
    golden = json.loads((FOLDER / "golden.json").read_text("utf-8"))["listings"][0]
    assert (row.source_key, row.url, str(row.updated_on)) == ("101", golden["url"], golden["updated_on"])
    assert (row.email, row.phone) == (None, None)


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [(503, b"", Failure.SERVER_ERROR), (403, b"", Failure.BLOCKED), (200, b"[", Failure.TRUNCATED)],
)
def test_no_other_failure_is_worked_around(frozen: Frozen, status: int, body: bytes, failure: Failure) -> None:
    frozen.add(API, body, status=status)
    pages(frozen, (FOLDER / "list.html").read_bytes())
    found = read("fablabs_io", frozen)
    assert found.spider.failed is not None
    assert found.spider.failed.failure == failure
    assert len(found.asked) == 1
