"""A range of weeks asked for again becomes a plan a week, and the names of what there is nothing left of."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from flows.planning.backfill_plan import Asked, BackfillPlan, plan_backfill
from flows.planning.plan import STAGES
from flows.settings import Settings
from tests.flows.network import collected
from warehouse.schema import UserError

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ARCHIVE = str(Path(__file__).parents[3] / "crawlers" / "sample" / "archive")
CONTACT = Settings(contact_url="https://registry.example/notice")


def planned(tmp_path: Path, first: str = "2026-W40", last: str = "2026-W40", **asked: Any) -> BackfillPlan:
    settings = asked.pop("settings", Settings())
    return plan_backfill(Asked(first, last, **asked), warehouse=str(tmp_path / "data"), now=NOW, settings=settings)


def test_weeks_without_pages_and_listings_are_named(tmp_path: Path) -> None:
    plan = planned(tmp_path, "2026-W39", "2026-W41", replay=ARCHIVE)
    assert [str(week.week) for week in plan.weeks] == ["2026-W40", "2026-W41"]
    assert plan.missing == ("2026-W39: no archived pages and no listings",)
    with pytest.raises(UserError, match="2026-W39: no archived pages and no listings"):
        planned(tmp_path, "2026-W38", "2026-W39", replay=ARCHIVE)


def test_a_week_past_retention_is_made_from_its_listings_and_says_so(tmp_path: Path) -> None:
    collected(tmp_path / "data", "2026-W40", maplabbzh=2)
    (week,) = planned(tmp_path).weeks
    assert week.sources == ()
    assert planned(tmp_path).notes[week.week] == "no archived pages of that week: made from the listings"


def test_a_source_past_retention_stands_beside_those_that_are_read(tmp_path: Path) -> None:
    collected(tmp_path / "data", "2026-W40", maplabbzh=2, paris=1)
    folder = tmp_path / "data" / "archive" / "week=2026-W40"
    folder.mkdir(parents=True)
    (folder / "paris.warc.gz").touch()
    plan = planned(tmp_path)
    assert plan.weeks[0].sources == ("paris",)
    assert "maplabbzh: made from the listings" in plan.notes[plan.weeks[0].week]
    named = planned(tmp_path, sources=["paris", "mulhouse"])
    assert named.missing == ("2026-W40/mulhouse: no archived pages and no listings",)
    assert named.weeks[0].sources == ("paris",)


def test_stages_are_run_with_all_that_follow_them(tmp_path: Path) -> None:
    assert ("collect", *stages.STAGES) == STAGES
    collected(tmp_path / "data", "2026-W40", maplabbzh=2)
    (week,) = planned(tmp_path, stages=["fuse", "locate"]).weeks
    assert week.stages == ("locate", "resolve", "classify", "fuse", "check")
    with pytest.raises(UserError, match="2026-W40: no table located to begin from"):
        planned(tmp_path, stages=["check"])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"first": "2026-W41"}, "--to-week 2026-W40: comes before"),
        ({"stages": ["parse"]}, "--stages parse: no such stage; they are collect, locate"),
        ({"stages": ["fuse"], "sources": ["paris"]}, "leave --sources out"),
        ({"stages": ["fuse"], "mode": "recrawl"}, "leave --mode recrawl out"),
        ({"sources": ["nowhere"]}, "--sources nowhere: no such source"),
        ({"mode": "recrawl"}, "LABS_CONTACT_URL"),
        ({"mode": "recrawl", "replay": ARCHIVE, "settings": CONTACT}, "leave one of the two out"),
        ({"origins": "origins.json"}, "it goes with --mode recrawl"),
        ({"mode": "recrawl", "origins": "no-such.json"}, "no-such.json"),
        ({"replay": "no/such/archive"}, "no/such/archive"),
    ],
)
def test_what_makes_no_sense_is_one_line(tmp_path: Path, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        planned(tmp_path, **asked)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "data").exists(), "a misuse writes nothing"


def test_a_recrawl_says_that_its_pages_are_of_today(tmp_path: Path) -> None:
    plan = planned(tmp_path, mode="recrawl", sources=["paris"], settings=CONTACT)
    assert plan.weeks[0].is_live
    assert plan.notes[plan.weeks[0].week] == "pages are those of today, 2026-11-20, not of that week"


def test_a_dry_run_does_not_touch_the_warehouse(tmp_path: Path) -> None:
    planned(tmp_path, replay=ARCHIVE, is_dry=True)
    assert not (tmp_path / "data").exists()
