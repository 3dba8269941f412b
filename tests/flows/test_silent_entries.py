"""An endpoint that is silent for weeks in a directory that answers: its lab stays, says how old it is, keeps its id."""

import shutil
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

pytestmark = pytest.mark.xdist_group("silent_entries")

FIRST = Week.parse("2026-W30")
EIGHTH, NINTH = FIRST.plus(MAX_STALE_WEEKS), FIRST.plus(MAX_STALE_WEEKS + 1)
EVERY: dict[str, Any] = {str(number): {"street": f"1 rue {'ABCDEFGHIJKL'[number] * 6}"} for number in range(12)}
NEW = {"12": {"name": "Atelier du Lavoir", "city": "Nantes"}}
DIRECTORY: dict[Week, Answer] = {
    FIRST: EVERY,
    EIGHTH: EVERY | {"10": None, "11": None} | NEW,
    NINTH: EVERY | {"11": None} | NEW,
}
"""What the directory gives: two endpoints are silent, one of them for too long."""
TABLES = ("listings", "sources", "unanswered")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the three weeks."""
    warehouse = tmp_path_factory.mktemp("silent")
    for week, given in DIRECTORY.items():
        published(warehouse, str(week), spaceapi=given, paris=3)
    return warehouse


@pytest.fixture
def warehouse(lived: Path, tmp_path: Path) -> Path:
    shutil.copytree(lived, tmp_path / "w")
    return tmp_path / "w"


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


@pytest.mark.parametrize("edition", ["full", "open"])
def test_a_lab_whose_endpoint_is_silent_stays_under_its_id_and_says_how_old_it_is(lived: Path, edition: str) -> None:
    first, now = (lab(lived, week, "10", edition) for week in (FIRST, EIGHTH))
    assert (now["lab_id"], now["staleness_weeks"], now["is_carried_forward"]) == (first["lab_id"], 8, True)
    for column in ("fetched_at", "last_confirmed_on", "status_evidence", "confirmed_by"):
        assert now[column] == first[column]
    read = lab(lived, EIGHTH, "9", edition)
    assert (read["staleness_weeks"], read["is_carried_forward"]) == (0, False)
    back = lab(lived, NINTH, "10", edition)
    assert (back["lab_id"], back["staleness_weeks"], back["is_carried_forward"]) == (first["lab_id"], 0, False)


def test_no_silence_and_no_return_is_in_the_feed_and_an_end_after_nine_weeks_is_with_its_reason(lived: Path) -> None:
    assert feed(lived, EIGHTH) == [(lab(lived, EIGHTH, "12")["lab_id"], "added", "first_listed")]
    assert feed(lived, NINTH) == [(lab(lived, FIRST, "11")["lab_id"], "removed", "source_expired")]
    assert verify(lived).passed


def test_what_was_not_read_is_counted_apart_and_measured_by_no_gate(lived: Path) -> None:
    state = next(row for row in rows(lived, EIGHTH, "sources") if row["source"] == "spaceapi")
    assert (state["state"], state["listings"], state["listings_kept"], state["unanswered"]) == ("ok", 13, 2, 2)
    gates = {(row["subject"], row["name"]): row for row in Lake(lived).read("checks", EIGHTH).to_pylist()}
    assert gates["spaceapi", "count"]["value"] == 11
    assert gates["spaceapi", "known_again_share"]["value"] == 1.0
    removed = next(row for row in Lake(lived).read("checks", NINTH).to_pylist() if row["name"] == "labs_removed")
    assert (removed["value"], removed["verdict"]) == (0.0, "pass"), "weeks announced it"
    report = lived / f"v1/snapshots/snapshot_date={EIGHTH.monday}/edition=full/report.html"
    assert "2 listing(s) of them kept from an earlier week" in report.read_text("utf-8")


def test_a_week_made_again_is_the_same_byte_for_byte(warehouse: Path) -> None:
    lake = Lake(warehouse)
    before = [lake.digest(name, EIGHTH) for name in TABLES]
    lake.remove("unanswered", FIRST)  # as a week from before there was such a table
    runs: list[dict[str, Answer]] = [{"spaceapi": DIRECTORY[EIGHTH], "paris": 3}, {"paris": 3}, {}]
    for answers in runs:
        collected(warehouse, str(EIGHTH), **answers)
        assert [lake.digest(name, EIGHTH) for name in TABLES] == before
    assert published(warehouse, str(EIGHTH)).result == "unchanged"


@pytest.mark.parametrize("kind", ["listing", "place"])
def test_an_endpoint_that_is_withdrawn_is_in_no_table(warehouse: Path, kind: suppressions.Kind) -> None:
    lake = Lake(warehouse)
    said = lake.read("listings", FIRST)
    own = said.filter(pc.and_(pc.equal(said["source"], "spaceapi"), pc.equal(said["source_key"], "10")))
    what = "spaceapi/10" if kind == "listing" else str(suppressions.places(own)[0])
    suppressions.file(lake.storage, [suppressions.hashed(kind, what, salt="5a17", since=EIGHTH.monday)])
    collected(warehouse, str(EIGHTH), spaceapi=DIRECTORY[EIGHTH], paris=3)
    for name in ("listings", "unanswered"):
        found = lake.read(name, EIGHTH).select(["source", "source_key"]).to_pylist()
        assert {"source": "spaceapi", "source_key": "10"} not in found
        assert {"source": "spaceapi", "source_key": "11"} in found
