"""Fault cases 32-39 of the guide at the publication: chains, cycles, hostile keys and names, full disks, clocks.

The whole of 31-40, and where each case is tried:

31 a source shrinks, empties, grows    test_drift; test_carry_forward; end_to_end/test_simulated_weeks
32 mergers, chains, cycles, returns    here; test_year; dedupe/test_identity
33 hostile source keys                 here
34 hostile names                       here; formats/test_files; report/test_report_untrusted
35 kill -9, full disk, read-only       here; test_publish; test_object_store_kills; test_erasure
36 two runs at once, older weeks       test_publish; test_object_store; test_object_store_kills
37 same inputs, other surroundings     here; test_publish; end_to_end/test_sample
38 clocks and the edge of the year     here; test_weeks
39 a damaged past                      here; test_readers_side
40 privacy canary, licences            test_editions; test_privacy; end_to_end/test_sample, test_open_edition
"""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id, table
from warehouse.lake import Lake
from warehouse.proof import ProofFailed
from warehouse.publish import publish
from warehouse.published.difference import Difference
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.releases import ReleaseDamaged
from warehouse.storage import Storage
from warehouse.weeks import Week

FIRST = World(W40, {"a": {}, "b": {}, "c": {}})


def put(warehouse: Path, world: World, **tables: pa.Table) -> str:
    world.write(warehouse)
    for name, rows in tables.items():
        Lake(warehouse).write(name, world.week, rows)
    return publish(warehouse, world.week, generated_at=NOW).result


def full(warehouse: Path, week: Week) -> Path:
    return warehouse / f"v1/snapshots/snapshot_date={week.monday}/edition=full"


def files_of(warehouse: Path) -> dict[str, bytes]:
    return {name: Storage(warehouse).read(name) for name in Storage(warehouse).files("v1")}


# 32: two sources merge, then separate; merge chain A, B, C; cycle attempt; re-added lab


def test_a_chain_of_mergers_ends_in_one_step_at_a_living_lab(tmp_path: Path) -> None:
    put(tmp_path, FIRST)
    second = FIRST.then(labs={"b": {}, "c": {}}, retired={"a": ("merged_into", ("b",), W41)},
                        members={"b": (("network", "a"), ("network", "b"))})  # fmt: skip
    put(tmp_path, second)
    third = second.then(labs={"c": {}}, members={"c": (("network", "a"), ("network", "b"), ("network", "c"))},
                        retired={"a": ("merged_into", ("c",), W41), "b": ("merged_into", ("c",), W42)})  # fmt: skip
    put(tmp_path, third)
    assert resolve(tmp_path, lab_id("a"))[0].heirs == (lab_id("c"),)
    back = third.then(labs={"a": {}, "c": {}}, members={}, retired={"b": ("merged_into", ("c",), W42)})
    put(tmp_path, back)
    feed = pq.read_table(full(tmp_path, back.week) / "changes.parquet").to_pylist()
    assert [(row["lab_id"], row["change"]) for row in feed if row["change"] != "changed"] == [(lab_id("a"), "restored")]
    assert verify(tmp_path).passed


@pytest.mark.parametrize("retired", [
    {"b": ("merged_into", ("c",), W41), "c": ("merged_into", ("a",), W41)},
    {"b": ("merged_into", ("c",), W41), "c": ("merged_into", ("b",), W41)},
])  # fmt: skip
def test_an_open_chain_or_a_cycle_in_the_bridge_is_never_published(
    tmp_path: Path, retired: dict[str, tuple[str, tuple[str, ...], Week]]
) -> None:
    put(tmp_path, FIRST)
    pointer = (tmp_path / "v1/latest.json").read_bytes()
    with pytest.raises(ProofFailed, match="closed of id_bridge"):
        put(tmp_path, FIRST.then(labs={"a": {}}, retired=retired))
    assert (tmp_path / "v1/latest.json").read_bytes() == pointer


@pytest.mark.parametrize("harm", ["forgotten", "born again", "inactive", "unpublished", "twice"])
def test_a_registry_that_loses_or_reuses_an_id_is_never_published(tmp_path: Path, harm: str) -> None:
    put(tmp_path, FIRST)
    world = FIRST.then()
    tables = world.tables()
    rows = tables["registry"].to_pylist()
    index = next(number for number, row in enumerate(rows) if row["lab_id"] == lab_id("a"))
    if harm == "forgotten":
        del rows[index]
        tables["labs"] = tables["labs"].filter(pa.compute.not_equal(tables["labs"]["lab_id"], lab_id("a")))
        tables["lab_listings"] = tables["lab_listings"].filter(
            pa.compute.not_equal(tables["lab_listings"]["lab_id"], lab_id("a"))
        )
    elif harm == "born again":
        rows[index]["first_seen"] = W41.monday
    elif harm == "inactive":
        rows[index]["status"] = "retired"
    elif harm == "unpublished":
        rows.append({"lab_id": lab_id("x"), "status": "active", "first_seen": W41.monday, "last_seen": W41.monday})
    else:
        rows.append(rows[index])
    with pytest.raises(ProofFailed, match=r"registry|published_is_active"):
        put(tmp_path, world, registry=table("registry", rows), labs=tables["labs"], lab_listings=tables["lab_listings"])
    assert not full(tmp_path, W41).exists()


# 33, 34: hostile keys and names


def test_hostile_keys_and_names_are_published_as_they_are_and_touch_no_path(tmp_path: Path) -> None:
    keys = ["../../etc/x", "CON", "x" * 300, "🤖", "Abc", "abc", "a'b\"c", "a/b", "%2e%2e", "; DROP TABLE labs"]
    names = ["<script>alert(1)</script>", "{{7*7}}", "=cmd|'/C calc'!A0", "a\u2028b", "'; DROP TABLE labs; --"]
    labs = {f"lab{number}": {"name": names[number % len(names)]} for number in range(len(keys))}
    members = {f"lab{number}": (("network", key),) for number, key in enumerate(keys)}
    put(tmp_path / "w", World(W40, labs, members))
    found = verify(tmp_path / "w")
    assert found.passed, found.doubts
    assert {path.name for path in tmp_path.iterdir()} == {"w"}
    published = pq.read_table(full(tmp_path / "w", W40) / "lab_listings.parquet")["source_key"].to_pylist()
    assert sorted(published) == sorted(keys)
    assert resolve(tmp_path / "w", "network/../../etc/x")[0].lab_id == lab_id("lab0")


# 35: disk full


FULL_DISK = """
import resource, signal, sys
from tests.warehouse.fabricate import NOW, W41
from warehouse.publish import publish
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    publish(sys.argv[1], W41, generated_at=NOW)
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize("limit", [100, 3_000, 20_000])
def test_a_disk_that_is_full_publishes_nothing_and_the_next_run_does(tmp_path: Path, limit: int) -> None:
    put(tmp_path, FIRST)
    before = files_of(tmp_path)
    FIRST.then(labs={"a": {"name": "Neuf"}, "b": {}, "c": {}}).write(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), str(limit)],
        env=os.environ | {"PYTHONPATH": "."}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, (done.returncode, -signal.SIGXFSZ, done.stderr)
    assert files_of(tmp_path) == before
    assert [path.name for path in (tmp_path / ".publishing").iterdir()] == [".writer.lock"]
    assert publish(tmp_path, W41, generated_at=NOW).result == "published"
    assert verify(tmp_path).passed
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


# 35: read-only target


READ_ONLY = """
import sys
from flows.cli import run
from tests.warehouse.fabricate import NOW, W41
from warehouse.publish import publish
from warehouse.storage import WarehouseUnusable
try:
    publish(sys.argv[1], W41, generated_at=NOW)
except WarehouseUnusable as error:
    print(error)
    sys.exit(run(["erase", "--yes", "--warehouse", sys.argv[1]]))
"""
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.getuid() == 0 else []
"""Root writes whatever the modes say; without this one capability it is told, as everybody is."""


@pytest.mark.skipif(AS_ANYBODY and shutil.which("setpriv") is None, reason="as root a read-only folder needs setpriv")
@pytest.mark.parametrize("part", ["", "v1"])
def test_a_target_that_may_not_be_written_is_said_in_one_line_and_stays_as_it_is(tmp_path: Path, part: str) -> None:
    put(tmp_path, FIRST)
    FIRST.then(labs={"a": {"name": "Neuf"}, "b": {}, "c": {}}).write(tmp_path)
    before = files_of(tmp_path)
    folders = [tmp_path / part, *(path for path in (tmp_path / part).rglob("*") if path.is_dir())]
    locks = [] if part else [*tmp_path.rglob(".writer.lock")]
    modes = {path: path.stat().st_mode for path in [*folders, *locks]}
    for path in modes:
        path.chmod(0o555)
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-c", READ_ONLY, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": "."}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for path, mode in modes.items():
        path.chmod(mode)
    assert done.returncode == 2, done.stderr
    assert re.match(rf"warehouse {tmp_path}: Permission denied: \S+\n", done.stdout)
    assert re.fullmatch(rf"labs: warehouse {tmp_path}: Permission denied: \S+\n", done.stderr)
    assert files_of(tmp_path) == before
    assert publish(tmp_path, W41, generated_at=NOW).result == "published"
    assert verify(tmp_path).passed


# 37: the same inputs, other surroundings


def test_time_zone_locale_hash_seed_and_threads_do_not_change_a_byte_of_a_release(tmp_path: Path) -> None:
    put(tmp_path / "here", FIRST)
    FIRST.write(tmp_path / "there")
    program = (
        "import sys, pyarrow as pa; from tests.warehouse.fabricate import NOW, W40;"
        "from warehouse.publish import publish;"
        "pa.set_cpu_count(1); publish(sys.argv[1], W40, generated_at=NOW)"
    )
    surroundings = os.environ | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "5", "PYTHONPATH": "."}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "there")], check=True, env=surroundings)
    assert files_of(tmp_path / "here") == files_of(tmp_path / "there")


def test_shuffled_rows_in_the_lake_give_the_same_release(tmp_path: Path) -> None:
    put(tmp_path / "sorted", FIRST)
    tables = FIRST.tables()
    turned = {name: rows.take(list(reversed(range(len(rows))))) for name, rows in tables.items() if len(rows)}
    put(tmp_path / "turned", FIRST, **turned)
    assert files_of(tmp_path / "sorted") == files_of(tmp_path / "turned")


# 38: clocks


def test_the_edge_of_the_year_and_a_clock_set_back_change_nothing_but_generated_at(tmp_path: Path) -> None:
    world = World(Week.parse("2026-W53"), {"a": {}})
    clocks = [datetime(2027, 1, 1, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), NOW]
    for clock in clocks:
        world.write(tmp_path)
        publish(tmp_path, world.week, generated_at=clock)
        world = world.then()
    index = json.loads((tmp_path / "v1/index.json").read_bytes())
    weeks = [(entry["iso_week"], entry["snapshot_date"]) for entry in index["snapshots"]]
    assert weeks == [("2026-W53", "2026-12-28"), ("2027-W01", "2027-01-04"), ("2027-W02", "2027-01-11")]
    assert json.loads((tmp_path / "v1/latest.json").read_bytes())["iso_week"] == "2027-W02"
    feeds = [pq.read_table(full(tmp_path, Week.parse(week)) / "changes.parquet").num_rows for week, _ in weeks]
    assert feeds == [1, 0, 0]


# 39: what was published before is not intact


@pytest.mark.parametrize("name", ["manifest.json", "labs.parquet", "history.parquet", "../../../index.json"])
@pytest.mark.parametrize("harm", ["gone", "empty", "garbage"])
def test_no_feed_of_removals_is_made_from_a_damaged_past(tmp_path: Path, name: str, harm: str) -> None:
    put(tmp_path, FIRST)
    pointer = (tmp_path / "v1/latest.json").read_bytes()
    path = (full(tmp_path, W40) / name).resolve()
    path.unlink() if harm == "gone" else path.write_bytes(b"" if harm == "empty" else b"\x00garbage{")
    FIRST.then().write(tmp_path)
    with pytest.raises(ReleaseDamaged) as caught:
        publish(tmp_path, W41, generated_at=NOW)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "v1/latest.json").read_bytes() == pointer
    assert not full(tmp_path, W41).exists()


@pytest.mark.parametrize(("name", "result"), [("labs.csv", "unchanged"), ("manifest.json", "revised")])
def test_a_damaged_release_is_healed_by_making_its_week_and_the_ones_after_again(
    tmp_path: Path, name: str, result: str
) -> None:
    for world in (FIRST, FIRST.then(labs={"a": {"name": "Neuf"}, "b": {}, "c": {}})):
        put(tmp_path, world)
    (full(tmp_path, W40) / name).write_bytes(b"\x00garbage{")
    assert not verify(tmp_path, W40).passed
    told: list[Difference] = []
    done = publish(tmp_path, W40, generated_at=NOW, before_revision=told.append)
    assert done.result == "revised"
    assert publish(tmp_path, W41, generated_at=NOW).result == result, "its feed starts from files that are gone"
    assert all(verify(tmp_path, week).passed for week in (W40, W41))
    assert [publish(tmp_path, week, generated_at=NOW).result for week in (W40, W41)] == ["unchanged"] * 2
