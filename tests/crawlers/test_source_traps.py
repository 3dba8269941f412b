"""Traps measured in real sources (sources-france.md §15, sources-world.md §5), each with the value that was seen."""

import json
from typing import Any

import pytest

from crawlers.platforms.lamednum import columns
from crawlers.platforms.opendatasoft import position
from crawlers.reading.columns import column_map
from crawlers.reading.fields import cleaned
from crawlers.reading.formats import csv_of
from crawlers.source import Refused
from tests.crawlers.frozen import PAGES, Frozen, read
from warehouse.schema import Listing


def clean(**fields: Any) -> dict[str, Any]:
    return cleaned({"name": "x", "country_code": "FR"} | fields)


def fablab(**fields: Any) -> dict[str, Any]:
    first = json.loads((PAGES / "fablabs_io" / "labs.json").read_text("utf-8"))[0]
    found: dict[str, Any] = first | fields
    return found


def csv(text: str | bytes) -> list[dict[str, Any]]:
    frozen = Frozen()
    frozen.add("https://a.example/x.csv", text, kind="text/csv")
    from scrapy import Request

    response = frozen.answer(Request("https://a.example/x.csv"))
    assert response is not None
    return list(csv_of(response))


@pytest.mark.parametrize(
    ("written", "text"), [(5100, "5100"), ("2100", "2100"), (18000, "18000"), ("05738", "05738"), (5738, "5738")]
)
def test_a_postcode_keeps_what_was_written_and_its_lost_zero_is_for_locate(written: Any, text: str) -> None:
    assert clean(postcode=written)["postcode"] == text


@pytest.mark.parametrize("empty", ["0", 0, "00000", "#N/D", "-", "", None])
def test_a_postcode_or_insee_code_of_a_spreadsheet_that_had_none_is_null(empty: Any) -> None:
    assert clean(postcode=empty, commune_code=empty)["postcode"] is None
    assert clean(postcode=empty, commune_code=empty)["commune_code"] is None


@pytest.mark.parametrize("written", [479363727, "04 79 36 37 27", "+33 (0)4 79 36 37 27", "00 33 4 79 36 37 27",
                                     "04.79.36.37.27", "33479363727", "0479363727 ou 0479000000"])  # fmt: skip
def test_a_landline_is_one_number_in_every_notation(written: Any) -> None:
    assert clean(phone=written)["phone"] == "+33479363727"


def test_swapped_columns_stay_as_stated_for_locate_to_judge() -> None:
    found = clean(lat="-0.58023800736287", lon="44.839574881764")
    assert (found["lat"], found["lon"]) == (-0.58023800736287, 44.839574881764)


def test_lambert_93_in_decimal_commas_is_degrees() -> None:
    found = clean(lat="6692424,50691385", lon="475198,121680863")
    assert found["lat"] == pytest.approx(47.28, abs=0.1)
    assert found["lon"] == pytest.approx(0.03, abs=0.1)


def test_a_sign_belongs_to_the_whole_of_degrees_minutes_and_seconds() -> None:
    found = clean(lat="56 23'42\"", lon="-3 31'48\"")
    assert (found["lat"], found["lon"]) == (pytest.approx(56.395), pytest.approx(-3.53))


@pytest.mark.parametrize("pair", [(0.0, 0.0), ("0", "0"), ("", ""), (None, None), ("#N/D", "#N/D"), ("NaN", "NaN")])
def test_no_position_is_null_and_never_zero(pair: tuple[Any, Any]) -> None:
    found = clean(lat=pair[0], lon=pair[1])
    assert (found["lat"], found["lon"]) == (None, None)


def test_decimal_commas_semicolons_and_a_header_given_twice_are_read() -> None:
    rows = csv("ID;NOM;LAT;LONG;NOM\n1;Atelier;47,655;-2,76;autre\n")
    assert rows == [{"ID": "1", "NOM": "Atelier", "LAT": "47,655", "LONG": "-2,76", "NOM (2)": "autre"}]
    assert clean(lat=rows[0]["LAT"], lon=rows[0]["LONG"])["lat"] == 47.655


@pytest.mark.parametrize("shifted", ["13.2", 13.2, "44.16", "43,7"])
def test_a_row_whose_columns_are_displaced_is_refused(shifted: Any) -> None:
    with pytest.raises(Refused) as caught:
        columns({"id": "1", "nom": shifted, "typologie": "FABLAB"})
    assert caught.value.rule == "shifted_row"


@pytest.mark.parametrize("name", ["Le 139", "42", "8 Fablab", "N°4 FabLab", "104"])
def test_a_name_that_is_or_holds_a_number_is_a_name(name: str) -> None:
    assert columns({"id": "1", "nom": name, "typologie": "FABLAB"})["name"] == name


def test_places_of_one_siret_are_places_of_their_own() -> None:
    both = [columns({"id": key, "pivot": "73282932000074", "nom": "Fablab", "typologie": "FABLAB"}) for key in "ab"]
    assert [row["source_key"] for row in both] == ["a", "b"]
    assert clean(siret="00000000000000")["siret"] is None


def test_html_of_a_balloon_is_text() -> None:
    balloon = (
        '<div style="font-weight:bold; font-family:calibri; font-size:14px">Aformac</div><br><a href="x">Site</a>'
        "<p>Lundi&nbsp;: 9h<br/>Tél. 05.55.77.75.89</p>"
    )
    assert clean(description=balloon)["description"] == "Aformac\nSite\nLundi : 9h\nTél. […]"


@pytest.mark.parametrize("key", ["Nom du lieu ou de la structure *", "NOM_STRUCTURE", "Nom du tiers-lieu", "nom"])
def test_names_of_form_questions_are_columns(key: str) -> None:
    assert column_map([key, "Adresse postale *", "Ville *"]) == {
        "name": key, "street": "Adresse postale *", "city": "Ville *"
    }  # fmt: skip


@pytest.mark.parametrize("names", [["annee", "montant"], ["nom", "montant"], ["commune", "adresse"], []])
def test_a_file_without_name_or_place_has_no_column_map(names: list[str]) -> None:
    assert column_map(names) is None


def test_the_order_of_a_position_is_that_of_its_shape() -> None:
    here = ("47.2", "-1.55")
    assert position("47.2, -1.55") == here
    assert position({"lon": -1.55, "lat": 47.2}) == position([47.2, -1.55]) == (47.2, -1.55)
    assert position({"type": "Point", "coordinates": [-1.55, 47.2]}) == (47.2, -1.55)
    assert position({"geometry": {"type": "Point", "coordinates": [-1.55, 47.2]}}) == (47.2, -1.55)
    assert position(None) == position("") == position([]) == position({}) == (None, None)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Drôme".encode("cp1252"), "Drôme"),
        ("Drôme".encode(), "Drôme"),
        ("\ufeffDrôme".encode(), "Drôme"),
        ("Drôme".encode("utf-16"), "Drôme"),
        (b"Dr\xef\xbf\xbdme", "Dr\ufffdme"),
        # of cp850 and Mac Roman nothing tells, and of an accent written "_" nothing is left: kept as it stands
        (b"Dr\x93me", "Dr\u201cme"),
        (b"Dr\x99me", "Dr\u2122me"),
        (b"Dr_me", "Dr_me"),
    ],
)
def test_text_is_read_in_the_encoding_it_has(body: bytes, name: str) -> None:
    header, tail = ("nom;ville\n", ";Die\n")
    encoding = "utf-16" if body.startswith(b"\xff\xfe") else "utf-8"
    if encoding == "utf-16":
        text: bytes = f"{header}{name}{tail}".encode(encoding)
    else:
        mark = b"\xef\xbb\xbf" if body.startswith(b"\xef\xbb\xbf") else b""
        text = mark + header.encode() + body.removeprefix(mark) + tail.encode()
    assert csv(text) == [{"nom": name, "ville": "Die"}]


def test_a_control_character_of_a_lost_encoding_never_reaches_a_row() -> None:
    assert Listing(source="a", source_key="1", name="Dr\x93me").name == "Drme"


@pytest.mark.parametrize("name", ["*.*", "/tmp/urlab", "[hsmr]", "🦊 Lab", "/dev/hack", "H.A.C.K."])  # noqa: S108
def test_an_odd_name_is_a_name(name: str) -> None:
    assert clean(name=name)["name"] == name


@pytest.mark.parametrize("name", [None, "", "  ", [], {"fr": "x"}, True])
def test_what_is_no_name_is_a_rejection(frozen: Frozen, name: Any) -> None:
    frozen.add("https://www.fablabs.io/api/labs", [fablab(name=name), fablab(id=2), fablab(id=3)])
    found = read("fablabs_io", frozen).harvest
    assert [row.field for row in found.rejections] == ["name"]


def test_markup_in_a_name_is_text_and_a_script_is_nothing() -> None:
    assert clean(name="<name>space Gera")["name"] == "space Gera"
    assert clean(name="<script>alert(1)</script>Atelier")["name"] == "Atelier"


def test_an_unstated_status_is_unknown_and_never_closed(frozen: Frozen) -> None:
    stated = [None, "", "corona", "closed", "brand new", "planned"]
    frozen.add("https://www.fablabs.io/api/labs", [fablab(id=n, activity_status=s) for n, s in enumerate(stated)])
    rows = sorted(read("fablabs_io", frozen).harvest.listings, key=lambda row: row.source_key)
    assert [row.status for row in rows] == ["unknown", "unknown", "active", "closed", "unknown", "planned"]


def test_a_date_a_bot_touches_is_no_sign_of_life() -> None:
    golden = json.loads((PAGES / "hackerspaces_org" / "golden.json").read_text("utf-8"))
    page = json.loads((PAGES / "hackerspaces_org" / "offset_0.json").read_text("utf-8"))
    assert page["query"]["results"]["Korrigan Space"]["printouts"]["Modification date"]
    assert not any("updated_on" in row for row in golden["listings"])


def test_an_address_in_one_text_stays_one_text_and_its_country_is_not_guessed() -> None:
    golden = json.loads((PAGES / "spaceapi" / "golden.json").read_text("utf-8"))["listings"]
    mitte = next(row for row in golden if row["source_key"] == "Mitte")
    assert mitte["address"] == "Adlerstr. 12a, 79098 Freiburg, Deutschland"
    assert "country_code" not in mitte


def test_a_mail_link_is_an_address_and_a_person_is_none() -> None:
    assert clean(email="mailto:contact@korrigan.example")["email"] == "contact@korrigan.example"
    assert clean(email="claire.morin@korrigan.example")["email"] is None


def test_an_address_that_is_a_link_to_a_map_is_no_street(frozen: Frozen) -> None:
    link = "https://maps.app.goo.gl/AYZTpZ8RncKXq7WEA"
    frozen.add("https://www.fablabs.io/api/labs", [fablab(id=n, address_1=link, address_2=None) for n in range(3)])
    assert [row.street for row in read("fablabs_io", frozen).harvest.listings] == [None, None, None]
