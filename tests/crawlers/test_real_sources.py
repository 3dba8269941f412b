"""On the real recorded weeks every served record is a listing or a rejection with its rule."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.crawlers.spider_process import Ended, crawl

SOURCES = ("spaceapi", "fablabs_io", "hackerspaces_org", "openstreetmap", "maplabbzh", "cget_2019")


# the newest week is the largest; the others differ by a few records and run with make soak
@pytest.fixture(params=[*(pytest.param(f"2026-W{week}", marks=pytest.mark.soak) for week in (40, 41)), "2026-W42"])
def week(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def crawls(week: str, tmp_path: Path) -> Iterator[dict[str, Ended]]:
    folder = SHARED / "data" / "weeks" / week
    server = subprocess.Popen(
        [sys.executable, str(SHARED / "tools" / "source_sites.py"), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    server.stdout.readline()
    (tmp_path / "origins.json").write_text(server.stdout.readline())

    def run(source: str) -> Ended:
        origins = str(tmp_path / "origins.json")
        return crawl(source, tmp_path / "archive", tmp_path / source, "--origins", origins, week=week)

    try:
        with ThreadPoolExecutor(2) as pool:
            yield dict(zip(SOURCES, pool.map(run, SOURCES), strict=True))
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def served(week: str) -> dict[str, int]:
    """Count the records of each recorded source, from the recording itself."""
    folder = SHARED / "data" / "weeks" / week

    def load(name: str) -> Any:
        return json.loads((folder / name).read_text("utf-8"))

    with (folder / "cget_2019.csv").open(encoding="utf-8", newline="") as stream:
        census = sum(1 for _ in csv.DictReader(stream))
    return {
        "fablabs_io": len(load("fablabs_io.json")),
        "hackerspaces_org": len(load("hackerspaces_org.json")),
        "spaceapi": len(load("spaceapi_directory.json")),
        "openstreetmap": len(load("openstreetmap.json")["elements"]),
        "maplabbzh": len(load("maplabbzh.geojson")["features"]),
        "cget_2019": census,
    }


@pytest.mark.shared
def test_every_record_of_a_real_week_is_accounted_for(week: str, crawls: dict[str, Ended]) -> None:
    broken = total = 0
    for source, count in served(week).items():
        ended = crawls[source]
        assert ended.status == 0, f"{source}: {ended.stderr}"
        state = ended.state
        assert state["listings"] + state["rejections"] + state["unanswered"] == count
        assert (len(ended.rows("listings")), len(ended.rows("rejections"))) == (state["listings"], state["rejections"])
        assert all(row["rule"] and row["reason"] for row in ended.rows("rejections"))
        broken += state["rejections"] - state["out_of_scope"]
        total += state["listings"] + state["rejections"]
    assert broken < 0.05 * total
