"""What a user asks for becomes a plan, or one line that says what to do."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.planning.plan import plan_week
from flows.settings import Settings
from warehouse.schema import UserError

NOW = datetime(2026, 10, 12, tzinfo=UTC)
ARCHIVE = str(Path(__file__).parents[3] / "crawlers" / "sample" / "archive")


def plan(tmp_path: Path, week: str = "2026-W40", **asked: Any) -> Any:
    settings = asked.pop("settings", Settings())
    return plan_week(week, warehouse=str(tmp_path / "data"), now=NOW, settings=settings, **asked)


def test_a_replay_takes_the_sources_that_are_archived(tmp_path: Path) -> None:
    planned = plan(tmp_path, replay=ARCHIVE)
    assert planned.is_replay
    assert not planned.is_live
    assert planned.sources == (
        "cget_2019", "fablabs_io", "hackerspaces_org", "maplabbzh", "openstreetmap", "spaceapi",
    )  # fmt: skip


def test_a_failed_attempt_counts_as_archived(tmp_path: Path) -> None:
    folder = tmp_path / "archive" / "week=2026-W40"
    folder.mkdir(parents=True)
    (folder / "maplabbzh.failed.warc.gz").touch()
    assert plan(tmp_path, replay=str(tmp_path / "archive")).sources == ("maplabbzh",)


def test_sites_are_not_asked_without_a_contact(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="LABS_CONTACT_URL"):
        plan(tmp_path)
    assert plan(tmp_path, settings=Settings(contact_url="https://registry.example/notice")).is_live
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize(
    "text", ["[]", '{"host": "ftp://x"}', '{"host": 1}', "not json", '{"host": "http://127.0.0.1:1/a?b=c"}']
)
def test_an_origins_file_that_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "origins.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"origins\.json"):
        plan(tmp_path, origins=str(path))


def test_a_setting_that_is_no_number_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABS_CRAWL_LIMIT_S", "soon")
    with pytest.raises(UserError, match="LABS_CRAWL_LIMIT_S"):
        Settings.read()
