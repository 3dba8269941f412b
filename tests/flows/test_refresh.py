"""A week belongs to the moment its run was due; a retry asks only who failed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import refresh
from flows.commands import weeks as commands
from flows.planning.plan import failed_sources, week_of
from flows.sources import fan_out
from tests.flows.network import Network, archived, collected, published
from warehouse.lake import Lake
from warehouse.schema import UserError
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("deployments")

DUE = datetime(2026, 10, 12, 2, tzinfo=UTC)
"""Monday of 2026-W42, four in the morning in Paris."""
W41 = Week.parse("2026-W41")


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    published(tmp_path, "2026-W41", maplabbzh=5, paris="timed_out")
    archived(tmp_path, "2026-W41", "maplabbzh")
    return tmp_path


def test_a_week_begins_at_midnight_in_paris() -> None:
    assert str(week_of(datetime(2026, 10, 11, 22, 30, tzinfo=UTC))) == "2026-W42"
    assert str(week_of(datetime(2026, 10, 11, 21, 30, tzinfo=UTC))) == "2026-W41"


@pytest.mark.parametrize(
    ("started", "said", "is_missed"),
    [
        (datetime(2026, 10, 12, 2, 30, tzinfo=UTC), "", False),
        (datetime(2026, 10, 15, 9, tzinfo=UTC), "2026-W42  late: due at 10-12 02:00, started at 10-15 09:00", False),
        (datetime(2026, 10, 19, 2, tzinfo=UTC), "2026-W42  missed: due on 2026-10-12, started on 2026-10-19", True),
    ],
)  # fmt: skip
def test_a_late_run_is_still_its_weeks_until_the_week_is_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, started: datetime, said: str, *, is_missed: bool
) -> None:
    monkeypatch.setattr(refresh, "_due", lambda: DUE)
    outcome = refresh._missed(started)
    assert said in caplog.text
    assert bool(said) == bool(caplog.text)
    assert (outcome is not None and outcome.result == "missed") == is_missed


def test_a_retry_asks_only_who_failed_and_keeps_the_others(
    server: None, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network({"2026-W41": {"paris": 3}})
    monkeypatch.setattr(fan_out, "crawl", network.crawl)
    monkeypatch.setenv("LABS_CONTACT_URL", "https://registry.example/notice")
    before = Lake(warehouse).read("listings", W41).to_pylist()
    outcome = asyncio.run(refresh.refresh(week="2026-W41", retry_failed=True, warehouse=str(warehouse)))
    assert outcome.result == "revised"
    assert network.read == ["2026-W41 paris"]
    after = Lake(warehouse).read("listings", W41).to_pylist()
    kept = [row for row in after if row["source"] == "maplabbzh"]
    assert kept == [row for row in before if row["source"] == "maplabbzh"]
    assert {row["source"]: row["state"] for row in Lake(warehouse).read("sources", W41).to_pylist()} == {
        "maplabbzh": "ok", "paris": "ok",
    }  # fmt: skip


def test_nothing_to_retry_is_said_and_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collected(tmp_path, "2026-W40", maplabbzh=4)
    status = commands.refresh(week="2026-W40", retry_failed=True, warehouse=str(tmp_path))
    assert (status, capsys.readouterr().out) == (0, "2026-W40  nothing to retry: every source answered\n")


def test_who_failed_is_known_of_an_attempted_week_only(tmp_path: Path) -> None:
    collected(tmp_path, "2026-W41", maplabbzh=4, paris="robots")
    assert failed_sources(str(tmp_path), "2026-W41") == ("paris",)
    with pytest.raises(UserError, match="2026-W42 was never attempted"):
        failed_sources(str(tmp_path), "2026-W42")
    with pytest.raises(UserError, match="leave one of the two out"):
        failed_sources(str(tmp_path), "2026-W41", ["paris"])
