"""A look at a source ends at the first page that holds records, and is judged by what one page can tell."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crawlers.catalogue import sources, spider
from crawlers.guards.failures import CrawlFailed
from crawlers.process.harvest import judge_look
from flows.canary import LOOK
from tests.crawlers.frozen import Frozen, frozen_pages, read
from tests.crawlers.spider_process import crawl, site

NAMES = [info.name for info in sources()]


@pytest.mark.parametrize("source", NAMES)
def test_a_look_finds_records_in_few_requests_and_raises_no_false_alarm(source: str) -> None:
    found = read(source, frozen_pages(source), look=LOOK)
    assert found.spider.failed is None
    assert len(found.asked) <= LOOK
    assert found.harvest.listings or found.harvest.rejections
    # frozen pages are few: the counts a source declares are those of the whole
    info = found.spider.info
    type(found.spider).info = replace(info, expectations=replace(info.expectations, listings=(1, 100_000)))
    try:
        judge_look(found.spider, found.harvest)
    finally:
        type(found.spider).info = info


def labs_of(page: int, **more: object) -> list[dict[str, object]]:
    return [
        {"id": f"{page}{number}", "name": f"Fab {number}", "slug": f"fab-{number}", "country_code": "fr",
         "address_1": "1 rue", "city": "Dax", "postal_code": "40100", "latitude": 43.7, "longitude": -1.05,
         "activity_status": "active", **more}
        for number in range(5)
    ]  # fmt: skip


def list_page(labs: list[dict[str, object]]) -> str:
    return f"<html><script>var locations = {json.dumps(labs)};</script></html>"


@pytest.mark.parametrize(
    ("more", "told"),
    [({}, None), ({"latitude": None}, "none of 5 listings has lat"), ({"country_code": None}, "country_code")],
)
def test_a_page_of_many_is_judged_by_what_all_its_records_lack(more: dict[str, object], told: str | None) -> None:
    frozen = Frozen()
    frozen.add("https://www.fablabs.io/api/labs", b"", status=404)
    for page in (1, 2):
        url = f"https://www.fablabs.io/labs?page={page}&per=100"
        frozen.add(url, list_page(labs_of(page, **more)), kind="text/html")
    found = read("fablabs_io", frozen, look=LOOK)
    assert (len(found.harvest.listings), found.spider.left_out) == (5, 1), "the second page is not asked for"
    if told is None:
        judge_look(found.spider, found.harvest)
    else:
        with pytest.raises(CrawlFailed, match=told):
            judge_look(found.spider, found.harvest)


def test_a_spider_process_looks_at_one_page(tmp_path: Path) -> None:
    pages = {"www.fablabs.io/labs": (200, {"Content-Type": "text/html"}, list_page(labs_of(1)).encode())}
    with site(pages, tmp_path / "origins.json", "www.fablabs.io") as asked:
        origins = ("--origins", str(tmp_path / "origins.json"))
        ended = crawl("fablabs_io", tmp_path / "archive", tmp_path / "out", *origins, "--look", str(LOOK))
    assert (ended.status, ended.state["state"], ended.state["listings"]) == (0, "ok", 5)
    assert asked.count("www.fablabs.io/labs") == 1
    assert spider("fablabs_io").look is None
