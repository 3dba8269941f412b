"""Every town has its market square: the same street in two towns makes no lab of two."""

from typing import Any

import pytest

from dedupe.resolve import resolve
from tests.dedupe.labs import lab, listings

HERE, THERE = ("Orvelle", "02310", 49.5), ("Gresset", "23450", 48.3)
"""Made-up towns 133 km apart."""

STREETS = ("3 place du Marché", "10 rue de la Gare", "1 place de la Mairie", "5 rue du Lavoir")

NAMES = ("Fablab de {}", "Makerspace {}", "Le Fablab", "Tiers-lieu de {}", "Atelier partagé", "L'Atelier des Possibles")

UNKNOWN: dict[str, tuple[str, ...]] = {
    "nothing": (), "the position": ("lat", "lon"), "the postcode": ("postcode",), "the city": ("city",),
}  # fmt: skip


def listing(name: str, street: str, town: tuple[str, str, float], unknown: tuple[str, ...]) -> dict[str, Any]:
    city, postcode, lat = town
    known = {"name": name.format(city), "street": street, "city": city, "postcode": postcode, "lat": lat, "lon": 2.5}
    return {**known, "country_code": "FR", **dict.fromkeys(unknown)}


def ids_of(*rows: dict[str, Any]) -> list[str]:
    resolution = resolve(listings(*rows), None, week="2026-W42", policy={})
    found = {row["source"]: row["lab_id"] for row in resolution.assignments.to_pylist()}
    return [found[row["source"]] for row in rows]


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("street", STREETS)
def test_one_street_in_two_towns_is_two_labs(street: str, unknown: tuple[str, ...]) -> None:
    for name in NAMES:
        rows = [lab("atlas", "1", **listing(name, street, HERE, unknown)),
                lab("wiki", "1", **listing(name, street, THERE, unknown))]  # fmt: skip
        assert len(set(ids_of(*rows))) == 2, name


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN)
def test_one_street_in_one_town_is_one_lab(unknown: tuple[str, ...]) -> None:
    for name in NAMES:
        for street in STREETS:
            here = listing(name, street, HERE, ())
            rows = [lab("atlas", "1", **here), lab("wiki", "1", **{**here, **dict.fromkeys(unknown)})]
            assert len(set(ids_of(*rows))) == 1, (name, street)


def test_a_wrong_position_makes_no_other_address_of_one() -> None:
    here = listing("Fablab de {}", STREETS[0], HERE, ())
    rows = [lab("atlas", "1", **here), lab("wiki", "1", **{**here, "lat": 43.0})]
    assert len(set(ids_of(*rows))) == 1
