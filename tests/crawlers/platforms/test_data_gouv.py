"""Spreadsheets and packed tables that data.gouv.fr holds are read, and a trap among them is counted."""

import io
import zipfile
from typing import Any

import pytest

from crawlers.guards.failures import Failure
from tests.crawlers.frozen import Frozen, read

SHEET = "https://tabular-api.data.gouv.fr/api/resources/r7/data/"


def spreadsheet(frozen: Frozen, second: Any) -> None:
    found = {"id": "d7", "slug": "tiers-lieux-du-sud", "title": "Tiers-lieux du Sud", "license": "lov2",
             "resources": [{"id": "r6", "format": "pdf"}, {"id": "r7", "format": "XLSX"}]}  # fmt: skip
    catalogue = "https://www.data.gouv.fr/api/1/datasets/?page_size=50&q="
    for query in ("fablab", "makerspace", "hackerspace"):
        frozen.add(f"{catalogue}{query}", {"data": []})
    frozen.add(f"{catalogue}tiers-lieux", {"data": [found]})
    first = {"__id": 1, "Nom du lieu": "FabLab du Sud", "Ville": "Die", "Code postal": 26150}
    pages = {"next": f"{SHEET}?page=2&page_size=50", "prev": None}
    meta = {"page": 1, "page_size": 50, "total": 2}
    frozen.add(f"{SHEET}?page=1&page_size=50", {"data": [first], "links": pages, "meta": meta})
    frozen.add(f"{SHEET}?page=2&page_size=50", second)


def test_a_spreadsheet_of_data_gouv_is_read_page_by_page_through_the_tabular_interface(frozen: Frozen) -> None:
    last = {"__id": 2, "Nom du lieu": "Atelier bois du Sud", "Ville": "Crest", "Code postal": 26400}
    spreadsheet(frozen, {"data": [last], "links": {"next": None}, "meta": {"page": 2}})
    found = read("data_gouv", frozen)
    rows = {row.name: row for row in found.harvest.listings}
    assert sorted(rows) == ["Atelier bois du Sud", "FabLab du Sud"]
    assert (rows["FabLab du Sud"].city, rows["FabLab du Sud"].postcode) == ("Die", "26150")


@pytest.mark.parametrize("second", [{"detail": "no such resource"}, {"data": None, "links": {}}, []])
def test_a_page_of_a_spreadsheet_that_is_none_is_counted_and_named(frozen: Frozen, second: Any) -> None:
    spreadsheet(frozen, second)
    found = read("data_gouv", frozen)
    assert len(found.spider.unread) == 1
    assert "tiers-lieux-du-sud" in str(found.spider.unread.entries)


def test_a_packed_table_of_data_gouv_is_read_and_a_trap_is_counted(frozen: Frozen) -> None:
    def packed(name: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, "nom,ville\nFabLab du Nord,Lens\n")
        return out.getvalue()

    files = [{"slug": f"fablabs-{key}", "title": f"Fablabs {key}", "license": "lov2",
              "resources": [{"id": key, "format": "zip"}]} for key in ("z1", "z2")]  # fmt: skip
    catalogue = "https://www.data.gouv.fr/api/1/datasets/"
    for query in ("fablab", "makerspace", "hackerspace", "tiers-lieux"):
        frozen.add(f"{catalogue}?page_size=50&q={query}", {"data": files})
    frozen.add(f"{catalogue}r/z1", packed("labs.csv"), kind="application/zip")
    frozen.add(f"{catalogue}r/z2", packed("../labs.csv"), kind="application/zip")
    found = read("data_gouv", frozen)
    assert [row.name for row in found.harvest.listings] == ["FabLab du Nord"]
    assert found.spider.unread.entries.keys() == {Failure.HOSTILE}
