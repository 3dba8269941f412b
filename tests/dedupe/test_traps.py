"""Traps of the sources that make two labs one, or one lab two: a value that is missing, shared, moved or common."""

from typing import Any

import numpy as np
import pytest

from dedupe.resolve import resolve
from tests.dedupe.labs import BRINDILLE, ENCLUME, lab, listings
from tests.dedupe.test_comparison import feature


def labs(*rows: dict[str, Any]) -> int:
    """Return how many labs the rows are, each of a source of its own."""
    table = listings(*(lab(source, "1", **row) for source, row in zip(("atlas", "region"), rows, strict=True)))
    return len(set(resolve(table, None, week="2026-W40", policy={}).assignments["lab_id"].to_pylist()))


def test_a_missing_position_is_no_distance_of_nothing() -> None:
    assert np.isnan(feature("distance_km", {"name": "Orme"}, {"name": "Tilleul", "lat": 47.26, "lon": -0.07}))


def test_labs_of_one_parent_body_are_not_one_for_its_siret() -> None:
    siret = {"siret": "73282932000074", "operator": "Association des Tanneurs"}
    assert labs(BRINDILLE | siret, ENCLUME | siret) == 2


TOWNS = [("Saumur", "49400", 47.2603, -0.0769), ("Angers", "49000", 47.47, -0.55), ("Cholet", "49300", 47.06, -0.88)]
IN_ONE_TOWN = [
    ("Médiathèque", "12 rue des Tanneurs", 47.2603, -0.0769),
    ("Université", "3 allée Verte", 47.2503, -0.0569),
    ("Lycée", "8 quai Neuf", 47.2703, -0.0969),
    ("École", "1 place Haute", 47.2653, -0.0469),
]


@pytest.mark.parametrize(
    "branches",
    [
        [{"name": f"Fablab Orme {c}", "city": c, "postcode": p, "lat": at, "lon": on} for c, p, at, on in TOWNS],
        [{"name": f"LabOrme {w}", "city": "Saumur", "street": s, "lat": at, "lon": on} for w, s, at, on in IN_ONE_TOWN],
    ],
    ids=["a town each", "one town"],
)
def test_the_branches_of_a_network_are_not_one_for_its_web_site(branches: list[dict[str, Any]]) -> None:
    site = {"website": "https://reseau.example", "country_code": "FR"}
    table = listings(*(lab("region", str(number), **site | branch) for number, branch in enumerate(branches)))
    found = resolve(table, None, week="2026-W40", policy={}).assignments["lab_id"].to_pylist()
    assert len(set(found)) == len(branches)


@pytest.mark.parametrize("host", ["www.facebook.com", "bit.ly", "www.meetup.com"])
def test_pages_of_one_platform_are_no_common_web_site(host: str) -> None:
    one, other = ({"name": name, "website": f"https://{host}/{name}"} for name in ("orme", "tilleul"))
    assert feature("site_equal", one, other) != 1


def test_a_name_known_elsewhere_is_no_lab_known() -> None:
    name = {"name": "Makerspace", "website": None, "email": None, "phone": None}
    lisbon = {"street": "Rua do Exemplo 5", "postcode": None, "city": "Lisboa", "country_code": "PT", "lat": 38.72,
              "lon": -9.14}  # fmt: skip
    assert labs(BRINDILLE | name, BRINDILLE | name | lisbon) == 2


@pytest.mark.parametrize("km", [0.3, 2.5, 5.5])
def test_a_lab_that_stands_elsewhere_in_an_older_list_is_one_lab(km: float) -> None:
    assert labs(BRINDILLE, BRINDILLE | {"street": "1 quai Neuf", "lat": BRINDILLE["lat"] + km / 111.2}) == 1
