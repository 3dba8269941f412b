"""Opendatasoft: nothing is cut off at a hundred."""

from typing import Any
from urllib.parse import urlencode

import pytest

from crawlers.guards.failures import Failure
from crawlers.spiders.opendatasoft_portals import DOMAINS, SEARCH
from tests.crawlers.frozen import Frozen, frozen_pages, read

EXPORTS = "https://data.iledefrance.fr/api/explore/v2.1/catalog/datasets/{}/exports/json"


@pytest.mark.parametrize("source", ["mulhouse", "paris", "opendatasoft_portals"])
def test_a_dataset_is_asked_for_by_its_export_and_never_by_records(source: str) -> None:
    asked = [request.url for request in read(source, frozen_pages(source)).asked]
    assert any("/exports/" in url for url in asked)
    assert not any("/records" in url for url in asked)


def catalogue(*names: str, total: Any) -> dict[str, Any]:
    about = {"title": "Fablabs", "license": "Licence Ouverte v2.0 (Etalab)"}
    return {"total_count": total, "results": [{"dataset_id": name, "metas": {"default": about}} for name in names]}


def test_a_catalogue_of_more_than_a_page_is_read_to_its_end(frozen: Frozen) -> None:
    url = f"https://{DOMAINS[0]}/api/explore/v2.1/catalog/datasets?"
    frozen.add(url + urlencode({"where": SEARCH, "limit": 100}), catalogue("one", "two", total=3))
    frozen.add(url + urlencode({"where": SEARCH, "limit": 100, "offset": 2}), catalogue("three", total=3))
    for name in ("one", "two", "three"):
        frozen.add(EXPORTS.format(name), [{"nom": f"Fablab {name}", "ville": "Die"}])
    found = read("opendatasoft_portals", frozen)
    assert sorted(row.name for row in found.harvest.listings) == ["Fablab one", "Fablab three", "Fablab two"]


def test_a_catalogue_that_counts_in_words_is_a_changed_schema_and_no_bug(frozen: Frozen) -> None:
    url = f"https://{DOMAINS[0]}/api/explore/v2.1/catalog/datasets?"
    frozen.add(url + urlencode({"where": SEARCH, "limit": 100}), catalogue("one", total="many"))
    frozen.add(EXPORTS.format("one"), [{"nom": "Fablab one", "ville": "Die"}])
    found = read("opendatasoft_portals", frozen)
    assert [row.name for row in found.harvest.listings] == ["Fablab one"]
    assert DOMAINS[0] in found.spider.unread.entries[Failure.SCHEMA_CHANGED]
