"""Platform bases that no source stands on yet, and the shapes of the others that no frozen page shows."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.ckan import CkanPortal
from crawlers.platforms.html_directory import embedded_array, json_ld, microdata
from crawlers.platforms.mediawiki import prose, template_fields
from crawlers.platforms.umap import UMap, without_wiki
from tests.crawlers.frozen import Frozen, read

MAP = "https://umap.openstreetmap.fr/fr"


def declared(name: str) -> SourceInfo:
    return SourceInfo(
        name=name,
        title=name,
        homepage="https://a.example/",
        hosts=("a.example",),
        coverage="FR",
        terms=licence_ouverte("A", date(2026, 11, 1)),
        scope="all",
        rank=9,
        expectations=Expectations(listings=(1, 10)),
        contact="https://a.example/",
    )


class Map(UMap):
    info = declared("a_map")
    map_id = 7


class Portal(CkanPortal):
    info = declared("a_portal")
    portal = "https://ckan.example"
    search = "fablab"


def umap_pages(frozen: Frozen) -> None:
    frozen.add(
        f"{MAP}/map/7/geojson/",
        {"type": "Feature", "properties": {"datalayers": [
            {"id": "aaaa-1", "name": "Fablabs", "children": [{"id": "bbbb-2", "name": "Ailleurs"}]},
            {"id": 12, "name": "Ancien numéro"},
        ]}},
    )  # fmt: skip
    frozen.add(
        f"{MAP}/datalayer/7/aaaa-1/",
        {"type": "FeatureCollection", "_umap_options": {"name": "Fablabs"}, "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-2.76, 47.655]},
             "properties": {"name": "Atelier du Lavoir", "_umap_options": {},
                            "description": "## Fablab\n**Laser** et [[https://lavoir.example|le site]] {{x.png}}"}},
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": {"name": ""}},
        ]},
    )  # fmt: skip
    remote = {"remoteData": {"url": "https://elsewhere.example/labs.geojson", "format": "geojson"}}
    frozen.add(f"{MAP}/datalayer/7/bbbb-2/", {"type": "FeatureCollection", "features": [], "properties": remote})
    frozen.add(f"{MAP}/datalayer/7/12/", {"type": "FeatureCollection", "features": [], "_umap_options": {}})


def test_the_layers_of_a_map_are_read_those_from_elsewhere_too(frozen: Frozen) -> None:
    umap_pages(frozen)
    feature = {"type": "Feature", "geometry": None, "properties": {"name": "Labo d'Ailleurs"}}
    frozen.add("https://elsewhere.example/labs.geojson", {"type": "FeatureCollection", "features": [feature]})
    found = read(Map, frozen)
    assert found.spider.failed is None
    rows = {row.name: row for row in found.harvest.listings}
    lavoir = rows["Atelier du Lavoir"]
    assert (lavoir.description, lavoir.website, lavoir.lat) == (
        "Fablab\nLaser et le site",
        "https://lavoir.example",
        47.655,
    )
    assert rows["Labo d'Ailleurs"].kinds == ["Ailleurs"]
    assert len(found.harvest.rejections) == 1


def test_data_from_elsewhere_that_is_away_is_counted(frozen: Frozen) -> None:
    umap_pages(frozen)
    found = read(Map, frozen)
    assert found.spider.failed is None
    assert len(found.spider.unread) == 1


def test_a_layer_of_the_map_that_is_gone_fails_the_map(frozen: Frozen) -> None:
    umap_pages(frozen)
    frozen.add(f"{MAP}/datalayer/7/aaaa-1/", b"", status=404)
    found = read(Map, frozen)
    assert found.spider.failed is not None
    assert found.spider.failed.failure == Failure.GONE


def test_umap_markup_is_text() -> None:
    assert without_wiki("---\n{{{https://x.example/frame}}}") is None
    assert without_wiki("[[https://x.example]]") == "https://x.example"


def ckan(frozen: Frozen, action: str, query: str, result: Any, *, success: bool = True) -> None:
    frozen.add(
        f"https://ckan.example/api/3/action/{action}?{query}", {"help": "", "success": success, "result": result}
    )


def test_a_portal_is_searched_and_a_datastore_paged_to_its_end(frozen: Frozen) -> None:
    packages = [
        {"name": "fablabs", "resources": [{"id": "r1", "format": "PDF"}, {"id": "r2", "datastore_active": True}]},
        {"name": "fablabs-csv", "resources": [{"id": "r3", "format": "CSV", "url": "https://ckan.example/x.csv"}]},
        {"name": "fablabs-pdf", "resources": [{"id": "r4", "format": "PDF"}]},
    ]
    ckan(frozen, "package_search", "q=fablab&rows=100&start=0", {"count": 3, "results": packages})
    store = "resource_id=r2&limit=1000&offset="
    ckan(frozen, "datastore_search", f"{store}0", {"records": [{"_id": 1, "nom": "A", "ville": "Die"}], "total": 9})
    ckan(frozen, "datastore_search", f"{store}1", {"records": [], "total": 9})
    frozen.add("https://ckan.example/x.csv", "nom,ville\nB,Die\n", kind="text/csv")
    found = read(Portal, frozen)
    assert sorted(row.name for row in found.harvest.listings) == ["A", "B"]
    assert list(found.spider.unread.entries) == [Failure.SCHEMA_CHANGED]


def test_an_action_without_success_is_a_failure_whatever_its_status(frozen: Frozen) -> None:
    ckan(frozen, "package_search", "q=fablab&rows=100&start=0", {}, success=False)
    found = read(Portal, frozen)
    assert found.spider.failed is not None
    assert found.spider.failed.failure == Failure.ERROR_PAGE


def test_json_ld_is_found_in_graphs_and_lists_and_broken_json_is_left() -> None:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(
        '<script type="application/ld+json">{"@graph": [{"@type": "Place", "name": "A"}]}</script>'
        '<script type="application/ld+json">[{"@type": "Organization", "name": "B"}, 5]</script>'
        '<script type="application/ld+json">{"@type": "Place", </script>',
        "lxml",
    )
    assert [item["name"] for item in json_ld(page)] == ["A", "B"]


def test_microdata_is_its_content_its_link_or_its_text() -> None:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(
        '<div><span itemprop="name">Le <b>Lab</b></span><meta itemprop="postalCode" content="56000">'
        '<a itemprop="url sameAs" href="https://a.example">x</a></div>',
        "lxml",
    ).div
    assert page is not None
    found = [microdata(page, name) for name in ("name", "postalCode", "url", "telephone")]
    assert found == ["Le Lab", "56000", "https://a.example", None]


@pytest.mark.parametrize("script", ["", "var y = 1", "new vow.Map(", 'new vow.Map([{"a": 1}'])
def test_an_array_that_is_not_there_or_does_not_end_is_a_changed_schema(script: str) -> None:
    from bs4 import BeautifulSoup

    with pytest.raises(CrawlFailed) as caught:
        embedded_array(BeautifulSoup(f"<script>{script}</script>", "lxml"), "vow.Map", "https://a.example/")
    assert caught.value.failure == Failure.SCHEMA_CHANGED


def test_wikitext_is_fields_and_prose() -> None:
    text = "{{Lieu\n| Adresse = 1 [[rue]]<!-- x -->\n|Ville=Die\n}}\n== Titre ==\n{{a|{{b}}}}''Texte''{| class=x\n|}"
    assert template_fields(text) == {"adresse": "1 rue", "ville": "Die"}
    assert prose(text).split() == ["Titre", "Texte"]


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
