"""Every notation measured in real sources is read as what it says, and placeholders as nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.retry import retry_after
from crawlers.reading.dates import day
from crawlers.reading.fields import cleaned
from crawlers.reading.links import own_site_first, web_address, web_addresses
from crawlers.reading.scope import fabrication, other_place, workshop
from crawlers.reading.text import one_line, plain, texts

COUNTRY_CODES = ("NC", "NA", "NO", "NU", "NI", "NE", "NF", "IO", "IN", "IS", "ME", "SO", "TO", "AT")
"""Codes that are also a placeholder or a word somewhere: non communiqué, not available, no."""


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("www.labor23.org", "http://www.labor23.org"),
        ("http:// http://atelier.example", "http://atelier.example"),
        ("https://atelier.example/ ", "https://atelier.example/"),
        ("http:/atelier.example", "http://atelier.example"),
        ("https//atelier.example", None),
        ("HTTP://Atelier.example/Page", "http://atelier.example/Page"),
        ("atelier.example:8080/x", "http://atelier.example:8080/x"),
        ("http://atelier.example;http://autre.example", "http://atelier.example"),
        ("Innovation studio\xa0http://theschoolab.example/", "http://theschoolab.example/"),
        ("contact@atelier.example", None),
        ("mailto:contact@atelier.example", None),
        ("javascript:alert(1)", None),
        ("ftp://atelier.example", None),
        ("http://user:secret@atelier.example/", None),
        ("NULL", None),
        ("-", None),
        ("@atelier", None),
        ("", None),
        (None, None),
        (5, None),
        ("http://localhost/", None),
        ("0.0\x08", None),  # no host without the control character either
        ("http://atelier.example/\x00", "http://atelier.example/"),
        ("http://[::1", None),
        ("http://atelier.example:99999/", None),
    ],
)
def test_a_web_address_is_read_as_it_was_meant(written: Any, url: str | None) -> None:
    assert web_address(written) == url


def test_several_addresses_in_one_field_are_all_read() -> None:
    assert web_addresses("http://a.example ; www.b.example") == ["http://a.example", "http://www.b.example"]
    assert web_addresses(["NULL", "a.example", "a.example"]) == ["http://a.example"]


def test_a_page_of_a_social_network_is_the_site_only_where_there_is_no_other() -> None:
    facebook = "https://www.facebook.com/x"
    assert own_site_first([facebook, "http://a.example"]) == ["http://a.example", facebook]
    assert own_site_first([facebook]) == [facebook]


@given(st.text(max_size=60))
def test_a_web_address_is_always_http_and_stays_itself(text: str) -> None:
    url = web_address(text)
    assert url is None or (url.startswith(("http://", "https://")) and web_address(url) == url)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2020/06/30 14:16:50.898", date(2020, 6, 30)),
        ("12/07/2019", date(2019, 7, 12)),
        ("Octobre 2020", date(2020, 10, 1)),
        ("1er février 2021", date(2021, 2, 1)),
        ("2026-09-20T10:00:00Z", date(2026, 9, 20)),
        ("2026-09-20", date(2026, 9, 20)),
        (1754000000, date(2025, 7, 31)),
        ("1754000000", date(2025, 7, 31)),
        (1754000000000, date(2025, 7, 31)),
        ({"sec": 1754000000}, date(2025, 7, 31)),
        ({"timestamp": "1754000000", "raw": "1/2025/7/31"}, date(2025, 7, 31)),
        ("01/01/1970", None),
        ("0000-00-00", None),
        ("31/02/2020", None),
        ("-", None),
        ("bientôt", None),
        ("2020", None),
        (0, None),
        (True, None),
        (float("nan"), None),
        (None, None),
    ],
)
def test_a_date_is_read_in_every_notation_and_placeholders_are_none(written: Any, read: date | None) -> None:
    assert day(written) == read


@pytest.mark.parametrize("placeholder", ["", " ", "-", "#N/D", "NULL", "None", "n/a", "Non renseigné", "?", "[]"])
def test_a_placeholder_is_nothing(placeholder: str) -> None:
    assert plain(placeholder) is None


def test_markup_becomes_text_and_text_that_looks_like_markup_stays() -> None:
    assert plain("<p>Bois &amp; métal</p><script>alert(1)</script><ul><li>CNC</li></ul>") == "Bois & métal\nCNC"
    assert one_line("4 rue du Lavoir<br />Bâtiment B") == "4 rue du Lavoir, Bâtiment B"
    assert plain("R&D, I <3 soldering, a < b") == "R&D, I <3 soldering, a < b"
    assert plain("/dev/hack") == "/dev/hack"
    assert plain("<b>Infobulle</b><br>Lundi&nbsp;: 9h") == "Infobulle\nLundi : 9h"
    assert plain(1018) == "1018"
    assert plain(13.0) == "13"
    assert plain({"a": 1}) is None


@given(st.text(max_size=80))
def test_reading_text_twice_changes_nothing_where_no_markup_is_left(text: str) -> None:
    once = plain(text)
    if once is not None and "&" not in once and "<" not in once:
        assert plain(once) == once


def test_lists_come_as_lists_or_as_text_with_separators() -> None:
    assert texts("coworking, foodlab", separator=r"\s*,\s*") == ["coworking", "foodlab"]
    assert texts(["A", "", None, "-"]) == ["A"]
    assert texts({"a": 1}) is None


@pytest.mark.parametrize(
    "text",
    ["FabLab de Luzy", "LabFab de Rennes", "Makerspace 56", "fablab-dedale.fr", "Fab Lab",
     "Imprimantes 3D", "Découpeuse laser", "fraiseuse CNC", "Atelier partagé de menuiserie", "atelier bois", "3D-Druck",
     "Lasercutter", "offene Werkstatt", "ateliers de fabrication", "Arduino et soudure", "Machines-outils"],
)  # fmt: skip
def test_words_that_attest_fabrication_are_found(text: str) -> None:
    assert fabrication(text)


@pytest.mark.parametrize(
    "text",
    ["Coworking", "Bibliothèque municipale", "Espace public numérique", "sans imprimante 3D", "pas d'imprimante 3D",
     "La fabuleuse laborantine", "Prefablabel", "Impression de documents", "Repair Café",
     "Cantine numérique", "Atelier robotique", "Courrier électronique", None, ""],
)  # fmt: skip
def test_words_that_attest_nothing_are_not(text: str | None) -> None:
    assert fabrication(text) is None


def test_a_course_is_no_workshop_and_a_radio_or_repair_cafe_is_another_place() -> None:
    assert fabrication("Diplôme d'Université Impression 3D")
    assert workshop("Diplôme d'Université Impression 3D") is None
    assert workshop("FabLab des Dunes")
    assert other_place("Repair Café") == other_place("Repair-Cafe - De Maalbeek".replace("-Cafe", " Cafe"))
    assert other_place("Freies Radio")
    assert other_place("Radiolab") is None


def test_fields_are_cleaned_of_everything_that_may_not_stand_in_a_row() -> None:
    found = cleaned(
        {
            "name": "Atelier\n du  Lavoir",
            "postcode": 1000,
            "commune_code": "0",
            "phone": [297000000, "02 97 00 00 00"],
            "email": "contact@lavoir.example; lavoir@lavoir.example",
            "siret": "00000000000000",
            "rna": "w 561234567",
            "description": "Appelez Claire au 06 12 34 56 78",
            "country_code": "France",
            "lat": "47,655",
            "lon": "-2,76",
            "opening_hours": "Lun 9h-12h",
        }
    )
    assert found["name"] == "Atelier, du Lavoir"
    assert (found["postcode"], found["commune_code"]) == ("1000", None)
    assert found["country_code"] == "FR"
    assert (found["lat"], found["lon"]) == (47.655, -2.76)
    assert found["siret"] is None
    assert found["rna"] == "W561234567"
    assert "06 12" not in found["description"]


def country(written: Any) -> str | None:
    found: str | None = cleaned({"name": "x", "country_code": written})["country_code"]
    return found


def test_no_code_of_a_country_is_taken_for_a_placeholder() -> None:
    for code in COUNTRY_CODES:
        assert country(code) == country(code.lower()) == country(f" {code} ") == code


@pytest.mark.parametrize("written", ["-", "--", "", "n/a", "N.C.", "None", "null", "nan", "non", "#N/D", 0, None, "??"])
def test_a_placeholder_is_no_country(written: Any) -> None:
    assert country(written) is None


def test_what_has_neither_letter_nor_digit_says_nothing_but_in_a_name() -> None:
    found = cleaned({"name": "*.*", "city": "???", "street": " , ", "postcode": "00000", "kinds": [",", "Lab", "!"]})
    assert (found["name"], found["city"], found["street"], found["postcode"]) == ("*.*", None, None, None)
    assert found["kinds"] == ["Lab"]
    assert cleaned({"name": "x", "city": "Y", "street": "0 rue A", "postcode": "01000"})["postcode"] == "01000"


def test_a_mobile_or_personal_address_silences_both_contact_fields() -> None:
    assert (
        cleaned({"name": "x", "email": "contact@lavoir.example", "phone": "06 12 34 56 78", "country_code": "FR"})[
            "phone"
        ]
        is None
    )


NOW = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        ("86400", 86400.0),
        ("Mon, 12 Oct 2026 04:00:30 GMT", 30.0),
        ("Mon, 12 Oct 2026 03:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_garbage_is_ignored(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds
