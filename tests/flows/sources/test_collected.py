"""A run of some sources takes nothing from the others."""

from pathlib import Path
from typing import Any

import pytest

from flows.planning.plan import catalogue
from tests.flows.network import collected, published
from warehouse.lake import Lake
from warehouse.weeks import Week

W40, W41 = Week.parse("2026-W40"), Week.parse("2026-W41")


def keys(lake: Lake, week: Week) -> dict[str, int]:
    sources = lake.read("listings", week)["source"].to_pylist()
    return {name: sources.count(name) for name in sorted(set(sources))}


def states(lake: Lake, week: Week) -> dict[str, dict[str, Any]]:
    return {row["source"]: row for row in lake.read("sources", week).to_pylist()}


def test_sources_that_are_not_read_keep_the_weeks_own_listings(tmp_path: Path) -> None:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    published(tmp_path, "2026-W41", maplabbzh=5, paris=3)
    before = states(Lake(tmp_path), W41)["maplabbzh"], Lake(tmp_path).read("checks", W41)
    lake = collected(tmp_path, "2026-W41", paris=4)
    assert keys(lake, W41) == {"maplabbzh": 5, "paris": 4}, "not the four of the week before"
    assert states(lake, W41)["maplabbzh"] == before[0]
    own = [row for row in before[1].to_pylist() if row["subject"] == "maplabbzh"]
    assert [row for row in lake.read("checks", W41).to_pylist() if row["subject"] == "maplabbzh"] == own


def test_a_first_week_loses_nothing_either(tmp_path: Path) -> None:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    assert keys(collected(tmp_path, "2026-W40", paris=2), W40) == {"maplabbzh": 4, "paris": 2}
    assert keys(collected(tmp_path, "2026-W40"), W40) == {"maplabbzh": 4, "paris": 2}, "from the listings alone"


@pytest.mark.parametrize("failure", ["timed_out", "robots", "crashed"])
def test_a_source_that_was_carried_forward_is_so_again(tmp_path: Path, failure: str) -> None:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    lake = collected(tmp_path, "2026-W41", maplabbzh=failure, paris=3)
    before = [lake.read(name, W41) for name in ("listings", "sources", "checks", "pages", "rejections")]
    assert states(lake, W41)["maplabbzh"]["state"] == "carried_forward"
    lake = collected(tmp_path, "2026-W41", paris=3)
    assert [lake.read(name, W41) for name in ("listings", "sources", "checks", "pages", "rejections")] == before
    lake = collected(tmp_path, "2026-W41")
    assert [lake.read(name, W41) for name in ("listings", "sources", "checks", "pages", "rejections")] == before


def test_listings_that_ran_out_say_so_once(tmp_path: Path) -> None:
    published(tmp_path, "2026-W30", maplabbzh=4, paris=3)
    lake = collected(tmp_path, "2026-W40", maplabbzh="timed_out", paris=3)
    evidence = states(lake, W40)["maplabbzh"]["evidence"]
    assert "expired" in evidence
    assert states(collected(tmp_path, "2026-W40", paris=3), W40)["maplabbzh"]["evidence"] == evidence


def test_a_source_that_answered_in_its_week_stays_when_its_pages_are_no_longer_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    lake = collected(tmp_path, "2026-W40", maplabbzh="schema_changed", paris=3)
    assert keys(lake, W40) == {"maplabbzh": 4, "paris": 3}
    assert states(lake, W40)["maplabbzh"]["state"] == "ok"
    assert "maplabbzh stays as it stood: schema_changed" in caplog.text


def test_a_source_that_failed_in_its_week_is_read_when_it_answers(tmp_path: Path) -> None:
    published(tmp_path, "2026-W40", maplabbzh=4, paris=3)
    collected(tmp_path, "2026-W41", maplabbzh="timed_out", paris=3)
    lake = collected(tmp_path, "2026-W41", maplabbzh=5)
    assert keys(lake, W41) == {"maplabbzh": 5, "paris": 3}
    assert states(lake, W41)["maplabbzh"]["state"] == "ok"


def test_a_source_that_was_not_due_rests_again(tmp_path: Path) -> None:
    assert catalogue()["transiscope"].weeks_between > 1
    published(tmp_path, "2026-W40", transiscope=4, paris=3)
    lake = collected(tmp_path, "2026-W41", paris=3)
    before = lake.read("sources", W41)
    assert states(lake, W41)["transiscope"]["failure"] == "not_due"
    assert collected(tmp_path, "2026-W41", paris=3).read("sources", W41) == before
    assert collected(tmp_path, "2026-W41").read("sources", W41) == before
