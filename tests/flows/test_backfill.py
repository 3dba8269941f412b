"""Weeks made again by the real flow on a real Prefect server, from sources whose answers are given."""

import asyncio
import hashlib
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
from prefect.artifacts import Artifact

from flows import stages
from flows.backfill import Backfilled, backfill
from flows.planning.plan import Plan
from flows.sources import fan_out
from tests.flows.network import Network, archived, published
from warehouse.checks import ChecksFailed
from warehouse.lake import Lake
from warehouse.releases import Releases
from warehouse.schema import TABLES, Check, empty
from warehouse.storage import Storage
from warehouse.storage.lease import WRITER
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("deployments")

WEEKS = {
    "2026-W40": {"maplabbzh": 4, "paris": 3},
    "2026-W41": {"maplabbzh": 4, "paris": "timed_out"},
    "2026-W42": {"maplabbzh": 5, "paris": 3},
}  # fmt: skip
W40, W41, W42 = (Week.parse(week) for week in WEEKS)
RENAMED = {str(number): {"name": "Fab Lab Cahors"} if number == 2 else {} for number in range(4)}


@pytest.fixture(scope="module")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with three published weeks and their archive."""
    warehouse = tmp_path_factory.mktemp("weeks") / "data"
    for week, answers in WEEKS.items():
        published(warehouse, week, **answers)
        archived(warehouse, week, *answers)
    return warehouse


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network(WEEKS)
    monkeypatch.setattr(fan_out, "crawl", made.crawl)
    return made


@pytest.fixture
def warehouse(three_weeks: Path, tmp_path: Path) -> Path:
    shutil.copytree(three_weeks, tmp_path / "data")
    return tmp_path / "data"


def again(warehouse: Path | str, first: str = "2026-W40", last: str = "2026-W42", **asked: Any) -> Backfilled:
    return asyncio.run(backfill(from_week=first, to_week=last, warehouse=str(warehouse), **asked))


def results(done: Backfilled) -> dict[str, str]:
    return {outcome.week: outcome.result for outcome in done.outcomes}


def digests(folder: Path) -> dict[str, str]:
    """Every file but pages drawn anew and what tells when somebody last ran."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".html" and path.stem != "freshness"
    }


def test_unchanged_code_gives_the_same_bytes_and_is_passed_over_the_next_time(
    server: None, network: Network, warehouse: Path
) -> None:
    before = digests(warehouse)
    assert results(again(warehouse, "2026-W41")) == {"2026-W41": "unchanged", "2026-W42": "unchanged"}
    after = digests(warehouse)
    assert {name: after[name] for name in before} == before
    assert {name.partition("=")[0] for name in after.keys() - before.keys()} == {"lake/made_from/week"}
    network.read.clear()
    assert results(again(warehouse, "2026-W41")) == {"2026-W41": "unchanged", "2026-W42": "unchanged"}
    assert network.read == []


def test_a_dry_run_tells_exactly_the_labs_that_differ_and_writes_nothing(
    server: None, network: Network, warehouse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = digests(warehouse)
    network.answers["2026-W41", "maplabbzh"] = RENAMED
    with caplog.at_level(logging.INFO, logger="flows"):
        done = again(warehouse, "2026-W41", "2026-W41", publish="diff-only")
    assert results(done) == {"2026-W41": "revised"}
    assert done.outcomes[0].path is None
    assert digests(warehouse) == before
    registry = Lake(warehouse).read("assignments", W41).to_pylist()
    (renamed,) = (row["lab_id"] for row in registry if (row["source"], row["source_key"]) == ("maplabbzh", "2"))
    told = [record.message for record in caplog.records if "differs" in record.message]
    assert [line for line in told if "lab-" in line] == [
        f"2026-W41  differs  {renamed}  changed (alt_names): edited_at_source",
        f"2026-W41  differs  {renamed}  renamed (name): edited_at_source",
    ]
    assert "2026-W42  still stands on what it was made from; cascade makes it again" in caplog.text
    artifact = asyncio.run(Artifact.aget("difference"))
    assert artifact is not None
    assert renamed in str(artifact.data)


def test_a_revision_is_told_before_it_is_there_keeps_ids_and_cascades(
    server: None, network: Network, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.answers["2026-W41", "maplabbzh"] = RENAMED
    before = Lake(warehouse).read("assignments", W42)
    seen: list[int] = []

    def told(_: object) -> None:
        entry = Releases(Storage(warehouse)).entry(W41)
        assert entry is not None
        seen.append(len(entry.revisions))

    monkeypatch.setattr("flows.backfill.tell_difference", told)
    done = again(warehouse, "2026-W41", "2026-W41", sources=["maplabbzh"], cascade=True)
    assert results(done) == {"2026-W41": "revised", "2026-W42": "revised"}
    assert seen[0] == 1, "shown while the first publication was still the only one"
    assert network.read == ["2026-W41 maplabbzh"], "the week after is made from its tables"
    states = {row["source"]: row["state"] for row in Lake(warehouse).read("sources", W41).to_pylist()}
    assert states == {"maplabbzh": "ok", "paris": "carried_forward"}
    assert Lake(warehouse).read("assignments", W42) == before
    latest = Releases(Storage(warehouse)).latest()
    assert latest is not None
    assert (latest.iso_week, latest.revision) == ("2026-W42", 1)


def test_a_backfill_that_was_stopped_goes_on_where_it_was(
    server: None, network: Network, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(plan: Plan) -> int:
        if plan.week == W42:
            raise OSError("no space left on device")
        return stages.fuse_labs(plan)

    with monkeypatch.context() as broken:
        broken.setitem(stages.STAGES, "fuse", full)  # type: ignore[arg-type]  # a mapping that is a dict
        with pytest.raises(OSError, match="no space left"):
            again(warehouse, "2026-W41")
    network.read.clear()
    assert results(again(warehouse, "2026-W41")) == {"2026-W41": "unchanged", "2026-W42": "unchanged"}
    assert network.read == ["2026-W42 maplabbzh", "2026-W42 paris"]


def test_a_week_that_is_held_when_it_is_made_again_stays_as_published(
    server: None, network: Network, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(warehouse)
    network.answers["2026-W41", "maplabbzh"] = RENAMED

    def held(_: Plan) -> int:
        raise ChecksFailed(empty(Check))

    monkeypatch.setitem(stages.STAGES, "check", held)  # type: ignore[arg-type]  # as above
    assert results(again(warehouse, "2026-W41", "2026-W41")) == {"2026-W41": "held"}
    assert digests(warehouse) == before


def test_a_week_without_pages_and_stages_from_tables_give_the_same_week(
    server: None, network: Network, warehouse: Path
) -> None:
    tables = {name: Lake(warehouse).read(name, W41) for name in TABLES if Lake(warehouse).has(name, W41)}
    shutil.rmtree(warehouse / "archive" / "week=2026-W41")
    assert results(again(warehouse, "2026-W41", "2026-W41")) == {"2026-W41": "unchanged"}
    assert results(again(warehouse, "2026-W41", "2026-W41", stages=["resolve"])) == {"2026-W41": "unchanged"}
    assert network.read == []
    assert {name: Lake(warehouse).read(name, W41) for name in tables} == tables


@pytest.mark.soak
def test_an_object_store_is_made_again_dry_and_for_good(
    server: None, network: Network, bucket: str, tmp_path: Path
) -> None:
    for week in ("2026-W40", "2026-W41"):
        published(bucket, week, **WEEKS[week])
        archived(tmp_path, week, *WEEKS[week])
    network.answers["2026-W40", "maplabbzh"] = RENAMED
    before = {name: Storage(bucket).tag(name) for name in Storage(bucket).files()}
    asked = {"replay": str(tmp_path / "archive"), "cascade": True}
    revised = {"2026-W40": "revised", "2026-W41": "revised"}
    assert results(again(bucket, "2026-W40", "2026-W40", publish="diff-only", **asked)) == revised
    assert {name: Storage(bucket).tag(name) for name in Storage(bucket).files()} == before
    assert results(again(bucket, "2026-W40", "2026-W40", **asked)) == revised
    assert set(results(again(bucket, "2026-W40", "2026-W41", replay=asked["replay"])).values()) == {"unchanged"}
    assert not Storage(bucket).exists(WRITER), "the lease is given back"
