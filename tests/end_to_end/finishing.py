"""What must hold of the second sample week whatever became of the run that made it."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.running import ROOT, Labs

WEEK = ("--from-week", "2026-W41", "--to-week", "2026-W41", "--replay", "crawlers/sample/archive")


def start(warehouse: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start the command that publishes the week."""
    command = [sys.executable, "-m", "flows.cli", "backfill", *WEEK, "--warehouse", str(warehouse)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def await_work(warehouse: Path, process: subprocess.Popen[str] | None = None) -> None:
    """Return when the first table of the week is written, or the process has ended: Prefect's start is not tested."""
    lake, until = warehouse / "lake" / "listings" / "week=2026-W41", time.monotonic() + 240
    while not lake.exists() and time.monotonic() < until and (process is None or process.poll() is None):
        time.sleep(0.05)


def require_complete(warehouse: Path) -> str:
    """Return the week latest.json names, having checked every file of its editions against their manifests."""
    latest = json.loads((warehouse / "v1" / "latest.json").read_text("utf-8"))
    for pointer in latest["editions"].values():
        folder = warehouse / "v1" / pointer["path"]
        manifest = (folder / "manifest.json").read_bytes()
        assert hashlib.sha256(manifest).hexdigest() == pointer["manifest_sha256"]
        for file in json.loads(manifest)["files"]:
            assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    return str(latest["iso_week"])


def require_same(warehouse: Path, sample: Path) -> None:
    """Assert that the week is published with the bytes of an undisturbed run, and that nothing half-made is left."""
    assert require_complete(warehouse) == "2026-W41"
    for edition in ("full", "open"):
        week = f"v1/snapshots/snapshot_date=2026-10-05/edition={edition}"
        files = sorted(path.name for path in (sample / week).glob("*.parquet"))
        assert files == sorted(path.name for path in (warehouse / week).glob("*.parquet"))
        differing = [
            name for name in files if (sample / week / name).read_bytes() != (warehouse / week / name).read_bytes()
        ]
        assert not differing
    left = [
        path for path in warehouse.rglob("*") if path.name.startswith((".writing-", ".cget")) or ".part" in path.name
    ]
    assert not left


def require_finished(warehouse: Path, sample: Path, labs: Labs, environment: Mapping[str, str]) -> None:
    """Run the week once more and assert that it ends as if nothing had happened, and nothing temporary is left."""
    done = labs("backfill", *WEEK, "--warehouse", str(warehouse), timeout=600, environment=environment)
    assert done.returncode == 0, done.stderr
    require_same(warehouse, sample)
    assert not [*Path(environment["TMPDIR"]).glob("labs-*")]
    assert not spiders(str(warehouse))


def spiders(archive_of: str) -> list[int]:
    """Return the processes of spiders that were given the text as an argument."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            except OSError:
                continue
            if "crawlers" in words and any(archive_of in word for word in words):
                found.append(int(entry.name))
    return found
