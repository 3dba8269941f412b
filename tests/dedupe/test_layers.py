"""A share-alike listing may join a lab; what the open sources say of each other never hangs on it."""

from typing import Any

import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.policy import SourcePolicy
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, lab, listings
from tests.dedupe.test_resolve import ROWS, before, lab_ids, resolved

POLICY = {
    "atlas": SourcePolicy(1),
    "wiki": SourcePolicy(2, licence_layer="facts"),
    "region": SourcePolicy(3),
    "network": SourcePolicy(4, licence_layer="share_alike"),
}


def partition(ids: dict[tuple[str, str], str]) -> set[frozenset[tuple[str, str]]]:
    labs: dict[str, set[tuple[str, str]]] = {}
    for listing, lab_id in ids.items():
        labs.setdefault(lab_id, set()).add(listing)
    return {frozenset(own) for own in labs.values()}


def test_a_share_alike_listing_joins_the_lab_it_is() -> None:
    ids = lab_ids(
        resolved(listings(lab("atlas", "1", **BRINDILLE), lab("network", "9", **BRINDILLE_AGAIN)), policy=POLICY)
    )
    assert len(set(ids.values())) == 1


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_without_share_alike_listings_the_open_ones_make_the_same_labs(rows: list[dict[str, Any]]) -> None:
    table = listings(*[{**row, "source_key": str(at), "status": "unknown"} for at, row in enumerate(rows)])
    of_all = {key: lab_id for key, lab_id in lab_ids(resolved(table, policy=POLICY)).items() if key[0] != "network"}
    alone = lab_ids(resolved(table.filter(pc.not_equal(table["source"], "network")), policy=POLICY))
    assert partition(of_all) == partition(alone)


@settings(max_examples=25, deadline=None)
@given(weeks=st.lists(ROWS, min_size=2, max_size=3))
def test_nor_over_weeks(weeks: list[list[dict[str, Any]]]) -> None:
    with_all, alone = None, None
    for number, rows in enumerate(weeks):
        table = listings(*[{**row, "source_key": str(at), "status": "unknown"} for at, row in enumerate(rows)])
        some = table.filter(pc.not_equal(table["source"], "network"))
        week = f"2026-W{10 + number}"
        one = resolved(table, week, policy=POLICY, previous=before(with_all) if with_all else None)
        two = resolved(some, week, policy=POLICY, previous=before(alone) if alone else None)
        ids = {key: lab_id for key, lab_id in lab_ids(one).items() if key[0] != "network"}
        assert partition(ids) == partition(lab_ids(two))
        with_all, alone = one, two
