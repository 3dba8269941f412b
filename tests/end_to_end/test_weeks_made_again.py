"""Twelve simulated weeks made again from their archive: by the same code the same bytes, else what differs, no more."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import HalfAYear
from tests.running import ROOT
from tests.simulation.campaign import FIRST
from tests.simulation.scripts import HALF_A_YEAR
from warehouse.lake import Lake
from warehouse.manifest import document
from warehouse.releases import INDEX, Releases, point
from warehouse.schema.manifest import Index
from warehouse.storage import Storage
from warehouse.weeks import Week

pytestmark = pytest.mark.soak

LAST = FIRST.plus(HALF_A_YEAR.weeks - 1)
WEEKS = list(Week.span(LAST.plus(-11), LAST))
"""The last twelve: pages are archived for thirteen. One of them is held, in others up to three sources fail."""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(half_a_year: HalfAYear, environment: dict[str, str], tmp_path: Path) -> tuple[Path, Run]:
    """A checkout with the overrides that were reviewed meanwhile, and how to run `labs` from it."""
    code = tmp_path / "code"
    for room in ("crawlers", "dedupe", "flows", "warehouse"):
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, code / name)
    shutil.copy(half_a_year.folder / "overrides.csv", code / "warehouse/rulings/overrides.csv")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flows.cli", *arguments]
        own = environment | {"PYTHONPATH": str(code)}
        return subprocess.run(command, cwd=code, env=own, capture_output=True, text=True, check=False)

    return code, run


def forget(warehouse: Path, since: Week) -> None:
    """Lose every release from a week on, as by a wrong hand; lake and archive stay."""
    storage = Storage(warehouse)
    index = Releases(storage).index()
    kept = [entry for entry in index.snapshots if Week.parse(entry.iso_week) < since]
    storage.put(INDEX, document(Index(schema_version=kept[-1].schema_version, snapshots=kept)))
    point(storage)
    for folder in [*warehouse.glob("v1/*/snapshot_date=*"), *warehouse.glob("v1/revisions/snapshot_date=*")]:
        if folder.name >= f"snapshot_date={since.monday}":
            shutil.rmtree(folder)


def published(warehouse: Path) -> dict[str, bytes]:
    """Return every Parquet file published of the twelve weeks."""
    folders = [warehouse / "v1/snapshots" / f"snapshot_date={week.monday}" for week in WEEKS]
    files = [file for folder in folders for file in folder.rglob("*.parquet")]
    return {str(file.relative_to(warehouse)): file.read_bytes() for file in files}


def test_unchanged_code_gives_the_same_bytes(
    half_a_year: HalfAYear, checkout: tuple[Path, Run], tmp_path: Path
) -> None:
    lost = Path(shutil.copytree(half_a_year.folder / "warehouse", tmp_path / "warehouse"))
    forget(lost, WEEKS[0])
    assert not published(lost)
    asked = ("--from-week", str(WEEKS[0]), "--to-week", str(WEEKS[-1]), "--warehouse", str(lost))
    done = checkout[1]("backfill", *asked)
    held = [week for week in range(HALF_A_YEAR.weeks) if HALF_A_YEAR.is_held(week) and FIRST.plus(week) in WEEKS]
    told = [line for line in done.stdout.splitlines() if " held: " in line]
    assert (done.returncode, len(told)) == (int(bool(held)), len(held)), done.stdout + done.stderr
    before, now = published(half_a_year.folder / "warehouse"), published(lost)
    assert before.keys() == now.keys()
    assert not [name for name, data in before.items() if now[name] != data]
    assert len(before) >= 2 * 8 * (len(WEEKS) - len(held))


def test_a_changed_judgement_shows_exactly_the_lab_it_is_about(
    half_a_year: HalfAYear, checkout: tuple[Path, Run]
) -> None:
    warehouse, last = half_a_year.folder / "warehouse", WEEKS[-1]
    lab_id, listings = _lab_of_two(warehouse, last)
    code, run = checkout
    with (code / "dedupe/judgements.csv").open("a", encoding="utf-8") as file:
        file.write(f"{listings[0]},{listings[1]},different,anna,2026-11-20,two workshops in one street\n")
    before = {str(path): path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}
    asked = ("--from-week", str(last), "--to-week", str(last), "--warehouse", str(warehouse))
    done = run("backfill", *asked, "--stages", "resolve", "--publish", "diff-only")
    assert done.returncode == 0, done.stderr
    told = re.findall(r"(lab-\w{13})  (\w+)([^:]*):", done.stdout + done.stderr)
    assert {one for one, kind, _ in told if kind != "split_from"} == {lab_id}, done.stdout + done.stderr
    split = [(one, related) for one, kind, related in told if kind == "split_from"]
    assert len(split) == 1
    assert lab_id in split[0][1]
    assert before == {str(path): path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}


def _lab_of_two(warehouse: Path, week: Week) -> tuple[str, list[str]]:
    """Return a lab of exactly two listings, and these as a judgement names them."""
    rows = Lake(warehouse).read("assignments", week).to_pylist()
    members: dict[str, list[str]] = {}
    for row in rows:
        members.setdefault(row["lab_id"], []).append(f"{row['source']}:{row['source_key']}")
    return next((lab_id, keys) for lab_id, keys in sorted(members.items()) if len(keys) == 2)
