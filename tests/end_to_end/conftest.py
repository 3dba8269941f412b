"""The first week of the sample, published once: what the runs that are killed, starved or doubled begin from."""

from pathlib import Path

import pytest

from tests.running import Labs

ARCHIVE = "crawlers/sample/archive"


@pytest.fixture(scope="session")
def first_week(labs: Labs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds 2026-W40; copy it before it is written."""
    warehouse = tmp_path_factory.mktemp("first") / "data"
    week = ("--from-week", "2026-W40", "--to-week", "2026-W40", "--replay", ARCHIVE)
    done = labs("backfill", *week, "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return warehouse
