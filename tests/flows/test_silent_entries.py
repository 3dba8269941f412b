"""An endpoint that is silent for weeks in a directory that answers: its lab stays, says how old it is, keeps its id."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.flows.network import Answer, collected, published
from warehouse.lake import Lake
from warehouse.published.verify import verify
from warehouse.rulings import suppressions
from warehouse.staleness import MAX_STALE_WEEKS
from warehouse.weeks import Week

FIRST = Week.parse("2026-W30")
ALL: Mapping[str, Mapping[str, Any] | None] = {key: {} for key in "0123"}
SILENT = ALL | {"3": None}


def rows(warehouse: Path, week: Week, name: str, edition: str = "full") -> list[dict[str, Any]]:
    folder = warehouse / f"v1/snapshots/snapshot_date={week.monday}/edition={edition}"
    found: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return found


def lab(warehouse: Path, week: Week, key: str, edition: str = "full") -> dict[str, Any]:
    """Return the lab a listing of spaceapi is of, with that listing."""
    listed = rows(warehouse, week, "lab_listings", edition)
    own = next(row for row in listed if (row["source"], row["source_key"]) == ("spaceapi", key))
    return own | next(row for row in rows(warehouse, week, "labs", edition) if row["lab_id"] == own["lab_id"])


def feed(warehouse: Path, week: Week) -> list[tuple[str, str, str]]:
    return [(row["lab_id"], row["change"], row["reason"]) for row in rows(warehouse, week, "changes")]


def lived(warehouse: Path, answers: Mapping[int, Answer]) -> Week:
    """Publish weeks, counted from the first, in which the directory answered so; return the last."""
    for number, given in answers.items():
        published(warehouse, str(FIRST.plus(number)), spaceapi=given, paris=3)
    return FIRST.plus(max(answers))


def test_a_lab_whose_endpoint_is_silent_for_weeks_stays_and_is_not_restored(tmp_path: Path) -> None:
    back = lived(tmp_path, {0: ALL, 1: SILENT, 2: SILENT, 3: ALL})
    first = lab(tmp_path, FIRST, "3")
    for number in (1, 2):
        week = FIRST.plus(number)
        for edition in ("full", "open"):
            now = lab(tmp_path, week, "3", edition)
            assert (now["lab_id"], now["staleness_weeks"], now["is_carried_forward"]) == (first["lab_id"], number, True)
            assert (now["fetched_at"], now["last_confirmed_on"]) == (first["fetched_at"], first["last_confirmed_on"])
            assert not lab(tmp_path, week, "2", edition)["is_carried_forward"]
        assert feed(tmp_path, week) == []
        state = next(row for row in rows(tmp_path, week, "sources") if row["source"] == "spaceapi")
        assert (state["state"], state["listings"], state["listings_kept"], state["unanswered"]) == ("ok", 4, 1, 1)
        counted = {row["subject"]: row["value"] for row in Lake(tmp_path).read("checks", week).to_pylist()
                   if row["name"] == "count"}  # fmt: skip
        assert counted["spaceapi"] == 3, "a gate counts what was read"
    now = lab(tmp_path, back, "3")
    assert (now["lab_id"], now["staleness_weeks"], now["is_carried_forward"]) == (first["lab_id"], 0, False)
    assert feed(tmp_path, back) == []
    report = tmp_path / f"v1/snapshots/snapshot_date={FIRST.next.monday}/edition=full/report.html"
    assert "1 listing(s) of them kept from an earlier week" in report.read_text("utf-8")
    assert verify(tmp_path).passed


def test_in_the_ninth_week_it_leaves_with_a_reason_and_holds_nothing(tmp_path: Path) -> None:
    some = {str(number): None if number > 9 else {} for number in range(12)}
    every: Answer = {key: {} for key in some}
    last = lived(tmp_path, {0: every, MAX_STALE_WEEKS: some, MAX_STALE_WEEKS + 1: some})
    gone = {lab(tmp_path, FIRST, key)["lab_id"] for key in ("10", "11")}
    assert feed(tmp_path, last.previous) == []
    assert sorted(feed(tmp_path, last)) == sorted((lab_id, "removed", "source_expired") for lab_id in gone)
    gate = next(row for row in Lake(tmp_path).read("checks", last).to_pylist() if row["name"] == "labs_removed")
    assert (gate["value"], gate["verdict"]) == (0.0, "pass"), "weeks announced it"


def test_a_week_made_again_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    published(tmp_path, str(FIRST), spaceapi=ALL, paris=3)
    Lake(tmp_path).remove("unanswered", FIRST)  # as a week from before there was such a table
    week = lived(tmp_path, {1: SILENT})
    before = [Lake(tmp_path).digest(name, week) for name in ("listings", "sources", "unanswered")]
    for answers in ({"spaceapi": SILENT, "paris": 3}, {"paris": 3}, {}):
        lake = collected(tmp_path, str(week), **answers)
        assert [lake.digest(name, week) for name in ("listings", "sources", "unanswered")] == before
    assert published(tmp_path, str(week)).result == "unchanged"


@pytest.mark.parametrize("kind", ["listing", "place"])
def test_an_endpoint_that_is_withdrawn_is_in_no_table(tmp_path: Path, kind: suppressions.Kind) -> None:
    last = lived(tmp_path, {0: ALL | {"3": {"street": "3 rue du Lavoir"}}}).next
    lake = Lake(tmp_path)
    said = lake.read("listings", FIRST)
    own = said.filter(pc.and_(pc.equal(said["source"], "spaceapi"), pc.equal(said["source_key"], "3")))
    what = "spaceapi/3" if kind == "listing" else str(suppressions.places(own)[0])
    suppressions.file(lake.storage, [suppressions.hashed(kind, what, salt="5a17", since=last.monday)])
    collected(tmp_path, str(last), spaceapi=SILENT, paris=3)
    for name in ("listings", "unanswered"):
        found = lake.read(name, last).select(["source", "source_key"]).to_pylist()
        assert {"source": "spaceapi", "source_key": "3"} not in found
