"""A week's listings come out as labs: the same whatever their order, with a receipt for every pair."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.ids.carry import Previous, continuity
from dedupe.policy import SourcePolicy
from dedupe.resolve import Resolution, resolve
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, SOURCES, doubtful, lab, listings
from warehouse.schema import TABLES

WEEK = "2026-W42"


def lab_ids(resolution: Resolution) -> dict[tuple[str, str], str]:
    return {(row["source"], row["source_key"]): row["lab_id"] for row in resolution.assignments.to_pylist()}


def resolved(table: pa.Table, week: str = WEEK, previous: Previous | None = None, **more: Any) -> Resolution:
    past = continuity(table, previous) if previous else None
    return resolve(table, None, week=week, policy=more.pop("policy", {}), before=past, **more)


def before(resolution: Resolution) -> Previous:
    return Previous(
        resolution.assignments, resolution.registry, resolution.id_bridge, resolution.listings, resolution.departed
    )


def test_two_spellings_of_one_lab_are_one_lab_and_its_neighbour_is_another() -> None:
    ids = lab_ids(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE_AGAIN),
                                    lab("region", "x", **ENCLUME))))  # fmt: skip
    assert ids["atlas", "1"] == ids["wiki", "b"]
    assert ids["region", "x"] != ids["atlas", "1"]


def test_every_table_has_its_declared_schema() -> None:
    resolution = resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE_AGAIN)))
    for name in ("matches", "assignments", "registry", "id_bridge"):
        assert getattr(resolution, name).schema.equals(TABLES[name].arrow_schema())


@pytest.mark.parametrize("rows", [0, 1])
def test_no_listing_and_one_listing_are_resolved(rows: int) -> None:
    resolution = resolved(listings(*[lab("atlas", "1", **BRINDILLE)][:rows]))
    assert len(resolution.assignments) == rows
    assert len(resolution.matches) == 0


def test_a_name_of_100_kb_and_coordinates_that_are_no_number_do_no_harm() -> None:
    monster = {**BRINDILLE, "name": "brin " * 20_000, "lat": float("nan")}
    resolution = resolved(listings(lab("atlas", "1", **monster), lab("wiki", "b", **BRINDILLE_AGAIN)))
    assert len(resolution.assignments) == 2


def test_a_table_with_only_the_required_columns_is_enough() -> None:
    table = pa.table({"source": ["a", "b"], "source_key": ["1", "1"], "name": ["Brindille", "brindille"]})
    assert len(resolved(table).assignments) == 2


def test_the_same_building_alone_makes_no_lab_one() -> None:
    neighbour = {**ENCLUME, **{name: BRINDILLE[name] for name in ("street", "postcode", "city", "lat", "lon")}}
    ids = lab_ids(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "x", **neighbour))))
    assert len(set(ids.values())) == 2


def test_two_live_listings_of_a_source_without_duplicates_are_two_labs() -> None:
    table = listings(lab("atlas", "1", **BRINDILLE), lab("atlas", "2", **BRINDILLE))
    assert len(set(lab_ids(resolved(table)).values())) == 1
    trusted = {"atlas": SourcePolicy(rank=1, is_duplicate_free=True)}
    assert len(set(lab_ids(resolved(table, policy=trusted)).values())) == 2


def test_a_match_tells_why() -> None:
    match = resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE_AGAIN))).matches.to_pylist()[
        0
    ]
    assert match["verdict"] == "match"
    assert match["decided_by"] == "model"
    assert match["site_equal"] == 1
    assert match["phone_equal"] is None
    assert "+" in match["reasons"]


ROWS = st.lists(
    st.builds(
        lambda source, base, other: {"source": source, **base, **other},
        st.sampled_from(SOURCES),
        st.sampled_from([BRINDILLE, BRINDILLE_AGAIN, ENCLUME]),
        st.fixed_dictionaries({}, optional={
            "name": st.sampled_from(["Brindille", "L'Enclume", "Fablab", "Fab Lab Saumur", "été ÉTÉ", "*.*"]),
            "website": st.sampled_from(["https://reseau.example", "facebook.com/lab", None]),
            "city": st.sampled_from(["Saumur", "Angers", None]),
            "lat": st.sampled_from([47.26, 47.4, None]),
            "phone": st.sampled_from(["0241000001", "000000", None]),
        }),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_the_order_of_listings_changes_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    keyed = [{**row, "source_key": str(number), "status": "unknown"} for number, row in enumerate(rows)]
    shuffled = data.draw(st.permutations(keyed))
    one, two = resolved(listings(*keyed)), resolved(listings(*shuffled))
    assert one.assignments.equals(two.assignments)
    assert one.matches.equals(two.matches)
    assert one.registry.equals(two.registry)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS)
def test_a_week_that_repeats_the_last_one_changes_no_id(rows: list[dict[str, Any]]) -> None:
    table = listings(*[{**row, "source_key": str(number), "status": "unknown"} for number, row in enumerate(rows)])
    first = resolved(table, "2026-W41")
    second = resolved(table, "2026-W42", previous=before(first))
    again = resolved(table, "2026-W42", previous=before(first))
    assert second.assignments.equals(first.assignments)
    assert again.registry.equals(second.registry)
    assert len(second.id_bridge) == 0
    assert len(second.departed) == 0


@settings(max_examples=30, deadline=None)
@given(weeks=st.lists(ROWS, min_size=2, max_size=4))
def test_ids_are_never_reused_and_every_ended_id_leads_to_an_end(weeks: list[list[dict[str, Any]]]) -> None:
    previous = None
    ever: set[str] = set()
    for number, rows in enumerate(weeks):
        reused = [{**row, "source": f"s{at // 7}", "source_key": str(at % 7)} for at, row in enumerate(rows)]
        table = listings(*[{**row, "status": "unknown"} for row in reused])
        resolution = resolved(table, f"2026-W{10 + number}", previous=previous)
        registry = {row["lab_id"]: row for row in resolution.registry.to_pylist()}
        active = set(resolution.assignments["lab_id"].to_pylist())
        assert ever <= set(registry)
        assert active == {lab_id for lab_id, row in registry.items() if row["status"] == "active"}
        bridge = resolution.id_bridge.to_pylist()
        assert {row["old_id"] for row in bridge} == set(registry) - active
        for row in bridge:
            assert row["new_id"] is None or registry[row["new_id"]]["status"] in ("active", "retired")
        ever = set(registry)
        previous = before(resolution)


def test_features_are_those_the_matches_table_declares() -> None:
    from dedupe.comparison import FEATURES
    from warehouse.schema.match import FEATURES as DECLARED

    assert tuple(FEATURES) == tuple(DECLARED)
    assert all(feature.__doc__ for feature in FEATURES.values())


def test_contributions_add_up_to_the_score() -> None:
    from dedupe import scoring
    from dedupe.comparison import FEATURES

    features = np.random.default_rng(1).random((len(FEATURES), 200)).astype(np.float32)
    features[:, ::3] = np.nan
    model = scoring.shipped()
    total = scoring.contributions(features, model).sum(axis=1)
    spread = scoring.log_odds(features, model) - total
    assert np.ptp(spread) < 1e-3
    assert abs(spread[0] - scoring.start(model)) < 1e-3


def test_a_receipt_says_what_last_week_added() -> None:
    from dedupe import scoring
    from dedupe.explanation import receipts

    first = resolved(doubtful(), "2026-W40")
    second = resolved(doubtful(), "2026-W41", previous=before(first))
    ids = lab_ids(first)
    asked = 0
    for row in second.matches.to_pylist():
        if 0.01 < row["score"] < 0.99:
            one, two = ((row[f"{side}_source"], row[f"{side}_source_key"]) for side in ("left", "right"))
            stays = scoring.STAYS if ids[one] == ids[two] else -scoring.STAYS_APART
            assert receipts.last_week(row) == stays
            asked += 1
    assert asked
    assert {receipts.last_week(row) for row in first.matches.to_pylist()} == {0.0}
