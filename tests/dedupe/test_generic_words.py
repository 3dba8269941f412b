"""Generic words carry no identity: neighbours stay two labs whatever kind they call themselves, and one lab stays one.

Pairs of made-up names in one town, a hundred metres apart, with nothing else known: only the names can tell.
"""

from itertools import combinations, product

import pytest

from dedupe.resolve import resolve
from tests.dedupe.labs import lab, listings

KINDS = (
    "Makerspace",
    "Hackerspace",
    "Hackspace",
    "Maker Space",
    "FabLab",
    "Atelier",
    "Tiers-lieu",
    "Coworking",
    "Repair Café",
)

NAMES = ("Orbalane", "Tivessou", "Pergola", "Muscade", "Zef", "Quatre Vents")


def joined(pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the pairs of names that come out as one lab, each pair in a town of its own."""
    rows = []
    for number, names in enumerate(pairs):
        place = {"city": f"Ville{number}", "country_code": "FR", "lon": 0.5}
        lat = 42 + number / 100
        for source, name, there in zip(("atlas", "wiki"), names, (lat, lat + 0.0013), strict=True):
            rows.append(lab(source, str(number), name=name, lat=there, **place))
    resolution = resolve(listings(*rows), None, week="2026-W42", policy={})
    ids = {(row["source"], row["source_key"]): row["lab_id"] for row in resolution.assignments.to_pylist()}
    return {names for number, names in enumerate(pairs) if ids["atlas", str(number)] == ids["wiki", str(number)]}


@pytest.mark.parametrize("form", ["{kind} {name}", "{name} {kind}"])
def test_neighbours_of_like_kinds_are_two_labs(form: str) -> None:
    pairs = [
        (form.format(kind=one, name=name), form.format(kind=other, name=neighbour))
        for one, other in product(KINDS, KINDS)
        for name, neighbour in combinations(NAMES, 2)
    ]
    assert joined(pairs) == set()


@pytest.mark.parametrize("form", ["{kind} {name}", "{name} {kind}"])
def test_a_lab_that_each_list_calls_another_kind_is_one(form: str) -> None:
    pairs = [
        (form.format(kind=one, name=name), form.format(kind=other, name=name))
        for one, other in combinations(KINDS, 2)
        for name in NAMES
    ]
    assert joined(pairs) == set(pairs)
