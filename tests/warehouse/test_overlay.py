"""What is written over a warehouse is seen, and leaves no trace in it until it is kept."""

import hashlib
from pathlib import Path

import pytest

from tests.warehouse.fabricate import NOW, W40, W41, World
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.difference import Difference
from warehouse.releases import Releases
from warehouse.storage import Storage
from warehouse.storage.overlay import Overlay

FIRST = World(W40, {"a": {}, "b": {}, "c": {}})
OTHERWISE = World(W40, {"a": {"name": "Autre"}, "b": {}})


def digests(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    FIRST.write(tmp_path / "data")
    publish(tmp_path / "data", W40, generated_at=NOW)
    return tmp_path / "data"


def test_a_revision_over_a_warehouse_is_told_and_changes_nothing_in_it(published: Path, tmp_path: Path) -> None:
    before = digests(published)
    over = Overlay(Storage(published), tmp_path / "scratch")
    for name, table in OTHERWISE.tables().items():
        Lake(over).write(name, W40, table)
    told: list[Difference] = []
    assert publish(over, W40, generated_at=NOW, before_revision=told.append).result == "revised"
    (found,) = told
    assert sorted(line.partition("  ")[2] for line in found.lines()) == [
        "removed: vanished_from_healthy_source", "renamed (name): edited_at_source",
    ]  # fmt: skip
    assert found.tables["full/labs"] == (3, 2)
    assert "open/labs" not in found.tables, "the lake holds no tables of the open edition"
    latest, below = Releases(over).latest(), Releases(Storage(published)).latest()
    assert latest is not None
    assert below is not None
    assert (latest.revision, below.revision) == (1, 0)
    assert digests(published) == before


def test_a_week_over_a_warehouse_builds_on_what_the_warehouse_holds(published: Path, tmp_path: Path) -> None:
    over = Overlay(Storage(published), tmp_path / "scratch")
    for name, table in FIRST.then(labs={"a": {}, "b": {}, "c": {}, "d": {}}).tables().items():
        Lake(over).write(name, W41, table)
    assert publish(over, W41, generated_at=NOW).result == "published"
    assert Lake(over).weeks("labs") == [W40, W41]
    assert Lake(published).weeks("labs") == [W40]
    assert "v1/latest.json" in over.files("v1")
    assert over.open("lake/labs/week=2026-W40/labs.parquet").read() == over.read("lake/labs/week=2026-W40/labs.parquet")


def test_what_is_kept_arrives_beneath_and_what_stands_beneath_cannot_be_removed(
    published: Path, tmp_path: Path
) -> None:
    over = Overlay(Storage(published), tmp_path / "scratch")
    path = "lake/labs/week=2026-W40/labs.parquet"
    over.remove(path)
    assert over.exists(path)
    Lake(over).write("labs", W40, OTHERWISE.tables()["labs"])
    tag = Storage(published).tag(path)
    assert over.keep("lake") == 1
    assert Storage(published).tag(path) != tag
    assert over.digest(path) == Storage(published).digest(path)
    assert not (tmp_path / "scratch" / path).exists()
