"""An erasure in an object store leaves what one in a folder leaves, killed or not."""

import random
import shutil
from functools import partial
from pathlib import Path

import boto3
import pytest

from crawlers.pages.excision import cut
from flows.cli import run
from tests.warehouse.dying_writer import Work, touches, work_and_die
from tests.warehouse.fabricate import lab_id
from tests.warehouse.lived_weeks import LINEAGE, WORLD, check, live, take_out, where
from warehouse.erasure.erase import erase
from warehouse.lake import Lake
from warehouse.published.verify import verify
from warehouse.rulings import suppressions
from warehouse.storage import Storage

OBJECTION = lab_id("d")


def erasing(what: str) -> Work:
    return partial(_erase, what)


def _erase(what: str, warehouse: str) -> None:
    take_out(warehouse, what)


def copy(of: str | Path, to: str | Path) -> None:
    """Copy a warehouse from one storage to another, but for its locks."""
    source, target = Storage(of), Storage(to)
    for path in source.files():
        if not path.startswith("."):
            target.put(path, source.read(path))


def contents(warehouse: str | Path) -> dict[str, bytes]:
    """Return what a warehouse holds, but for its locks, and the objections: their salt differs each time."""
    storage = Storage(warehouse)
    return {
        path: storage.read(path) for path in storage.files() if not path.startswith(".") and path != suppressions.FILED
    }


def erased(warehouse: Path, folder: Path) -> dict[str, bytes]:
    """Return what an erasure of the lab leaves in a folder that holds the same."""
    shutil.copytree(warehouse, folder)
    take_out(folder, OBJECTION)
    assert where(folder, "Canary") == []
    return contents(folder)


def check_killed(place: str, warehouse: Path, expected: dict[str, bytes], at: int) -> None:
    """Kill an erasure at a touch of the store, look at what readers see, run it again."""
    copy(warehouse, place)
    assert work_and_die(place, erasing(OBJECTION), at)
    assert {proof.name for proof in verify(place).doubts} <= {"latest"}
    if suppressions.filed(Storage(place)):
        erase(Lake(place), [], cut, lineage=LINEAGE)
    else:
        take_out(place, OBJECTION)
    assert contents(place) == expected
    assert not [path for path in Storage(place).files() if path.startswith(".")], "the lease is given back"


def test_an_erasure_killed_in_an_object_store_is_finished_by_the_next(bucket: str, tmp_path: Path) -> None:
    live(tmp_path / "one", WORLD)
    check_killed(bucket, tmp_path / "one", erased(tmp_path / "one", tmp_path / "erased"), 30)


@pytest.mark.parametrize("is_versioned", [True, False])
def test_a_bucket_that_keeps_versions_is_told(
    bucket: str, s3_server: str, is_versioned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if is_versioned:
        client = boto3.client("s3", endpoint_url=f"http://{s3_server}")
        name = bucket.removeprefix("s3://").partition("/")[0]
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    assert run(["erase", "--yes", "--warehouse", bucket]) == 0
    assert ("noncurrent versions" in capsys.readouterr().out) == is_versioned


@pytest.mark.soak
def test_an_erasure_killed_anywhere_in_an_object_store_is_finished_by_the_next(
    bucket: str, three_lived_weeks: Path, tmp_path: Path
) -> None:
    expected = erased(three_lived_weeks, tmp_path / "erased")
    check(tmp_path / "erased")
    copy(three_lived_weeks, bucket)
    count = touches(bucket, erasing(OBJECTION), tmp_path)
    assert contents(bucket) == expected
    for at in random.Random(7).sample(range(1, count + 1), 40):  # noqa: S311  # a sample, not a secret
        check_killed(bucket.replace("/warehouse?", f"/kill-{at}?"), three_lived_weeks, expected, at)
