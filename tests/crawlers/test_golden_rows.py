"""Every source turns its frozen pages into exactly its golden rows."""

import json

import pytest

from crawlers.catalogue import sources
from tests.crawlers.frozen import PAGES, frozen_pages, read

NAMES = [info.name for info in sources()]


@pytest.mark.parametrize("source", NAMES)
def test_frozen_pages_give_the_golden_rows(source: str, is_accepting: bool) -> None:
    found = read(source, frozen_pages(source))
    assert found.spider.failed is None
    path = PAGES / source / "golden.json"
    if is_accepting:
        path.write_text(json.dumps(found.golden(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert found.golden() == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("source", NAMES)
def test_frozen_pages_show_a_listing_and_a_counterexample(source: str) -> None:
    golden = json.loads((PAGES / source / "golden.json").read_text("utf-8"))
    assert golden["listings"]
    assert golden["rejections"] or golden["unanswered"]


@pytest.mark.parametrize("source", NAMES)
def test_every_field_a_source_reads_is_in_its_frozen_pages(source: str) -> None:
    found = read(source, frozen_pages(source)).spider
    assert set(found.reads) <= found.seen_keys


def test_every_folder_of_frozen_pages_is_of_a_source() -> None:
    assert sorted(path.name for path in PAGES.iterdir()) == sorted(NAMES)
