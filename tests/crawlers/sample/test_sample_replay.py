"""Every archive replays through the crawler as network.toml says: the listings, the rejections, the failure."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crawlers.sample.build import ARCHIVE
from crawlers.sample.network import SOURCES, Network

NETWORK = Network.read()
LAST = NETWORK.weeks[-1]


@dataclass(frozen=True)
class Replayed:
    status: int
    out: Path

    def state(self) -> dict[str, Any]:
        return json.loads((self.out / "source.json").read_text(encoding="utf-8"))

    def rows(self, name: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / f"{name}.parquet").to_pylist()


Replay = Callable[[str, str], Replayed]


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Replay a source in a process of its own, each once."""
    return cache(lambda source, week: _replayed(source, week, tmp_path_factory.mktemp(source)))


def _replayed(source: str, week: str, out: Path) -> Replayed:
    command = [sys.executable, "-m", "crawlers", source, "--week", week, "--archive", str(ARCHIVE), "--out", str(out)]
    done = subprocess.run([*command, "--replay"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    return Replayed(done.returncode, out)


@pytest.mark.parametrize("source", SOURCES)
def test_every_record_served_is_the_listing_or_the_rejection_the_network_names(source: str, replay: Replay) -> None:
    done, served = replay(source, LAST), NETWORK.served(source, LAST)
    rejected = {str(row.facts["key"]): row.facts["rejected"] for row in served if not row.lab}
    assert (done.status, done.state()["state"], done.state()["robots"]) == (0, "ok", "allowed")
    assert {row["source_key"] for row in done.rows("listings")} == {row.source_key for row in served if row.lab}
    assert {row["record"]: row["rule"] for row in done.rows("rejections")} == rejected
    assert done.state()["unanswered"] == (len(NETWORK.unanswered()) if source == "spaceapi" else 0)


def test_the_week_in_which_overpass_times_out_fails_and_says_so(replay: Replay) -> None:
    week = next(week for week in NETWORK.weeks if NETWORK.fault("openstreetmap", week))
    done = replay("openstreetmap", week)
    assert (done.status, done.state()["state"], done.state()["failure"]) == (1, "failed", "remark")
    assert done.rows("listings") == []


def test_an_endpoint_that_fails_in_one_week_is_counted_and_the_others_are_read(replay: Replay) -> None:
    week = NETWORK.weeks[1]
    done, served = replay("spaceapi", week), NETWORK.served("spaceapi", week)
    silent = [row for row in served if row.facts.get("answer", "ok") != "ok"]
    assert done.status == 0
    assert len(silent) == 1
    assert done.state()["unanswered"] == len(NETWORK.unanswered()) + 1
    named = {entry["key"] for entry in NETWORK.unanswered()} | {row.source_key for row in silent}
    assert {row["source_key"] for row in done.rows("unanswered")} == named
    assert {(row["listings_week"], row["is_kept"]) for row in done.rows("unanswered")} == {(None, False)}
    assert len(done.rows("listings")) == len(served) - 1


def test_no_personal_data_passes_the_parser(replay: Replay) -> None:
    tables = [replay(s, LAST).rows(name) for s in SOURCES for name in ("listings", "rejections", "unanswered", "pages")]
    text = json.dumps(tables, default=str, ensure_ascii=False)
    assert [leak for leak in NETWORK.never_published if leak in text] == []
