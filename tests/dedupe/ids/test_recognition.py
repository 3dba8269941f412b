"""A lab that lost all its listings is looked for among those near them, and found as if all had been compared."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings

from dedupe import blocking, comparison, scoring
from dedupe.comparison import FEATURES
from dedupe.features.spread import settled
from dedupe.ids.recognition import LIKELY, NONE, Seen, recognised
from dedupe.keys import frequencies
from dedupe.keys.text import Integers
from dedupe.normalize import normalize, with_all_columns
from tests.dedupe.last_week.test_memory import crowded, edited, edits, table
from tests.dedupe.test_resolve import resolved


def by_comparing_all(gone: pa.Table, listings: pa.Table) -> Integers:
    """Return what `recognised` returns for every listing that is gone, from every pair that blocking finds."""
    both = pa.concat_tables([with_all_columns(gone), with_all_columns(listings)])
    records = settled(normalize(both, None, frequencies.shipped()))
    pairs = blocking.candidates(records)
    pairs = pairs.take((pairs.left < len(gone)) & (pairs.right >= len(gone)))
    features = comparison.compare(records, pairs)
    features[list(FEATURES).index("same_source")] = 0
    score = scoring.probability(scoring.log_odds(features, scoring.shipped()))
    score[scoring.vetoes(dict(zip(FEATURES, features, strict=True))) > 0] = 0
    result = np.full(len(gone), NONE, dtype=np.int64)
    for left, right, own in sorted(
        zip(pairs.left, pairs.right, -score, strict=True), key=lambda pair: (pair[2], pair[1])
    ):
        if result[left] == NONE and -own >= LIKELY:
            result[left] = right - len(gone)
    return result


@settings(max_examples=10, deadline=None)
@given(edits, edits)
def test_it_comes_to_what_comparing_with_all_listings_comes_to(leaving: list, coming: list) -> None:  # type: ignore[type-arg]
    week = crowded()
    gone = table(edited(week, [*leaving, *((key, "gone") for key in week if key[1] > "027")]))
    resolution = resolved(table(edited(week, coming)))
    n = len(resolution.listings)
    seen = Seen(resolution.listings, resolution.decided.compared.known, np.zeros(n, dtype=bool))
    found = recognised(gone, np.ones(len(gone), dtype=bool), seen, np.ones(n, dtype=bool))
    np.testing.assert_array_equal(found, by_comparing_all(gone, resolution.listings))
