"""The lake holds one file a table a week, whole or not at all, and its bytes follow from the rows alone."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.fabricate import W40, W41, lab_id, listing, table
from warehouse.lake import Lake
from warehouse.schema import SchemaMismatch
from warehouse.storage import Storage, WarehouseUnusable
from warehouse.weeks import Week

LISTINGS = table("listings", [listing("network", "b", lat=48.0, lon=-0.0), listing("atlas", "a", alt_names=["x"])])


def file_of(warehouse: Path, week: Week = W40, name: str = "listings") -> Path:
    return warehouse / "lake" / name / f"week={week}" / f"{name}.parquet"


def test_a_written_table_reads_back_sorted_by_its_key(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "new" / "warehouse")
    lake.write("listings", W40, LISTINGS)
    back = lake.read("listings", W40)
    assert back.schema == LISTINGS.schema
    assert back["source_key"].to_pylist() == ["a", "b"]
    assert lake.read("listings", W40, ["name"]).column_names == ["name"]
    assert lake.has("listings", W40)
    assert not lake.has("listings", W41)


def test_weeks_are_listed_oldest_first_and_a_foreign_folder_is_none(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for week in (W41, W40, Week.parse("2025-W52")):
        lake.write("listings", week, LISTINGS)
    (tmp_path / "lake/listings/week=2026-W99").mkdir()
    (tmp_path / "lake/listings/week=2026-W50").mkdir()
    assert [str(week) for week in lake.weeks("listings")] == ["2025-W52", "2026-W40", "2026-W41"]
    assert lake.weeks("labs") == []


def test_a_table_of_another_schema_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(SchemaMismatch, match="colour"):
        lake.write("listings", W40, LISTINGS.append_column("colour", [["red", "blue"]]))
    with pytest.raises(SchemaMismatch, match="nulls"):
        lake.write("listings", W40, LISTINGS.drop_columns(["name"]))
    with pytest.raises(SchemaMismatch, match="no table"):
        lake.write("../listings", W40, LISTINGS)
    assert not (tmp_path / "lake").exists()


def test_a_missing_week_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no table labs for week 2026-W40"):
        Lake(tmp_path).read("labs", W40)


@given(st.permutations(range(6)), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_order_and_chunking_of_rows_do_not_change_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], chunk: int
) -> None:
    rows = table("listings", [listing("network", f"k{number}", lat=number / 7) for number in range(6)])
    written = []
    for shuffled in (rows, pa.Table.from_batches(rows.take(order).to_batches(max_chunksize=chunk))):
        folder = tmp_path_factory.mktemp("lake")
        Lake(folder).write("listings", W40, shuffled)
        written.append(file_of(folder).read_bytes())
    assert written[0] == written[1]


def test_another_process_locale_time_zone_and_hash_seed_write_the_same_bytes(tmp_path: Path) -> None:
    Lake(tmp_path / "here").write("listings", W40, LISTINGS)
    program = (
        "import sys; from tests.warehouse.test_lake import *; import pyarrow as pa;"
        "pa.set_cpu_count(1); Lake(sys.argv[1]).write('listings', W40, LISTINGS)"
    )
    surroundings = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": "."}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "there")], check=True, env=surroundings)
    assert file_of(tmp_path / "there").read_bytes() == file_of(tmp_path / "here").read_bytes()


def test_a_file_carries_no_arrow_schema_and_its_metadata_in_order(tmp_path: Path) -> None:
    Lake(tmp_path).write("listings", W40, LISTINGS)
    metadata = pq.ParquetFile(file_of(tmp_path)).metadata
    names = [b"labs:iso_week", b"labs:schema_version", b"labs:table"]
    assert sorted(metadata.metadata) == names
    places = [file_of(tmp_path).read_bytes().rindex(name) for name in names]
    assert places == sorted(places)
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert [column.column_index for column in metadata.row_group(0).sorting_columns] == [0, 1]


def test_nan_becomes_null_and_minus_zero_zero(tmp_path: Path) -> None:
    labs = table("labs", [{"lab_id": lab_id("a"), "name": "A"}])
    position = labs.schema.get_field_index("lat")
    labs = labs.set_column(position, labs.schema.field("lat"), [pa.array([float("nan")])])
    position = labs.schema.get_field_index("lon")
    labs = labs.set_column(position, labs.schema.field("lon"), [pa.array([-0.0])])
    Lake(tmp_path).write("labs", W40, labs)
    assert str(Lake(tmp_path).read("labs", W40, ["lat", "lon"]).to_pylist()[0]) == "{'lat': None, 'lon': 0.0}"


def test_a_failing_write_leaves_the_old_file_and_no_trace(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    storage.put("lake/a", b"old")
    with pytest.raises(RuntimeError), storage.writing("lake/a") as file:
        file.write(b"half")
        raise RuntimeError
    assert storage.read("lake/a") == b"old"
    assert storage.files() == ["lake/a"]


def test_what_a_killed_writer_left_is_cleaned_and_never_listed(tmp_path: Path) -> None:
    program = (
        "import os, sys; from warehouse.storage import Storage\n"
        "with Storage(sys.argv[1]).writing('lake/labs/week=2026-W40/labs.parquet') as file:\n"
        "    file.write(b'half'); file.flush(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=os.environ | {"PYTHONPATH": "."})
    lake = Lake(tmp_path)
    assert lake.weeks("labs") == []
    assert len(lake.clean()) == 1
    assert lake.storage.files() == []


@pytest.mark.parametrize("url", ["", "ftp://host/labs", "gs://bucket", "http://host/x", "a\0b"])
def test_an_address_that_is_no_warehouse_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(WarehouseUnusable) as caught:
        Lake(url)
    assert "\n" not in str(caught.value)


def test_a_file_where_the_warehouse_should_be_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WarehouseUnusable, match=r"warehouse .*file") as caught:
        Lake(tmp_path / "file").require_writable()
    assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_writable_warehouse_is_left_as_it_was(tmp_path: Path) -> None:
    Lake(tmp_path / "new").require_writable()
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("path", ["../x", "a/../b", "/etc/passwd", "a//b", "a/./b", "a\\b", "a\0"])
def test_no_path_leads_out_of_the_warehouse(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        Storage(tmp_path).put(path, b"")
