import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.warehouse.gazetteer.listings import table
from warehouse.gazetteer import communes, middles, points, tables, world
from warehouse.gazetteer.locate import locate
from warehouse.gazetteer.names import place_key

NAMES = ("communes", "commune_shapes", "departements", "countries", "cities")


def forget() -> None:
    for cached in (
        tables.read,
        communes.communes,
        communes.departements,
        world.country_shapes,
        world.commune_shapes,
        world.cities,
        points._places,
        points._shape_of,
        middles._middles,
        middles._district_middles,
    ):
        cached.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in NAMES:
        (tmp_path / f"{name}.parquet").write_bytes((tables.FOLDER / f"{name}.parquet").read_bytes())
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    forget()
    yield tmp_path
    forget()


def lists_everything() -> list[dict[str, object]]:
    listings = table(
        {"postcode": "48000", "city": "Mende", "country_code": "FR", "lat": 44.518123, "lon": 3.501456},
        {"city": "Berlin", "country_code": "DE"},
    )
    rows: list[dict[str, object]] = locate(listings).to_pylist()
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_table_gives_nulls_with_an_issue(folder: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    (folder / f"{name}.parquet").unlink()
    for row in lists_everything():
        assert row["geo_issue"] == "gazetteer_unavailable"
        assert {key for key, value in row.items() if value is not None} == {
            *("source", "source_key", "geo_method", "geo_issue")
        }
    assert f"{name}.parquet cannot be read" in caplog.text
    assert "python -m warehouse.gazetteer.build" in caplog.text


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_table_gives_nulls_with_an_issue_and_never_a_wrong_place(folder: Path, name: str) -> None:
    path = folder / f"{name}.parquet"
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    assert [row["geo_issue"] for row in lists_everything()] == ["gazetteer_unavailable"] * 2


def test_an_empty_file_is_a_damaged_table(folder: Path) -> None:
    (folder / "communes.parquet").write_bytes(b"")
    with pytest.raises(tables.GazetteerUnavailable, match=r"communes\.parquet"):
        tables.read("communes")


def test_the_tables_are_small_and_attributed() -> None:
    assert sum(path.stat().st_size for path in tables.FOLDER.iterdir()) <= 12_000_000
    credits = (tables.FOLDER / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}.parquet`" in credits
    for origin in ("Licence Ouverte 2.0", "CC BY 4.0", "Natural Earth", "IGN", "INSEE", "GeoNames"):
        assert origin in credits


def test_no_column_names_a_person() -> None:
    columns = {name: set(pq.read_schema(tables.FOLDER / f"{name}.parquet").names) for name in NAMES}
    assert columns["communes"] == {
        *("code", "kind", "name", "key", "commune_code", "departement_code", "region_code", "epci_code", "population"),
        *("postcodes", "former_codes", "lat", "lon", "hall_lat", "hall_lon", "radius_km", "town_lat", "town_lon"),
    }
    assert columns["commune_shapes"] == {"code", "x", "y"}
    assert columns["departements"] == {"code", "name", "region_code", "region", "territory_code"}
    assert columns["cities"] == {"country_code", "name", "keys", "lat", "lon", "population"}


def test_the_keys_of_the_tables_are_those_of_today() -> None:
    table = tables.read("communes")
    assert table["key"].to_pylist() == [place_key(name) for name in table["name"].to_pylist()]
    cities = tables.read("cities").slice(0, 5_000)
    assert all(
        place_key(name) == keys[0]
        for name, keys in zip(*(cities[c].to_pylist() for c in ("name", "keys")), strict=True)
    )


def test_every_commune_of_the_table_is_whole() -> None:
    france = communes.communes()
    assert len(france.codes) == 34_969
    assert len(france.arrondissements) == 45
    assert len(france.by_postcode) > 6_300
    departements = communes.departements()
    assert all(code in departements for code in france.departement_codes)
    without_point = [code for code, lat in zip(france.codes, france.lat, strict=True) if math.isnan(lat)]
    assert all(code.startswith(("97", "98", "15")) for code in without_point)


def test_importing_the_gazetteer_loads_no_table_and_no_slow_library() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import warehouse.gazetteer.locate; "
        "print([name for name in ('shapely', 'pandas', 'babel', 'countrynames', 'pyproj') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
