"""A release is proven before it is pointed to, stands for ever, and a killed publication leaves no torn one."""

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.dying_writer import publishing, touches, work_and_die
from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id
from warehouse import proof
from warehouse.publish import publish, published_weeks
from warehouse.releases import ReleaseDamaged, Releases
from warehouse.schema import SCHEMA_VERSION
from warehouse.storage import Storage
from warehouse.storage.writer import AnotherWriter, only_writer
from warehouse.weeks import Week

FIRST = World(W40, {"a": {}, "b": {"lat": None, "lon": None, "geo_method": "none"}, "c": {}})
SECOND = FIRST.then(
    labs={"a": {"name": "Neuf"}, "c": {"lat": 48.5}},
    members={"a": (("network", "a"), ("network", "b"))},
    retired={"b": ("merged_into", ("a",), W41)},
)


def published(warehouse: Path, world: World) -> str:
    world.write(warehouse)
    return publish(warehouse, world.week, generated_at=NOW).result


def files_of(warehouse: Path) -> dict[str, bytes]:
    return {name: Storage(warehouse).read(name) for name in Storage(warehouse).files("v1")}


def full(warehouse: Path, week: Week, revision: int = 0) -> Path:
    day = f"snapshot_date={week.monday}"
    folder = f"snapshots/{day}" if not revision else f"revisions/{day}/revision={revision}"
    return warehouse / "v1" / folder / "edition=full"


def latest(warehouse: Path) -> dict[str, object]:
    return json.loads((warehouse / "v1/latest.json").read_bytes())


def test_a_release_stands_in_the_agreed_layout(tmp_path: Path) -> None:
    assert published(tmp_path, FIRST) == "published"
    assert sorted(path.name for path in (tmp_path / "v1").iterdir()) == [
        "contacts", "feed.atom", "index.html", "index.json", "latest.json", "snapshots"
    ]  # fmt: skip
    names = {path.name for path in full(tmp_path, W40).iterdir()}
    assert names >= {
        "labs.parquet", "labs.csv", "labs.geojson", "lab_listings.parquet", "classifications.parquet",
        "changes.parquet", "id_bridge.parquet", "registry.parquet", "sources.parquet", "manifest.json", "SHA256SUMS",
        "ATTRIBUTION.md", "report.html",
    }  # fmt: skip
    assert latest(tmp_path)["snapshot_date"] == "2026-09-28"


def test_sha256sums_is_checked_by_the_ordinary_tool(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], check=False, cwd=full(tmp_path, W40), capture_output=True)
    assert done.returncode == 0
    assert b"manifest.json: OK" in done.stdout


def test_labs_are_geoparquet_1_1_with_null_where_there_is_no_place(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    file = pq.ParquetFile(full(tmp_path, W40) / "labs.parquet")
    geo = json.loads(file.metadata.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["bbox"] == [-1.7, 48.1, -1.7, 48.1]
    rows = {row["lab_id"]: row["geometry"] for row in file.read(["lab_id", "geometry"]).to_pylist()}
    assert rows[lab_id("b")] is None
    assert len(rows[lab_id("a")]) == 21
    assert b"ARROW:schema" not in file.metadata.metadata


def test_contacts_stand_apart_and_in_no_file_of_the_snapshot(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    manifest = json.loads((full(tmp_path, W40) / "manifest.json").read_bytes())
    contacts = tmp_path / "v1" / manifest["contacts"]["path"]
    assert pq.read_table(contacts)["phone"].to_pylist() == ["+33299000000"] * 3
    for name, data in files_of(tmp_path).items():
        assert b"+33299000000" not in data or "contacts" in name


def test_the_same_week_again_changes_no_byte(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    before = files_of(tmp_path)
    FIRST.write(tmp_path)
    again = publish(tmp_path, W40, generated_at=NOW.replace(hour=9), code_revision="other")
    assert again.result == "unchanged"
    assert files_of(tmp_path) == before


def test_two_warehouses_fed_the_same_hold_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        for world in (FIRST, SECOND):
            published(tmp_path / name, world)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_a_differing_week_is_a_revision_and_the_first_one_stays(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    before = files_of(tmp_path)
    revised = World(W40, FIRST.labs | {"a": {"name": "Corrigé"}})
    assert published(tmp_path, revised) == "revised"
    assert latest(tmp_path)["revision"] == 1
    after = files_of(tmp_path)
    assert all(after[name] == data for name, data in before.items() if name.startswith("v1/snapshots"))
    assert pq.read_table(full(tmp_path, W40, 1) / "labs.parquet")["name"].to_pylist().count("Corrigé") == 1
    assert published(tmp_path, revised) == "unchanged"
    assert published(tmp_path, FIRST) == "revised", "going back is a revision too"


def test_an_older_week_published_again_does_not_move_latest_backwards(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    published(tmp_path, SECOND)
    pointer = latest(tmp_path)
    assert published(tmp_path, World(W40, {"a": {}, "b": {}, "c": {"name": "Autre"}})) == "revised"
    assert latest(tmp_path) == pointer
    assert published_weeks(Storage(tmp_path)) == [W40, W41]


def test_a_week_between_two_published_ones_takes_its_place_in_the_index(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    third = SECOND.then()
    published(tmp_path, third)
    published(tmp_path, SECOND)
    assert published_weeks(Storage(tmp_path)) == [W40, W41, W42]
    assert latest(tmp_path)["iso_week"] == "2026-W42"


def test_the_feed_starts_from_the_release_before(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    published(tmp_path, SECOND)
    feed = pq.read_table(full(tmp_path, W41) / "changes.parquet").to_pylist()
    assert {(row["lab_id"], row["change"]) for row in feed} == {
        (lab_id("a"), "renamed"), (lab_id("b"), "merged_into"), (lab_id("c"), "moved")
    }  # fmt: skip
    manifest = json.loads((full(tmp_path, W41) / "manifest.json").read_bytes())
    assert manifest["previous"]["snapshot_date"] == "2026-09-28"
    assert manifest["counts"]["labs"] == 2
    assert all(item["passed"] for item in manifest["proof"])


@pytest.mark.parametrize(
    ("name", "hurt"),
    [("labs.parquet", "cut"), ("labs.parquet", "gone"), ("manifest.json", "cut"), ("registry.parquet", "cut")],
)
def test_nothing_is_built_on_a_damaged_release(tmp_path: Path, name: str, hurt: str) -> None:
    published(tmp_path, FIRST)
    path = full(tmp_path, W40) / name
    if hurt == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.unlink()
    pointer = latest(tmp_path)
    SECOND.write(tmp_path)
    with pytest.raises(ReleaseDamaged, match=name):
        publish(tmp_path, W41, generated_at=NOW)
    assert latest(tmp_path) == pointer
    assert not full(tmp_path, W41).exists()


def test_a_release_of_another_major_stops_with_its_version(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    index = tmp_path / "v1/index.json"
    index.write_text(index.read_text().replace(f'"{SCHEMA_VERSION}"', '"2.0.0"'))
    with pytest.raises(ReleaseDamaged, match=r"schema 2.0.0"):
        Releases(Storage(tmp_path)).index()


def test_an_unproven_release_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = FIRST.tables()
    FIRST.write(tmp_path)
    from warehouse.lake import Lake

    orphan = tables["lab_listings"].filter(pa.compute.not_equal(tables["lab_listings"]["source_key"], "a"))
    Lake(tmp_path).write("lab_listings", W40, orphan)
    with pytest.raises(proof.ProofFailed, match=r"lab_id_in_lab_listings of labs.parquet: 1 values"):
        publish(tmp_path, W40, generated_at=NOW)
    assert not (tmp_path / "v1").exists()


def test_two_publishers_do_not_interleave(tmp_path: Path) -> None:
    FIRST.write(tmp_path)
    with only_writer(tmp_path / ".publishing"), pytest.raises(AnotherWriter):
        publish(tmp_path, W40, generated_at=NOW)


def test_a_missing_lake_table_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no table .* for week 2026-W40"):
        publish(tmp_path, W40, generated_at=NOW)
    assert not (tmp_path / "v1").exists()


def test_a_directory_of_weeks_reads_as_one_table(tmp_path: Path) -> None:
    published(tmp_path, FIRST)
    published(tmp_path, SECOND)
    rows = duckdb.execute(
        "SELECT snapshot_date::VARCHAR, count(*) FROM read_parquet(?) GROUP BY ALL ORDER BY ALL",
        [str(tmp_path / "v1/snapshots/*/edition=full/labs.parquet")],
    ).fetchall()
    assert rows == [("2026-09-28", 3), ("2026-10-05", 2)]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], int]:
    """Return a warehouse about to publish its second week, what it will hold then, and how many touches that takes."""
    before, after = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    published(before, FIRST)
    SECOND.write(before)
    shutil.copytree(before, after, dirs_exist_ok=True)
    times = touches(after, publishing(W41), tmp_path_factory.mktemp("count"))
    return before, files_of(after), times


def check_killed(calm: tuple[Path, dict[str, bytes], int], warehouse: Path, at: int) -> None:
    before, expected, _ = calm
    shutil.copytree(before, warehouse)
    assert work_and_die(warehouse, publishing(W41), at)
    releases = Releases(Storage(warehouse))
    pointer = releases.latest()
    assert pointer is not None
    assert pointer.iso_week in {"2026-W40", "2026-W41"}
    for name in ("labs", "registry", "changes"):
        releases.table(pointer.editions["full"], name)
    publish(warehouse, W41, generated_at=NOW)
    assert files_of(warehouse) == expected
    assert [path.name for path in (warehouse / ".publishing").iterdir()] == [".writer.lock"]


@pytest.mark.parametrize("before_the_end", [0, 1, 3, 5, 8, 40])
def test_a_kill_leaves_latest_on_a_whole_release_and_the_next_run_heals(
    tmp_path: Path, calm: tuple[Path, dict[str, bytes], int], before_the_end: int
) -> None:
    check_killed(calm, tmp_path / "w", calm[2] - before_the_end)


@pytest.mark.soak
@pytest.mark.parametrize("chunk", range(20))
def test_a_kill_at_any_touch_of_the_warehouse_is_healed(
    tmp_path: Path, calm: tuple[Path, dict[str, bytes], int], chunk: int
) -> None:
    for number in range(25 * chunk, 25 * chunk + 25):
        check_killed(calm, tmp_path / str(number), 1 + number % calm[2])
        shutil.rmtree(tmp_path / str(number))
