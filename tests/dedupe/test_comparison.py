"""One feature at a time, on fictional pairs: what speaks for one lab, what against, and what is missing."""

from typing import Any

import numpy as np
import pytest

from dedupe import candidates, comparison, normalize
from dedupe.comparison import FEATURES
from dedupe.explanation.wording import WORDS, worded
from dedupe.keys import frequencies
from tests.dedupe.labs import lab, listings


def feature(name: str, *rows: dict[str, Any]) -> float:
    """Return the feature of the first two rows, in the company of the others."""
    table = listings(
        *(lab(source, str(at), **row) for at, (source, row) in enumerate(zip("abcdefgh", rows, strict=False)))
    )
    records = normalize.normalize(table, None, frequencies.shipped())
    pair = candidates.Candidates(np.array([0]), np.array([1]), np.array([1]))
    return float(comparison.compare(records, pair)[list(FEATURES).index(name), 0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Atelier Orme Nord", "Atelier Orme Sud", 0),
        ("Atelier Orme", "Atelier Orme 2", 0),
        ("Atelier Orme Nord 2", "2, Nord Orme Atelier", 1),
        ("Atelier Orme", "Orme", None),
        ("Atelier Orme 49400", "Orme", None),  # a postcode is no branch
    ],
)
def test_numbers_and_branch_words_tell_branches_apart(one: str, other: str, expected: int | None) -> None:
    value = feature("name_branch", {"name": one}, {"name": other})
    assert np.isnan(value) if expected is None else value == expected


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("OPF", "Orme Pour Fabriquer", 1),
        ("OPF Saumur", "Orme Pour Fabriquer", 1),
        ("CCCHH", "CCC Hansestadt Hamburg e.V.", 1),
        ("BDM Saumur", "Bricole De Maman", 1),
        ("OPF", "Orme Fabrique", 0),
        ("Orme", "Fablab Orme", 0),
    ],
)
def test_initials_are_read_in_either_direction(short: str, long: str, expected: int) -> None:
    rows = ({"name": short, "city": "Saumur"}, {"name": long, "city": "Saumur"})
    assert feature("name_initials", *rows) == feature("name_initials", *reversed(rows)) == expected


@pytest.mark.parametrize(
    ("name", "column"), [("site_names", "website"), ("email_names", "email"), ("phone_names", "phone")]
)
def test_a_contact_of_many_names_is_counted(name: str, column: str) -> None:
    shared = {"website": "https://commun.example", "email": "orme@commun.example", "phone": "+33 2 41 00 00 01"}[column]
    two = [
        {"name": "Orme", column: shared, "country_code": "FR"},
        {"name": "Tilleul", column: shared, "country_code": "FR"},
    ]
    three = {"name": "Sorbier", column: shared, "country_code": "FR"}
    assert feature(name, *two) == 2
    assert feature(name, *two, three, three) == 3
    assert np.isnan(feature(name, two[0], {"name": "Tilleul"}))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Makerspace Orbalane", "Hackerspace Orbalane", 1),
        ("Makerspace Orbalane", "Orba Lane - Fablab Saumur", 1),
        ("Makerspace Xyz", "Hackerspace Uvw", 0),
        ("Le Fablab de la Xyz", "La Uvw, le makerspace", 0),  # articles are no name either
        ("HackerspaceXY", "Hackerspace.XY", 1),  # the same letters, however they are spaced
        ("Fablab Saumur", "Fab Lab Saumur", 1),  # nothing else: the whole names are compared
    ],
)
def test_the_core_of_a_name_is_without_generic_words_city_and_spaces(one: str, other: str, expected: int) -> None:
    assert feature("name_core", {"name": one, "city": "Saumur"}, {"name": other, "city": "Saumur"}) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("OrbaLane", "Orba Lane"), ("3rdQuay", "3rd Quay"), ("Lane Orba", "Laneorba")]
)
def test_the_same_letters_in_other_words_share_all_of_them(one: str, other: str) -> None:
    for left, right in ((one, other), (other, one)):
        assert feature("name_shared", {"name": left}, {"name": right}) > 0
        assert feature("name_least", {"name": left}, {"name": right}) == 1
        assert feature("name_left_most", {"name": left}, {"name": right}) == 0
        assert feature("name_shared", {"name": left}, {"name": f"{right} Xyz"}) == 0


def test_words_left_over_are_alike_when_one_has_a_typing_error() -> None:
    assert feature("name_left_ratio", {"name": "Fablab Orbalane"}, {"name": "Fablab Orbalnae"}) > 0.8
    assert feature("name_left_ratio", {"name": "Fablab Orbalane"}, {"name": "Fablab Xyz"}) == 0
    assert np.isnan(feature("name_left_ratio", {"name": "Fablab Orbalane"}, {"name": "Orbalane"}))


def test_every_feature_has_words_for_each_value_it_takes() -> None:
    assert list(WORDS) == list(FEATURES)
    for name in FEATURES:
        assert worded(name, None).endswith(" unknown")
        assert worded(name, 1.0) != worded(name, 0.0)
    assert worded("distance_km", 0.213) == "distance 0.21 km"
