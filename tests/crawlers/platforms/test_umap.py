"""uMap: the layers of a map are read, those that stand elsewhere too."""

from crawlers.guards.failures import Failure
from crawlers.platforms.umap import UMap, without_wiki
from tests.crawlers.frozen import Frozen, read
from tests.crawlers.platforms.declared import declared

MAP = "https://umap.openstreetmap.fr/fr"


class Map(UMap):
    info = declared("a_map")
    map_id = 7


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
