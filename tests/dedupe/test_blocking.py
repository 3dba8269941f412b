"""Which pairs blocking finds: small blocks whole, large ones by neighbours in name, and again only what is stirred."""

import itertools
from string import ascii_lowercase

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import blocking, normalize
from dedupe.blocking import Stirred
from dedupe.candidates import Candidates
from dedupe.keys import frequencies
from dedupe.keys.imprint import Imprints, imprint
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


def all_pairs(own: Imprints, stirred: Stirred | None = None) -> Candidates:
    return blocking.pairs(own, np.zeros(len(own), dtype=bool), stirred)


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
    st.lists(
        st.tuples(st.sampled_from(ascii_lowercase), hosts, hosts, st.sampled_from(["stays"] * 6 + ["new", "gone"])),
        min_size=8,
        max_size=60,
    )
)
def test_pairs_that_stand_and_those_found_again_are_those_of_all(
    rows: list[tuple[str, str | None, str | None, str]],
) -> None:
    own = imprints(
        *(f"Atelier {letter * 4}" for letter, *_ in rows),
        website=[site for _, site, *_ in rows],
        url=[page for _, _, page, _ in rows],
    )
    fate = np.array([fate for *_, fate in rows])
    was, is_ = np.flatnonzero(fate != "new"), np.flatnonzero(fate != "gone")
    changed = {name: own[name][fate != "stays"] for name in own.names}
    now = own.only(own.names, is_)
    stirred = Stirred(fate[is_] == "new", blocking.stirred_blocks(now, changed))
    before, after, again = all_pairs(own.only(own.names, was)), all_pairs(now), all_pairs(now, stirred)
    blocks = np.zeros(len(rows), dtype=np.int32)
    blocks[is_] = stirred.blocks
    for number, rule in enumerate(RULES):
        in_stirred = set(np.flatnonzero(blocks >> number & 1).tolist())
        stands = {
            pair
            for pair in (tuple(was[list(pair)].tolist()) for pair in found_by(1 << number, before))
            if all(fate[row] == "stays" for row in pair) and not in_stirred.issuperset(pair)
        }
        found, wanted = (
            {tuple(is_[list(pair)].tolist()) for pair in found_by(1 << number, pairs)} for pairs in (again, after)
        )
        assert stands | found == wanted, rule.name
        assert not stands & found, rule.name


def test_two_in_a_small_block_are_not_found_again_when_a_third_comes() -> None:
    own = imprints("Atelier Orme", "Atelier Hêtre", "Atelier Frêne", website=["https://reseau.example"] * 3)
    is_new = np.array([False, False, True])
    stirred = Stirred(is_new, blocking.stirred_blocks(own, {name: own[name][is_new] for name in own.names}))
    assert found_by(SITE, all_pairs(own, stirred)) == {(0, 2), (1, 2)}
