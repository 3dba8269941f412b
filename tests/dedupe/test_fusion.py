"""One lab of several listings: each field from the listing asked first, and who gave what."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from dedupe.fusion import Fusion, fuse
from dedupe.policy import Policy, SourcePolicy
from tests.dedupe.labs import BRINDILLE, lab, listings
from warehouse.schema import Assignment, Located, SourceState, UnansweredEntry

LAB = "lab-aaaaaaaaaaaaa"


def state(source: str, **more: Any) -> SourceState:
    base: dict[str, Any] = dict(
        source=source, state="ok", listings=1, rejections=0, out_of_scope=0, unanswered=0, pages=1, requests=1, bytes=1,
        staleness_weeks=0, licence="LO-2.0", is_share_alike=False, fetched_at=datetime(2026, 10, 13, tzinfo=UTC),
    )  # fmt: skip
    return SourceState(**{**base, **more})


def fused(
    *rows: dict[str, Any],
    policy: Policy | None = None,
    located: pa.Table | None = None,
    unanswered: pa.Table | None = None,
    **states: Any,
) -> Fusion:
    table = listings(*rows)
    members = Assignment.table(
        [Assignment(source=row["source"], source_key=row["source_key"], lab_id=LAB) for row in rows]
    )
    sources = SourceState.table(
        [state(source, **states.get(source, {})) for source in dict.fromkeys(row["source"] for row in rows)]
    )
    return fuse(
        table, located, members, None, sources, None, week="2026-W42", policy=policy or {}, unanswered=unanswered
    )


def kept(source: str, key: str, weeks: int) -> pa.Table:
    """Return a silent entry whose listing of so many weeks ago is kept."""
    at = datetime(2026, 10, 13, tzinfo=UTC) - timedelta(weeks=weeks)
    return UnansweredEntry.table(
        [
            UnansweredEntry(source=source, source_key="new", failure="timed_out"),
            UnansweredEntry(
                source=source, source_key=key, failure="timed_out", is_kept=True, staleness_weeks=weeks, fetched_at=at
            ),
        ]
    )


def only(fusion: Fusion) -> dict[str, Any]:
    (row,) = fusion.labs.to_pylist()
    return dict(row)


RANKED = {"atlas": SourcePolicy(1), "wiki": SourcePolicy(2), "region": SourcePolicy(3)}


def test_the_better_ranked_source_names_the_lab_and_the_other_names_are_kept() -> None:
    row = only(
        fused(lab("wiki", "1", name="La Brindille"), lab("atlas", "1", name="Fablab La Brindille"), policy=RANKED)
    )
    assert (row["name"], row["alt_names"]) == ("Fablab La Brindille", ["La Brindille"])


def test_of_equally_trusted_sources_the_value_most_give_wins() -> None:
    rows = [lab(source, "1", name="x", website=site) for source, site in
            (("a", "https://old.example"), ("b", "https://new.example"), ("c", "https://new.example/"))]  # fmt: skip
    assert only(fused(*rows))["website"].startswith("https://new.example")


def test_coordinates_come_whole_from_one_listing_and_are_never_averaged() -> None:
    row = only(fused(lab("a", "1", name="x", lat=47.1, lon=0.1), lab("b", "1", name="x", lat=47.3, lon=0.5)))
    assert (row["lat"], row["lon"]) in ((47.1, 0.1), (47.3, 0.5))


def test_two_positions_that_agree_outweigh_a_better_ranked_one() -> None:
    rows = [lab("atlas", "1", name="x", lat=40.0, lon=1.0), lab("wiki", "1", name="x", lat=47.3, lon=0.5),
            lab("region", "1", name="x", lat=47.3001, lon=0.5)]  # fmt: skip
    assert round(only(fused(*rows, policy=RANKED))["lat"], 3) == 47.3


def test_a_proven_place_outweighs_a_centroid() -> None:
    located = Located.table(
        [
            Located(source="atlas", source_key="1", lat=47.0, lon=0.0, geo_method="commune", commune_code="49328"),
            Located(source="wiki", source_key="1", lat=47.26, lon=-0.07, geo_method="source", commune_code="49329"),
        ]
    )
    row = only(fused(lab("atlas", "1", name="x"), lab("wiki", "1", name="x"), policy=RANKED, located=located))
    assert (row["lat"], row["commune_code"], row["geo_method"]) == (47.26, "49329", "source")


def test_a_source_that_says_closed_outweighs_an_old_active() -> None:
    row = only(fused(lab("atlas", "1", name="x", status="active", updated_on=date(2019, 1, 1)),
                     lab("wiki", "1", name="x", status="closed"), policy=RANKED))  # fmt: skip
    assert row["status"] == "closed"


def test_a_newer_active_outweighs_an_older_closed() -> None:
    row = only(fused(lab("atlas", "1", name="x", status="active", updated_on=date(2026, 9, 1)),
                     lab("wiki", "1", name="x", status="closed", updated_on=date(2024, 9, 1))))  # fmt: skip
    assert row["status"] == "active"
    assert row["last_confirmed_on"] == date(2026, 9, 1)


@pytest.mark.parametrize(("rows", "expected"), [
    ([lab("atlas", "1", name="x"), lab("wiki", "1", name="x", updated_on=date(2020, 1, 1))], ("still_listed", "atlas")),
    ([lab("atlas", "1", name="x", updated_on=date(2020, 1, 1)),
      lab("wiki", "1", name="x", updated_on=date(2021, 1, 1))],
     ("source_touched", "wiki")),
    ([lab("atlas", "1", name="x"), lab("wiki", "1", name="x", status="closed")], ("source_says_closed", "wiki")),
    ([lab("atlas", "1", name="x", status="active", updated_on=date(2026, 9, 1)),
      lab("wiki", "1", name="x", status="closed", updated_on=date(2024, 9, 1))], ("source_touched", "atlas")),
])  # fmt: skip
def test_the_state_says_what_it_rests_on_and_who_said_it(rows: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    row = only(fused(*rows, policy=RANKED))
    assert (row["status_evidence"], row["confirmed_by"]) == expected


def test_description_and_contacts_of_a_source_without_an_open_licence_are_nowhere() -> None:
    policy = {"atlas": SourcePolicy(1, licence_layer="facts")}
    fusion = fused(
        lab("atlas", "1", **BRINDILLE, description="secret", equipment=["laser"], status="active"), policy=policy
    )
    row = only(fusion)
    assert (row["description"], row["equipment"]) == (None, None)
    assert (row["name"], row["website"], row["status"]) == (BRINDILLE["name"], BRINDILLE["website"], "active")
    assert len(fusion.contacts) == 0


def test_contacts_stand_apart() -> None:
    fusion = fused(lab("atlas", "1", **BRINDILLE))
    assert {"email", "phone"}.isdisjoint(fusion.labs.column_names)
    assert fusion.contacts.to_pylist() == [{"lab_id": LAB, "email": BRINDILLE["email"], "phone": BRINDILLE["phone"]}]


def test_lists_hold_what_any_listing_gives_without_repeats() -> None:
    row = only(fused(lab("atlas", "1", name="x", equipment=["Découpe laser", "CNC"]),
                     lab("wiki", "1", name="x", equipment=["decoupe LASER", "Brodeuse"]), policy=RANKED))  # fmt: skip
    assert row["equipment"] == ["Découpe laser", "CNC", "Brodeuse"]


def test_every_value_names_the_listing_that_gave_it() -> None:
    fusion = fused(lab("wiki", "1", **BRINDILLE), lab("atlas", "1", name="Brindille", fees="gratuit"), policy=RANKED)
    won = {row["source"]: set(row["fields_won"]) for row in fusion.lab_listings.to_pylist()}
    assert won["atlas"] == {"name", "fees"}
    assert {"website", "street", "lat", "lon", "alt_names"} <= won["wiki"]


def test_a_lab_only_failed_sources_list_is_stale_and_marked() -> None:
    late = {"state": "carried_forward", "staleness_weeks": 3, "fetched_at": datetime(2026, 9, 22, tzinfo=UTC)}
    fusion = fused(lab("atlas", "1", name="x"), atlas=late)
    assert only(fusion)["staleness_weeks"] == 3
    assert only(fusion)["last_confirmed_on"] == date(2026, 9, 22)
    assert fusion.lab_listings["is_carried_forward"].to_pylist() == [True]


def test_the_order_of_listings_changes_nothing() -> None:
    rows = [lab("b", "2", **BRINDILLE, equipment=["x"]), lab("a", "1", **BRINDILLE), lab("a", "0", name="La Brindille")]
    one, two = fused(*rows), fused(*rows[::-1][:0], *rows)
    three = fused(rows[2], rows[0], rows[1])
    assert one.labs.equals(two.labs)
    assert one.labs.equals(three.labs)
    assert one.lab_listings.equals(three.lab_listings)


def test_a_lab_of_a_silent_entry_is_as_old_as_its_listing_and_not_as_its_source() -> None:
    fusion = fused(lab("atlas", "1", name="x"), unanswered=kept("atlas", "1", 3))
    row = only(fusion)
    assert (row["staleness_weeks"], row["last_confirmed_on"]) == (3, date(2026, 9, 22))
    assert (row["status_evidence"], row["confirmed_by"]) == ("still_listed", "atlas")
    (listed,) = fusion.lab_listings.to_pylist()
    assert (listed["is_carried_forward"], listed["fetched_at"]) == (True, datetime(2026, 9, 22, tzinfo=UTC))


def test_a_silent_entry_is_asked_after_a_listing_that_was_read_and_confirms_nothing() -> None:
    rows = lab("atlas", "1", name="Old"), lab("atlas", "2", name="New"), lab("wiki", "1", name="Wiki")
    row = only(fused(*rows, unanswered=kept("atlas", "1", 2), policy=RANKED))
    assert (row["name"], row["staleness_weeks"], row["last_confirmed_on"]) == ("New", 0, date(2026, 10, 13))
    row = only(fused(rows[0], rows[2], unanswered=kept("atlas", "1", 2), policy={}))
    assert (row["name"], row["confirmed_by"]) == ("Wiki", "wiki")


def test_an_end_that_a_silent_entry_told_is_as_old_as_its_listing() -> None:
    rows = lab("atlas", "1", name="x", status="closed"), lab("wiki", "1", name="x", status="active",
                                                             updated_on=date(2026, 10, 1))  # fmt: skip
    assert only(fused(*rows, policy=RANKED))["status"] == "closed"
    assert only(fused(*rows, policy=RANKED, unanswered=kept("atlas", "1", 4)))["status"] == "active"
