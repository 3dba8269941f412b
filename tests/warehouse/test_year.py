"""Weeks of a registry that lives: bridge, registry and history stay true to its own books."""

from pathlib import Path

import pytest

from tests.warehouse.evolving_registry import Registry
from tests.warehouse.fabricate import NOW
from warehouse.publish import publish
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.weeks import Week


@pytest.mark.parametrize(("weeks", "labs"), [(5, 60), pytest.param(52, 400, marks=pytest.mark.soak)])
def test_ids_bridge_and_history_stay_true_over_weeks(tmp_path: Path, weeks: int, labs: int) -> None:
    registry = Registry(labs=labs, seed=weeks)
    week = Week.parse("2026-W01")
    for _ in range(weeks):
        registry.write(tmp_path, week)
        assert publish(tmp_path, week, generated_at=NOW).outcome == "published"
        registry.check(tmp_path, week)
        week = week.next
        registry.live(week)
    assert verify(tmp_path).passed
    everything = sorted(set().union(*registry.names_by_week.values()))
    last = registry.names_by_week[max(registry.names_by_week)]
    for lab_id in everything[:: max(1, len(everything) // 20)]:
        (found,) = resolve(tmp_path, lab_id)
        assert (found.status == "active") == (lab_id in last)
        assert set(found.heirs) <= set(last)
