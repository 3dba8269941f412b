"""Of last week's listings a week knows what became of each by its row, whatever their order, and keeps those gone."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.ids.carry import Previous, continuity
from dedupe.order import canonical
from tests.dedupe.last_week.test_memory import crowded, edited, edits, table
from tests.dedupe.test_resolve import before, resolved


def keys(listings: pa.Table) -> list[tuple[str, str]]:
    return list(zip(listings["source"].to_pylist(), listings["source_key"].to_pylist(), strict=True))


@cache
def last_week() -> Previous:
    return before(resolved(table(crowded()), "2026-W40"))


@given(change=edits, seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_every_listing_of_last_week_is_continued_or_kept_as_gone(
    change: Iterable[tuple[tuple[str, str], str]], seed: int
) -> None:
    past, now = last_week(), table(edited(crowded(), change))
    shuffled = now.take(pa.array(np.random.default_rng(seed).permutation(len(now))))
    found = continuity(shuffled, past).last_week
    said, known = keys(canonical(now)), keys(past.listings)
    gone = [listing for listing, row in zip(known, found.continued, strict=True) if row < 0]
    assert sorted(keys(found.gone)) == sorted(gone)
    assert len(found.lab_of_gone) == len(gone)
    for listing, row, is_same in zip(known, found.continued, found.says_the_same, strict=True):
        assert row < 0 or said[row][0] == listing[0]
        assert not is_same or row >= 0
