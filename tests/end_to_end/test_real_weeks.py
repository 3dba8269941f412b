"""Three real recorded weeks, served as the real sites would, become three published snapshots."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.running import SHARED, Labs, Sites
from warehouse.lake import Lake
from warehouse.weeks import Week

WEEKS = ("2026-W40", "2026-W41", "2026-W42")
SOURCES = ("cget_2019", "fablabs_io", "hackerspaces_org", "maplabbzh", "openstreetmap", "spaceapi")

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("real_weeks")]


@pytest.fixture(scope="module")
def warehouse(labs: Labs, sites: Sites, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("real") / "warehouse"
    for week in WEEKS:
        asked = ("--sources", ",".join(SOURCES), "--warehouse", str(place))
        done = labs("refresh", "--week", week, "--origins", str(sites.serve(week)), *asked)
        assert done.returncode == 0, done.stderr
    yield place


def test_three_snapshots_are_published_and_latest_names_the_last(warehouse: Path) -> None:
    latest = json.loads((warehouse / "v1" / "latest.json").read_text("utf-8"))
    assert latest["iso_week"] == WEEKS[-1]
    dates = sorted(path.name for path in (warehouse / "v1" / "snapshots").iterdir())
    assert dates == [f"snapshot_date={Week.parse(week).monday}" for week in WEEKS]


def _served(week: str) -> dict[str, int]:
    folder = SHARED / "data" / "weeks" / week
    read = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    census = duckdb.read_csv(str(folder / "cget_2019.csv"), all_varchar=True)
    return {
        "fablabs_io": len(read["fablabs_io"]),
        "hackerspaces_org": len(read["hackerspaces_org"]),
        "openstreetmap": len(read["openstreetmap"]["elements"]),
        "maplabbzh": len(json.loads((folder / "maplabbzh.geojson").read_text("utf-8"))["features"]),
        "spaceapi": len(read["spaceapi_directory"]),
        "cget_2019": len(census),
    }


@pytest.mark.parametrize("week", WEEKS)
def test_every_served_record_is_a_listing_or_a_rejection(warehouse: Path, week: str) -> None:
    states = {row["source"]: row for row in Lake(warehouse).read("sources", Week.parse(week)).to_pylist()}
    for source, served in _served(week).items():
        state = states[source]
        assert state["state"] == "ok", state
        read = state["listings"] - state["listings_kept"]
        assert read + state["rejections"] + state["unanswered"] == served, state


@pytest.mark.parametrize("week", WEEKS)
def test_rejections_beside_the_scope_are_rare(warehouse: Path, week: str) -> None:
    states = Lake(warehouse).read("sources", Week.parse(week)).to_pylist()
    refused = sum(row["rejections"] - row["out_of_scope"] for row in states)
    assert refused < 0.05 * sum(row["listings"] + row["rejections"] for row in states)


def test_a_lab_that_leaves_is_told_with_its_reason(warehouse: Path) -> None:
    releases = [warehouse / "v1/snapshots" / f"snapshot_date={Week.parse(week).monday}/edition=full" for week in WEEKS]
    for before, now in itertools.pairwise(releases):
        gone = _ids(before / "labs.parquet") - _ids(now / "labs.parquet")
        feed = pq.read_table(now / "changes.parquet").to_pylist()
        told = {row["lab_id"]: row["reason"] for row in feed if row["change"] in {"removed", "merged_into"}}
        assert gone == told.keys()
        assert all(told.values())


def _ids(path: Path) -> set[str]:
    return set(pq.read_table(path, columns=["lab_id"])["lab_id"].to_pylist())


def test_running_the_last_week_again_publishes_nothing_new(warehouse: Path, labs: Labs, sites: Sites) -> None:
    before = (warehouse / "v1" / "latest.json").read_bytes()
    asked = ("--sources", ",".join(SOURCES), "--warehouse", str(warehouse))
    done = labs("refresh", "--week", WEEKS[-1], "--origins", str(sites.serve(WEEKS[-1])), *asked)
    assert done.returncode == 0, done.stderr
    assert "unchanged" in done.stdout
    assert (warehouse / "v1" / "latest.json").read_bytes() == before
