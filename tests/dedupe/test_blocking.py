"""Which pairs blocking finds: small blocks whole, large ones by neighbours in name, and again only what is touched."""

import itertools
from string import ascii_lowercase

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import blocking, normalize
from dedupe.candidates import Candidates
from dedupe.keys import frequencies
from dedupe.keys.imprint import Imprints, imprint
from dedupe.keys.text import Array
from dedupe.rules import NEIGHBOURS, RULES, WHOLE
from tests.dedupe.labs import lab, listings

SITE = 1 << [rule.name for rule in RULES].index("site")


def imprints(*names: str, **columns: list[str | None]) -> Imprints:
    """Return the numbers of listings with those names and nothing else in common than their columns."""
    rows = [
        lab("atlas", f"{at:03}", name=name, **{column: values[at] for column, values in columns.items()})
        for at, name in enumerate(names)
    ]
    return imprint(normalize.normalize(listings(*rows), None, frequencies.shipped()))


def found_by(rule: int, pairs: Candidates) -> set[tuple[int, int]]:
    held = np.flatnonzero(pairs.rules & rule)
    return set(zip(pairs.left[held].tolist(), pairs.right[held].tolist(), strict=True))


def all_pairs(own: Imprints, touched: Array | None = None) -> Candidates:
    return blocking.pairs(own, np.zeros(len(own), dtype=bool), touched)


@pytest.mark.parametrize("size", [2, WHOLE, WHOLE + 1, 3 * WHOLE])
def test_a_small_block_is_whole_and_a_large_one_pairs_neighbours_by_name(size: int) -> None:
    # the names differ after their eighth letter alone, and their order is not that of the rows
    by_name = np.random.default_rng(size).permutation(size)
    names = [f"Fabrique{ascii_lowercase[place // 26]}{ascii_lowercase[place % 26]}" for place in by_name]
    pairs = all_pairs(imprints(*names, website=["https://reseau.example"] * size))
    rows = np.argsort(by_name)
    reach = size if size <= WHOLE else NEIGHBOURS
    expected = {
        (min(rows[a], rows[b]), max(rows[a], rows[b]))
        for a, b in itertools.combinations(range(size), 2)
        if b - a <= reach
    }
    assert found_by(SITE, pairs) == expected


def test_a_block_of_one_name_pairs_neighbours_by_row() -> None:
    size = WHOLE + 5
    pairs = all_pairs(imprints(*["Atelier Orme"] * size, website=["https://reseau.example"] * size))
    assert found_by(SITE, pairs) == {(a, b) for a, b in itertools.combinations(range(size), 2) if b - a <= NEIGHBOURS}


hosts = st.sampled_from([None, *(f"https://site{number}.example" for number in range(3))])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ascii_lowercase), hosts, hosts), min_size=20, max_size=60),
    st.sets(st.sampled_from(["site", "link", "phone"]), max_size=2),
    st.integers(0, 59),
)
def test_what_is_touched_is_found_as_among_all(
    rows: list[tuple[str, str | None, str | None]], which: set[str], changed: int
) -> None:
    own = imprints(
        *(f"Atelier {letter * 4}" for letter, _, _ in rows),
        website=[site for _, site, _ in rows],
        url=[page for _, _, page in rows],
    )
    gained = {
        name: own[name][[changed % len(rows)]] if name in which else np.empty(0, dtype=np.int64) for name in own.names
    }
    touched = blocking.touched_rules(own, gained)
    everything, again = all_pairs(own), all_pairs(own, touched)
    both = touched[everything.left] & touched[everything.right]
    for number, rule in enumerate(RULES):
        held = Candidates(everything.left, everything.right, everything.rules & both)
        assert found_by(1 << number, again) == found_by(1 << number, held), rule.name
