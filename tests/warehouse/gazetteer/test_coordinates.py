import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.gazetteer.coordinates import LAMBERT_93, parse


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (48.8566, 2.3522, (48.8566, 2.3522)),
        ("48.8566", " 2.3522 ", (48.8566, 2.3522)),
        ("48,8566", "2,3522", (48.8566, 2.3522)),
        (Decimal("48.5"), 2, (48.5, 2.0)),
        ("48°51'24\"N", "2°21'07\"E", (48.856667, 2.351944)),
        ("48º51’24″", "-2º21’07″", (48.856667, -2.351944)),
        ("48° 51' 24.0'' N", "2° 21' 07.0'' O", (48.856667, -2.351944)),
        ("N 48 51 24", "W 3 31 48", (48.856667, -3.53)),
        ("48°51.4'N", "2°21.1'W", (48.856667, -2.351667)),
        ("48:51:24", "2:21:07", (48.856667, 2.351944)),
        ("33.8688S", "151.2093E", (-33.8688, 151.2093)),
        ("48.85, 2.35", None, (48.85, 2.35)),
        ("48,85;2,35", "", (48.85, 2.35)),
        ("Point(2 48.85)", None, (48.85, 2.0)),
        ("−3.5", "2.3", (-3.5, 2.3)),
    ],
)
def test_every_notation_of_one_position_is_read(lat: object, lon: object, expected: tuple[float, float]) -> None:
    found = parse(lat, lon)
    assert (found.lat, found.lon) == pytest.approx(expected, abs=1e-6)
    assert found.issue is None


def test_the_sign_belongs_to_the_whole_value() -> None:
    assert parse("-3 31'48\"", "36 49'12\"").lat == pytest.approx(-3.53)


def test_a_letter_names_the_axis_and_puts_swapped_columns_right() -> None:
    found = parse("2°21'E", "48°51'N")
    assert (found.lat, found.lon) == pytest.approx((48.85, 2.35))


def test_swapped_degrees_are_kept_as_stated() -> None:
    assert (parse(151.2, -33.8).lat, parse(2.35, 48.85).lat) == (151.2, 2.35)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("6689000,5", "431 000,12"), ("431000.12", "6689000.5"), (6689000.5, 431000.12)],
)
def test_lambert_93_metres_are_told_from_degrees_in_either_order(lat: object, lon: object) -> None:
    found = parse(lat, lon)
    assert (found.lat, found.lon) == pytest.approx((47.2467625, -0.5575503))
    assert found.notation == "projected"
    assert parse(lat, lon, projection=LAMBERT_93) == found


def test_a_declared_projection_is_applied() -> None:
    found = parse("2426000", "600000", projection="EPSG:27572")
    assert (found.lat, found.lon) == pytest.approx((48.83237, 2.33651), abs=1e-4)
    assert parse(1, 2, projection="EPSG:99999999").issue == "unknown_projection"


@pytest.mark.parametrize(
    ("lat", "lon", "issue"),
    [
        (0, 0, "zero"),
        ("0,0", "0.0", "zero"),
        (math.nan, 2, "not_finite"),
        ("inf", "2", "not_finite"),
        ("1e999", 2, "not_finite"),
        (10**400, 2, "not_finite"),
        (Decimal("sNaN"), 2, "not_finite"),
        (100, 100, "out_of_range"),
        (200, 1, "out_of_range"),
        (12, None, "missing_half"),
        ("", "2.3", "missing_half"),
        ("abc", 2, "unreadable"),
        ("48°61'", 2, "unreadable"),
        ("-48°10'N", 2, "unreadable"),
        ("48°N", "47°N", "unreadable"),
        (True, 1, "unreadable"),
        ([48.8], 2, "unreadable"),
        ("4" * 5000, 2, "unreadable"),
    ],
)
def test_what_is_no_position_gives_nothing_and_says_why(lat: object, lon: object, issue: str) -> None:
    found = parse(lat, lon)
    assert (found.lat, found.lon, found.issue) == (None, None, issue)


@pytest.mark.parametrize("empty", [None, "", " ", "-", "#N/D", "NC"])
def test_a_missing_position_is_no_issue(empty: str | None) -> None:
    assert parse(empty, empty) == parse(None, None)
    assert parse(None, None).issue is None


cells = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.from_regex(r"-?\d{1,3}[ °,.]\d{1,3}['’,.]?\d*"),
)


@given(cells, cells, st.sampled_from([None, LAMBERT_93]))
def test_any_cell_gives_a_listing_position_or_an_issue(lat: Any, lon: Any, projection: str | None) -> None:
    found = parse(lat, lon, projection=projection)
    assert (found.lat is None) == (found.lon is None)
    if found.lat is not None and found.lon is not None:
        assert abs(found.lat) <= 180 and abs(found.lon) <= 180
        assert found.issue is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_degrees_written_out_come_back(lat: float, lon: float) -> None:
    found = parse(f"{lat:.6f}".replace(".", ","), f"{lon:.6f}")
    if found.issue is None:
        assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=1e-6)
    else:
        assert found.issue == "zero"
