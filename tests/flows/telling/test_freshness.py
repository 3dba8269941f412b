"""A release is fresh until the next Monday and a day have passed."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.telling import freshness
from flows.telling.freshness import LastRun, write_freshness
from tests.warehouse.fabricate import NOW, W40, World
from warehouse.publish import publish
from warehouse.releases import Releases
from warehouse.storage import Storage


class Latest:
    iso_week = "2026-W42"
    snapshot_date = date(2026, 10, 12)


@pytest.mark.parametrize(
    ("now", "is_fresh"),
    [(datetime(2026, 10, 12, 6, tzinfo=UTC), True), (datetime(2026, 10, 19, 23, tzinfo=UTC), True),
     (datetime(2026, 10, 20, 1, tzinfo=UTC), False)],
)  # fmt: skip
def test_a_missed_monday_is_seen(monkeypatch: pytest.MonkeyPatch, now: datetime, is_fresh: bool) -> None:
    monkeypatch.setattr(Releases, "latest", lambda _: Latest())
    found = freshness.freshness("data", now)
    assert found.is_fresh is is_fresh
    assert "2026-W42" in found.sentence()


def test_a_warehouse_without_releases_is_not_fresh(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = freshness.freshness(str(tmp_path_factory.mktemp("empty")), datetime(2026, 10, 12, tzinfo=UTC))
    assert not found.is_fresh
    assert found.sentence() == "nothing is published yet"


def test_readers_are_told_until_when_and_why_the_pointer_has_not_moved(tmp_path: Path) -> None:
    run = LastRun("2026-W41", datetime(2026, 10, 5, 3, tzinfo=UTC), "held", "labs_removed of snapshot: 0.4")
    storage = Storage(tmp_path)
    write_freshness(storage, run)
    told = json.loads(storage.read("v1/freshness.json"))
    assert (told["latest"], told["fresh_until"]) == (None, None)
    World(W40, {"a": {}, "b": {}}).write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    write_freshness(storage, run)
    assert json.loads(storage.read("v1/freshness.json")) == {
        "latest": {"iso_week": "2026-W40", "revision": 0},
        "fresh_until": "2026-10-06T00:00:00Z",
        "stale_sources": {},
        "last_run": {
            "iso_week": "2026-W41",
            "at": "2026-10-05T03:00:00Z",
            "result": "held",
            "why": "labs_removed of snapshot: 0.4",
        },
    }


def test_a_backfill_does_not_hide_why_the_pointer_stands(tmp_path_factory: pytest.TempPathFactory) -> None:
    storage = Storage(tmp_path_factory.mktemp("held"))
    at = datetime(2026, 10, 12, tzinfo=UTC)
    for week, result in (("2026-W42", "held"), ("2026-W40", "revised")):
        freshness.write_freshness(storage, freshness.LastRun(week, at, result, None))
    assert json.loads(storage.read(freshness.FRESHNESS))["last_run"]["result"] == "held"
    freshness.write_freshness(storage, freshness.LastRun("2026-W42", at, "published", None))
    assert json.loads(storage.read(freshness.FRESHNESS))["last_run"]["result"] == "published"
