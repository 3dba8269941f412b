"""Weeks of a registry that lives: bridge, registry and history stay true to its own books."""

from pathlib import Path
from typing import get_args

import pyarrow.compute as pc
import pytest

from tests.warehouse.evolving_registry import Registry
from tests.warehouse.fabricate import NOW
from warehouse.changes import UNTOLD, replay
from warehouse.publish import publish
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.releases import Releases
from warehouse.schema import Lab
from warehouse.schema.change import ChangeKind
from warehouse.storage import Storage
from warehouse.weeks import Week


@pytest.mark.parametrize(("weeks", "labs"), [(5, 60), pytest.param(52, 400, marks=pytest.mark.soak)])
def test_ids_bridge_and_history_stay_true_over_weeks(tmp_path: Path, weeks: int, labs: int) -> None:
    registry = Registry(labs=labs, seed=weeks)
    week = Week.parse("2026-W01")
    for _ in range(weeks):
        registry.write(tmp_path, week)
        assert publish(tmp_path, week, generated_at=NOW).result == "published"
        registry.check(tmp_path, week)
        week = week.next
        registry.live(week)
    assert verify(tmp_path).passed
    replayed_from_the_first(tmp_path)
    everything = sorted(set().union(*registry.names_by_week.values()))
    last = registry.names_by_week[max(registry.names_by_week)]
    for lab_id in everything:
        (found,) = resolve(tmp_path, lab_id)
        assert (found.status == "active") == (lab_id in last)
        assert set(found.heirs) <= set(last)


def replayed_from_the_first(warehouse: Path) -> None:
    """Hold the labs of every week against those of the first and all feeds since; ids against what the feeds say."""
    releases = Releases(Storage(warehouse))
    labs, ever = Lab.arrow_schema().empty_table(), set[str]()
    for entry in releases.index().snapshots:
        pointer = entry.revisions[-1].editions["full"]
        feed, published = releases.table(pointer, "changes"), releases.table(pointer, "labs")
        ids = set(labs["lab_id"].to_pylist())
        of = {
            kind: set(feed.filter(pc.equal(feed["change"], kind))["lab_id"].to_pylist())
            for kind in get_args(ChangeKind)
        }
        come, gone = of["added"] | of["split_from"] | of["restored"], of["removed"] | of["merged_into"]
        assert ids.isdisjoint(come)
        assert gone <= ids
        assert (of["added"] | of["split_from"]).isdisjoint(ever), "no id is used again"
        assert of["restored"] <= ever
        assert set(published["lab_id"].to_pylist()) == (ids | come) - gone
        labs = replay(labs, feed)
        assert labs.drop_columns(UNTOLD).equals(published.drop_columns(UNTOLD))
        ever |= set(published["lab_id"].to_pylist())
