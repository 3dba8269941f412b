"""Every reader people have opens every file of a release, and a directory of several weeks, and counts the same."""

import json
from pathlib import Path

import duckdb
import geopandas
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pyogrio
import pytest

from tests.warehouse.fabricate import NOW, W40, W41, W42, World
from warehouse.editions import RELEASED
from warehouse.publish import publish

WORLD = World(W40, {
    "a": {"equipment": ["laser", "cnc"], "founded_on": W40.monday, "description": "Été, =1+1, \u2028 fin"},
    "b": {"lat": None, "lon": None, "geo_method": "none"}, "c": {"archetype_score": 0.5},
})  # fmt: skip


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the snapshots of three weeks."""
    warehouse = tmp_path_factory.mktemp("matrix")
    second = WORLD.then(labs={"a": {"name": "Neuf"}, "b": {}}, retired={"c": ("merged_into", ("a",), W41)},
                        members={"a": (("network", "a"), ("network", "c"))})  # fmt: skip
    third = second.then(labs=dict(second.labs) | {"d": {}})
    for world in (WORLD, second, third):
        world.write(warehouse)
        publish(warehouse, world.week, generated_at=NOW)
    return warehouse / "v1/snapshots"


def edition(weeks: Path, day: object) -> Path:
    return weeks / f"snapshot_date={day}" / "edition=full"


def manifest(weeks: Path, day: object) -> dict[str, int]:
    files = json.loads((edition(weeks, day) / "manifest.json").read_bytes())["files"]
    return {file["path"]: file["rows"] for file in files if file["rows"] is not None}


READERS = {
    "pyarrow": lambda path: pq.ParquetFile(path).read().num_rows,
    "pyarrow dataset": lambda path: ds.dataset(path).to_table().num_rows,
    "pandas": lambda path: len(pd.read_parquet(path, partitioning=None)),
    "polars": lambda path: pl.read_parquet(path, hive_partitioning=False).height,
    "polars lazy": lambda path: pl.scan_parquet(path, hive_partitioning=False).collect().height,
    "duckdb": lambda path: len(duckdb.read_parquet(str(path), hive_partitioning=False).fetchall()),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_opens_every_parquet_file_and_counts_as_the_manifest_does(weeks: Path, reader: str) -> None:
    expected = {name: rows for name, rows in manifest(weeks, W42.monday).items() if name.endswith(".parquet")}
    assert {name: READERS[reader](edition(weeks, W42.monday) / name) for name in expected} == expected


def test_readers_of_csv_agree(weeks: Path) -> None:
    for name in ("labs.csv", "labs_mednum.csv"):
        path, rows = edition(weeks, W42.monday) / name, manifest(weeks, W42.monday)[name]
        assert len(pd.read_csv(path)) == rows
        assert pl.read_csv(path, infer_schema=False).height == rows
        assert len(duckdb.read_csv(str(path), header=True, all_varchar=True).fetchall()) == rows


def test_geographic_readers_see_points_and_labs_without_a_place(weeks: Path) -> None:
    for day in (W40.monday, W42.monday):
        rows, folder = manifest(weeks, day)["labs.parquet"], edition(weeks, day)
        parquet = geopandas.read_parquet(folder / "labs.parquet")
        assert (len(parquet), str(parquet.crs)) == (rows, "OGC:CRS84")
        for name in ("labs.gpkg", "labs.geojson"):
            info = pyogrio.read_info(folder / name)
            assert (info["features"], info["crs"]) == (rows, "EPSG:4326")
            read = pyogrio.read_dataframe(folder / name)
            assert list(read["lab_id"]) == list(parquet["lab_id"])
            assert [point and (point.x, point.y) for point in read.geometry] == [
                point and (point.x, point.y) for point in parquet.geometry
            ]
    assert geopandas.read_parquet(edition(weeks, W40.monday) / "labs.parquet").geometry.isna().sum() == 1
    described = duckdb.sql(f"DESCRIBE FROM '{edition(weeks, W40.monday)}/labs.parquet'").fetchall()
    assert {name: kind for name, kind, *_ in described}["geometry"].startswith("GEOMETRY")


def test_no_file_of_a_release_is_left_out_of_the_matrix(weeks: Path) -> None:
    counted = set(manifest(weeks, W42.monday))
    others = {path.name for path in edition(weeks, W42.monday).iterdir()} - counted
    assert {name for name in counted if not name.endswith(".parquet")} == {
        "labs.csv", "labs_mednum.csv", "labs.geojson", "labs.gpkg"
    }  # fmt: skip
    assert {name.rpartition(".")[2] for name in others} == {"html", "json", "md", "SHA256SUMS"}, (
        "none of these is a table"
    )


@pytest.mark.parametrize("table", RELEASED)
def test_a_directory_of_weeks_opens_as_one_table_in_every_reader(weeks: Path, table: str) -> None:
    expected = {str(week.monday): manifest(weeks, week.monday)[f"{table}.parquet"] for week in (W40, W41, W42)}
    expected = {day: rows for day, rows in expected.items() if rows}
    glob = f"{weeks}/*/edition=full/{table}.parquet"
    paths = sorted(str(path) for path in weeks.glob(f"*/edition=full/{table}.parquet"))

    by_duckdb = duckdb.sql(f"FROM read_parquet('{glob}') SELECT snapshot_date, count(*) GROUP BY ALL").fetchall()
    assert {str(day): rows for day, rows in by_duckdb} == expected
    by_polars = pl.scan_parquet(glob, hive_partitioning=True).group_by("snapshot_date").len().collect()
    assert {str(day): rows for day, rows in by_polars.iter_rows()} == expected
    by_arrow = ds.dataset(paths, partitioning="hive", partition_base_dir=str(weeks)).to_table(["snapshot_date"])
    counted = by_arrow["snapshot_date"].value_counts().to_pylist()
    assert {str(one["values"]): one["counts"] for one in counted} == expected
    assert len(pd.read_parquet(paths)) == sum(expected.values())
    if table == "labs":
        assert len(geopandas.read_parquet(paths)) == sum(expected.values())
        layers = [pyogrio.read_dataframe(f"{path.removesuffix('parquet')}gpkg", layer="labs") for path in paths]
        assert len(pd.concat(layers)) == sum(expected.values())


def test_a_tree_of_snapshots_opens_in_pandas_without_a_glob(tmp_path: Path, weeks: Path) -> None:
    for path in weeks.glob("*/edition=full/labs.parquet"):
        target = tmp_path / path.parents[1].name / "labs.parquet"
        target.parent.mkdir()
        target.write_bytes(path.read_bytes())
    frame = pd.read_parquet(tmp_path)
    assert frame["snapshot_date"].nunique() == 3
    assert len(geopandas.read_parquet(tmp_path)) == len(frame)
