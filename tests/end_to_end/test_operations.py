"""docs/operations.md holds: its drills run as they are written, and end where they say."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.documents import commands
from tests.running import ROOT

pytestmark = pytest.mark.xdist_group("sample")
COPIED = ("crawlers", "dedupe", "flows", "warehouse", "tests/pages", "pyproject.toml", "requirements.lock")
WEEK = "v1/snapshots/snapshot_date=2026-10-12/edition=full"


class Operator:
    """Somebody at a shell, in a checkout of their own, with a warehouse of three published weeks."""

    def __init__(self, folder: Path, sample: Path, environment: dict[str, str]) -> None:
        self.checkout, self.warehouse = folder / "checkout", folder / "warehouse"
        for name in COPIED:
            source, target = ROOT / name, self.checkout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, target)
        shutil.copytree(sample, self.warehouse)
        shutil.copytree(ROOT / "crawlers/sample/archive", self.warehouse / "archive", dirs_exist_ok=True)
        tools = folder / "bin"
        tools.mkdir()
        for name, arguments in (("labs", "-m flows.cli"), ("python", "")):
            (tools / name).write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
            (tools / name).chmod(0o755)
        self._environment = environment | {
            "LABS_WAREHOUSE": str(self.warehouse),
            "PYTHONPATH": str(self.checkout),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        }

    def follows(self, heading: str) -> str:
        """Run what operations.md says below the heading; return what was told on the way, then what was answered."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands("operations.md", heading)],
            cwd=self.checkout, env=self._environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr + done.stdout

    @property
    def latest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.warehouse / "v1/latest.json").read_text("utf-8"))
        return found

    def lab_ids(self) -> set[str]:
        folder = self.warehouse / "v1" / self.latest["editions"]["full"]["path"]
        return set(pq.read_table(folder / "labs.parquet")["lab_id"].to_pylist())


@pytest.fixture
def operator(sample: Path, environment: dict[str, str], tmp_path: Path) -> Operator:
    return Operator(tmp_path, sample, environment)


def test_on_a_monday_morning_the_path_is_found(operator: Operator) -> None:
    said = operator.follows("Monday morning")
    assert "2026-W42" in said
    assert "carried_forward" in said
    assert "Query timed out" in said


@pytest.fixture
def connected(operator: Operator, prefect_server: dict[str, str]) -> Operator:
    """The operator of a machine whose Prefect server runs."""
    operator._environment["PREFECT_API_URL"] = prefect_server["PREFECT_API_URL"]
    return operator


@pytest.mark.soak
def test_the_drills_end_where_they_say(connected: Operator) -> None:
    operator = connected
    published = (operator.warehouse / WEEK / "labs.parquet").read_bytes()

    said = operator.follows("A source broke")
    assert "openstreetmap.warc.gz" in said
    assert operator.latest["revision"] == 0

    said = operator.follows("A source is gone")
    assert "would be revised" in said or "unchanged" in said
    shutil.copy(ROOT / "crawlers/spiders/maplabbzh.py", operator.checkout / "crawlers/spiders/maplabbzh.py")

    said = operator.follows("A release is bad")
    assert "would be revised" in said
    assert operator.latest["revision"] == 1

    (operator.warehouse / "v1" / operator.latest["editions"]["full"]["path"] / "labs.parquet").write_bytes(b"")
    said = operator.follows("A published file is damaged")
    assert "0 changes of labs" not in said, "what was there before cannot be told"
    assert operator.latest["revision"] == 2

    said = operator.follows("Two labs are one by mistake")
    assert operator.latest["revision"] == 3
    assert said.rstrip().splitlines()[-1].startswith("lab-")

    ids = operator.lab_ids()
    operator.follows("The warehouse is lost")
    assert operator.latest == operator.latest | {"iso_week": "2026-W42", "revision": 0}
    assert operator.lab_ids() == ids, "the ids are those of before"
    assert (operator.warehouse / WEEK / "labs.parquet").read_bytes() != published, "the rulings of the drills hold"
