"""A source is asked as often as it declares, sooner when it failed, and at once when a person names it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import inputs, stages
from flows.planning.plan import Plan, blank
from flows.settings import Settings
from flows.sources.archive import Archive
from flows.sources.crawling import failed
from tests.warehouse.fabricate import NOW, W40, listing, state, table
from warehouse.lake import Lake
from warehouse.weeks import Week

SOURCES = ("cget_2019", "fablabs_io", "wikidata")
"""A frozen, a weekly and a monthly one."""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    lake = Lake(tmp_path)
    answered = {"listings": 1, "listings_week": "2026-W40", "fetched_at": NOW}
    lake.write("sources", W40, table("sources", [state(source, **answered) for source in SOURCES]))
    lake.write("listings", W40, table("listings", [listing(source, "a") for source in SOURCES]))
    monkeypatch.setattr(inputs, "previous_week", lambda lake, week: W40 if week > W40 else None)
    place = Archive(str(tmp_path / "archive"))
    made = blank(Week(2026, 41), str(tmp_path), place, datetime(2026, 10, 5, tzinfo=UTC), Settings())
    return replace(made, sources=SOURCES)


@pytest.mark.parametrize(
    ("week", "due"),
    [
        (Week(2026, 40), SOURCES),
        (Week(2026, 41), ("fablabs_io",)),
        (Week(2026, 43), ("fablabs_io",)),
        (Week(2026, 44), ("fablabs_io", "wikidata")),
        (Week(2027, 38), ("fablabs_io", "wikidata")),
        (Week(2027, 39), SOURCES),
    ],
)
def test_a_monthly_source_is_asked_every_four_weeks_and_a_frozen_one_every_year(
    plan: Plan, week: Week, due: tuple[str, ...]
) -> None:
    assert stages.due_sources(replace(plan, week=week)) == due


def test_what_is_named_replayed_or_archived_is_read_whatever_its_cadence(plan: Plan) -> None:
    assert stages.due_sources(replace(plan, is_by_name=True)) == SOURCES
    assert stages.due_sources(replace(plan, is_replay=True)) == SOURCES
    warc = Path(plan.archive) / "week=2026-W41" / "wikidata.warc.gz"
    warc.parent.mkdir(parents=True)
    warc.touch()
    assert stages.due_sources(plan) == ("fablabs_io", "wikidata")


def test_a_source_that_rests_keeps_its_listings_in_the_week(plan: Plan) -> None:
    crawls = {"fablabs_io": failed("fablabs_io", "timed_out", "no answer")}
    assert stages.collect(plan, crawls) == 3
    states = {row["source"]: row for row in plan.lake.read("sources", plan.week).to_pylist()}
    assert [states[source]["state"] for source in SOURCES] == ["skipped", "carried_forward", "skipped"]
    assert [states[source]["failure"] for source in SOURCES] == ["not_due", "timed_out", "not_due"]
    assert stages.collect(plan, {}) == 3
