import hashlib
import json
import lzma
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import shapely

from warehouse.gazetteer.build import france, packages, world
from warehouse.gazetteer.build.packages import Package, WrongArchive
from warehouse.gazetteer.shapes import decode

BUILD = Path(packages.__file__).parent


def package(content: bytes, registry: str = "npm") -> Package:
    return Package("@atelier/communes", "1.0.0", registry, hashlib.sha256(content).hexdigest())  # type: ignore[arg-type]


def test_an_archive_already_there_is_checked_and_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "atelier-communes-1.0.0.archive").write_bytes(b"content")
    assert packages.fetch(package(b"content"), tmp_path).read_bytes() == b"content"
    with pytest.raises(WrongArchive, match=r"@atelier/communes 1\.0\.0: sha256 "):
        packages.fetch(package(b"other"), tmp_path)


@pytest.mark.parametrize(
    ("registry", "command"),
    [
        ("npm", ["npm", "pack", "--silent", "@atelier/communes@1.0.0"]),
        ("pip", ["-m", "pip", "download", "--quiet", "--no-deps", "@atelier/communes==1.0.0"]),
    ],
)
def test_packages_are_fetched_by_name_and_version(registry: str, command: list[str]) -> None:
    assert packages._command(package(b"", registry))[-len(command) :] == command


def test_no_registry_is_named_in_the_build() -> None:
    for path in BUILD.glob("*.py"):
        assert "://" not in path.read_text(encoding="utf-8")


def test_only_the_columns_asked_for_are_read_of_a_wheel(tmp_path: Path) -> None:
    text = "code,nom,email,geometry\n01001,Atelier,someone@example.org,\\N\n"
    with zipfile.ZipFile(tmp_path / "wheel", "w") as wheel:
        wheel.writestr("data/communes.csv.lzma", lzma.compress(text.encode()))
        wheel.writestr("data/cities.json", "[1]")
    rows = packages.wheel_csv(tmp_path / "wheel", "data/communes.csv.lzma", ("code", "geometry"))
    assert rows == [{"code": "01001", "geometry": ""}]
    assert packages.wheel_json(tmp_path / "wheel", "data/cities.json") == [1]


def test_a_file_of_an_npm_archive_is_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "npm", "w:gz") as tar:
        member = tarfile.TarInfo("package/data/regions.json")
        member.size = len(body := json.dumps([{"code": "84"}]).encode())
        tar.addfile(member, BytesIO(body))
    assert packages.npm_json(tmp_path / "npm", "data/regions.json") == [{"code": "84"}]


SQUARE = shapely.box(3.0, 44.0, 3.1, 44.1)
EAST = shapely.box(3.1, 44.0, 3.2, 44.1)


def shape_row(code: str, kind: str, shape: shapely.Geometry | None, hall: str = "") -> dict[str, str]:
    wkb = "" if shape is None else shapely.MultiPolygon([shape]).wkb_hex
    return {"code": code, "type": kind, "geometry": wkb, "mairie_localisation": hall}


def commune_row(code: str, kind: str = "commune-actuelle", **more: object) -> dict[str, object]:
    return {"code": code, "nom": f"L'Atelier {code}", "type": kind, "departement": "48", "region": "76", **more}


def test_a_commune_nouvelle_without_shape_gets_the_union_of_its_parts() -> None:
    rows = [
        commune_row("48001"),
        commune_row("48001", "commune-deleguee", chefLieu="48001"),
        commune_row("48002", "commune-deleguee", chefLieu="48001"),
    ]
    shapes = [shape_row("48001", "COM", None), shape_row("48001", "COMD", SQUARE), shape_row("48002", "COMD", EAST)]
    table = france.shapes(shapes, rows)
    assert table["code"].to_pylist() == ["48001"]
    (shape,) = decode(table["x"], table["y"], scale=france.SCALE)
    assert shape.area == pytest.approx(0.02)


def test_communes_carry_their_parent_codes_points_and_reach() -> None:
    hall = shapely.Point(3.04, 44.06).wkb_hex
    far_hall = shapely.Point(9.0, 44.06).wkb_hex
    rows = [
        commune_row("48001", codesPostaux=["48000"], population=120, anciensCodes=["48009"]),
        commune_row("48002", "commune-deleguee", chefLieu="48001"),
        commune_row("48003", codesPostaux=["48000"]),
    ]
    shape_rows = [shape_row("48001", "COM", SQUARE, hall), shape_row("48003", "COM", EAST, far_hall)]
    epcis = [{"code": "200000001", "membres": [{"code": "48001"}]}]
    first, delegated, other = france.communes(rows, epcis, shape_rows, france.shapes(shape_rows, rows)).to_pylist()
    assert (first["key"], first["epci_code"], first["former_codes"]) == ("l atelier 48001", "200000001", ["48009"])
    assert (first["hall_lat"], first["hall_lon"]) == (44.06, 3.04)
    assert 6 < first["radius_km"] < 10
    assert (delegated["commune_code"], delegated["epci_code"], delegated["lat"]) == ("48001", "200000001", None)
    # a town hall on the other side of the country is a slip of the register
    assert (other["hall_lat"], other["lat"] is not None) == (None, True)


def test_a_commune_takes_the_point_of_the_town_of_its_name_in_it() -> None:
    rows = [
        commune_row("48001") | {"nom": "Forgeville"},
        commune_row("98801") | {"nom": "Île de l'Atelier", "departement": "988", "region": "988"},
    ]
    shape_rows = [shape_row("48001", "COM", SQUARE)]
    shapes = france.shapes(shape_rows, rows)
    city = {"countrycode": "FR", "latitude": 44.03, "longitude": 3.07, "population": 900, "alternatenames": []}
    cities = [
        city | {"name": "Forgeville"},
        city | {"name": "Forgeville", "longitude": 3.17, "population": 9_000},
        city | {"name": "Atelier", "alternatenames": ["Ile de l'Atelier"], "countrycode": "NC", "latitude": -21.0},
    ]
    inland, island = france.with_town_points(france.communes(rows, [], shape_rows, shapes), shapes, cities).to_pylist()
    assert (inland["town_lat"], inland["town_lon"]) == (44.03, 3.07)
    assert (island["town_lat"], island["lat"], island["lon"]) == (-21.0, -21.0, 3.07)


def test_shapes_survive_their_encoding_to_the_metre() -> None:
    hole = shapely.Polygon(SQUARE.exterior, [shapely.box(3.02, 44.02, 3.04, 44.04).exterior])
    rows = [shape_row("48001", "COM", hole), shape_row("48003", "COM", EAST)]
    table = france.shapes(rows, [commune_row("48001"), commune_row("48003")])
    first, second = decode(table["x"], table["y"], scale=france.SCALE)
    assert np.isclose(first.area, hole.area)
    assert second.equals(shapely.MultiPolygon([EAST]))


TOPOLOGY = {
    "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
    "arcs": [
        [[0, 0], [0, 10]],
        [[0, 10], [-10, 0], [0, -10], [10, 0]],
        [[0, 10], [10, 0], [0, -10], [-10, 0]],
        [[300, 440], [90, 0], [0, 20], [-90, 0], [0, -20]],
    ],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "id": "643", "arcs": [[0, 1]], "properties": {"name": "Russia"}},
                {"type": "MultiPolygon", "id": "804", "arcs": [[[-1, -3]]], "properties": {"name": "Ukraine"}},
                {"type": "Polygon", "arcs": [[3]], "properties": {"name": "Kosovo"}},
                {"type": "Polygon", "arcs": [[3]], "properties": {"name": "Siachen Glacier"}},
            ]
        }
    },
}
GEONAMES = {
    "RU": {"iso3": "RUS", "isonumeric": 643},
    "UA": {"iso3": "UKR", "isonumeric": 804},
    "XK": {"iso3": "XKX", "isonumeric": 0},
}


def test_countries_are_named_in_several_languages_and_areas_without_number_by_hand() -> None:
    table = world.countries(TOPOLOGY, GEONAMES).to_pylist()
    assert [row["code"] for row in table] == ["RU", "UA", "XK"]
    assert [row["numeric"] for row in table] == [643, 804, None]
    assert (table[1]["name_fr"], table[1]["name_de"]) == ("Ukraine", "Ukraine")
    assert table[2]["name_en"] == "Kosovo"


def test_a_country_across_the_date_line_does_not_go_round_the_world() -> None:
    across = {"arcs": [[[1790, 100], [20, 0], [0, 20], [-20, 0], [0, -20]]]}
    # the atlas writes what lies beyond 180 as -179
    across["arcs"] = [[[1790, 100], [-3580, 0], [0, 20], [3580, 0], [0, -20]]]
    island = {"type": "Polygon", "id": "804", "arcs": [[0]], "properties": {"name": "Ukraine"}}
    ((_, _, shape),) = world._shapes(TOPOLOGY | across | {"objects": {"countries": {"geometries": [island]}}})
    assert sorted(part.bounds for part in shape.geoms) == [(-180, 10, -179, 12), (179, 10, 180, 12)]


def test_a_continent_round_the_pole_holds_the_pole() -> None:
    round_the_pole = {"arcs": [[[-1800, -700], [1200, 0], [1200, 0], [1150, 0], [-3550, 0]]]}
    land = {"type": "Polygon", "id": "804", "arcs": [[0]], "properties": {"name": "Ukraine"}}
    ((_, _, shape),) = world._shapes(TOPOLOGY | round_the_pole | {"objects": {"countries": {"geometries": [land]}}})
    assert shape.contains(shapely.Point(10, -85))
    assert not shape.contains(shapely.Point(10, -60))


def test_an_area_nobody_reviewed_stops_the_build() -> None:
    unknown = {"type": "Polygon", "arcs": [[3]], "properties": {"name": "New Island"}}
    topology = TOPOLOGY | {"objects": {"countries": {"geometries": [unknown]}}}
    with pytest.raises(KeyError, match="New Island"):
        world.countries(topology, GEONAMES)


def test_cities_are_found_by_foreign_names_only_where_strangers_know_them() -> None:
    city = {"countrycode": "DE", "geonameid": 1, "latitude": 50.123456, "longitude": 8.7, "population": 20_000}
    rows = [
        city | {"name": "Werkstadt", "alternatenames": ["Atelierville", "WKS", "工作坊"]},
        city | {"name": "Kleindorf", "geonameid": 2, "population": 1_200, "alternatenames": ["Petitvillage"]},
        city | {"name": "Nantes", "countrycode": "FR", "alternatenames": []},
    ]
    table = world.cities(rows).to_pylist()
    assert [row["keys"] for row in table] == [["werkstadt", "atelierville"], ["kleindorf"]]
    assert table[0]["lat"] == 50.1235
