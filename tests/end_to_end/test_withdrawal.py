"""An objection from the command line to a warehouse of three published weeks: gone everywhere, and gone for good."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.cli import run
from tests.running import ROOT, Labs
from tests.warehouse.lived_weeks import where

pytestmark = pytest.mark.xdist_group("sample")

WEEKS = ("2026-W40", "2026-W41", "2026-W42")
LAB, CONTACT = "La Halte du Blavet", "info@atelier-krutenau.example"
LISTING, SAID_BY_LISTING = "cget_2019/9006", "Manufacture Haut Montreuil"


@pytest.fixture(scope="module")
def warehouse(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the warehouse of the sample, with the pages it was made from as its own."""
    warehouse = tmp_path_factory.mktemp("withdrawal") / "data"
    shutil.copytree(sample, warehouse)
    shutil.copytree(ROOT / "crawlers/sample/archive", warehouse / "archive")
    return warehouse


@pytest.fixture(scope="module")
def released(warehouse: Path) -> list[dict[str, Any]]:
    """Return the labs of the last week as they were before anything was withdrawn."""
    folder = warehouse / "v1/snapshots/snapshot_date=2026-10-12/edition=full"
    return pq.read_table(folder / "labs.parquet").to_pylist()


@pytest.fixture(scope="module")
def withdrawn(labs: Labs, warehouse: Path, released: list[dict[str, Any]]) -> str:
    """Withdraw a lab, a listing and a contact; return the id the lab had."""
    lab_id: str = next(row["lab_id"] for row in released if row["name"] == LAB)
    done = labs("erase", lab_id, LISTING, CONTACT, "--yes", "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return lab_id


def registry(folder: Path) -> dict[str, str]:
    rows = pq.read_table(folder / "registry.parquet", partitioning=None).to_pylist()
    return {row["lab_id"]: row["status"] for row in rows}


def test_a_lab_a_listing_and_a_contact_are_gone_from_everything_kept(
    warehouse: Path, released: list[dict[str, Any]], withdrawn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--warehouse", str(warehouse))
    for text in (LAB, "halte-blavet", "bonjour@halte-blavet.example", "quai du Couvent", "990104", SAID_BY_LISTING):
        assert where(warehouse, text) == [], text
    # a contact alone leaves the pages as they were read, for their thirteen weeks
    assert {name.split("/")[0] for name in where(warehouse, CONTACT)} == {"archive"}

    replaced = json.loads((warehouse / "v1/revisions/redactions.json").read_bytes())
    assert [(one["snapshot_date"], one["replaced_by_revision"]) for one in replaced] == [
        ("2026-09-28", 1), ("2026-10-05", 1), ("2026-10-12", 1)
    ]  # fmt: skip
    latest, told = (json.loads((warehouse / f"v1/{name}.json").read_bytes()) for name in ("latest", "freshness"))
    assert told["latest"]["revision"] == latest["revision"] == 1
    assert told["last_run"]["result"] == "published", "what the last run did is still told"
    for edition in ("full", "open"):
        folder = warehouse / f"v1/revisions/snapshot_date=2026-10-12/revision=1/edition={edition}"
        assert registry(folder)[withdrawn] == "erased"
        assert len(pq.read_table(folder / "labs.parquet")) == len(released) - 1 - (edition == "open")
    for week in WEEKS:
        assert run(["verify", "--week", week, *place]) == 0, capsys.readouterr()
    assert run(["resolve", withdrawn, *place]) == 0
    assert "withdrawn at somebody's request" in capsys.readouterr().out
    assert run(["erase", withdrawn, "--yes", *place]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "erased already" in line
    assert run(["erase", "--yes", *place]) == 0, "what was filed is applied again"


@pytest.mark.soak
@pytest.mark.usefixtures("withdrawn")
def test_pages_that_are_read_again_bring_nothing_back(labs: Labs, warehouse: Path) -> None:
    assert where(warehouse, CONTACT), "the pages that hold the contact are left"
    weeks = ("--from-week", WEEKS[0], "--to-week", WEEKS[-1])
    done = labs("backfill", *weeks, "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    for text in (LAB, "halte-blavet", SAID_BY_LISTING):
        assert where(warehouse, text) == [], text
    assert {name.split("/")[0] for name in where(warehouse, CONTACT)} == {"archive"}
