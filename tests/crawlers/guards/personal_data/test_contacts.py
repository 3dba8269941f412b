"""Values are those of sources-france.md §15, sources-world.md §2 and invented people at invented domains."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guards.personal_data.contacts import CUT, contact, landline, role_email, scrub


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mailto:contact@fablab-exemple.fr", "contact@fablab-exemple.fr"),
        ("mailto:info@lab.example-makers.org?subject=Bonjour", "info@lab.example-makers.org"),
        ("Contact@FabLab.FR", "contact@fablab.fr"),
        ("contact [at] fablab [dot] fr", "contact@fablab.fr"),
        ("contact(arobase)fablab(point)fr", "contact@fablab.fr"),
        ("contact&#64;fablab.fr", "contact@fablab.fr"),
        ("bonjour@lab.fr / pierre.durand@lab.fr", "bonjour@lab.fr"),
        ("pierre.durand@lab.fr, bonjour@lab.fr", "bonjour@lab.fr"),
        ("Écrire à hello@lab.fr.", "hello@lab.fr"),
        ("contact.fablab@gmail.com", "contact.fablab@gmail.com"),
        ("makerspace56@gmail.com", "makerspace56@gmail.com"),
        ("electrolab@wanadoo.fr", "electrolab@wanadoo.fr"),
        ("lepetitatelier@orange.fr", "lepetitatelier@orange.fr"),
        ("le.lab@ville.fr", "le.lab@ville.fr"),
        ("fablab.saint.etienne@laposte.net", "fablab.saint.etienne@laposte.net"),
        ("mjc.jean.mace@orange.fr", "mjc.jean.mace@orange.fr"),
        ("vie.associative@ville.fr", "vie.associative@ville.fr"),
        ("rennes@labfab.fr", "rennes@labfab.fr"),
        ("la.fabrique@lafabrique.fr", "la.fabrique@lafabrique.fr"),
        ("info@fablab-été.fr", "info@fablab-été.fr"),
    ],
)
def test_address_of_an_organisation_is_kept(text: str, address: str) -> None:
    assert role_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "pierre.dupont@ville.fr",
        "p.dupont@ville.fr",
        "jdupont@ville.fr",
        "dupont@ville.fr",
        "jean-michel.durand@agglo.fr",
        "pierre@fablab.fr",
        "marie.fablab@gmail.com",
        "dedale.plo@gmail.com",
        "m.labbe@orange.fr",
        "laborde@sfr.fr",
        "le.gall@orange.fr",
        "picasso@free.fr",
        "beaulieu.jc@orange.fr",
        "Élodie.Martin@mairie.fr",
        "quelquun+fablab@gmail.com",
    ],
)
def test_address_of_a_person_is_not(text: str) -> None:
    assert role_email(text) is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "contact",
        "@fablab",
        "suivez-nous @fablab.fr",
        "logo@2x.png",
        "=cmd|'/C calc'!A0@x.fr",
        "contact@fablab",
        "contact@example.com",
        "noreply@lab.fr",
        "contact at fablab dot fr",
        "a..b@x..fr",
        "meet at fablab.fr",
    ],
)
def test_what_is_no_address_gives_none(text: str | None) -> None:
    assert role_email(text) is None


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("0549710870", "FR", "+33549710870"),
        ("+33 (0)9 83 00 11 22", "FR", "+33983001122"),
        ("00 33 2 99 12 34 56", "FR", "+33299123456"),
        ("33 4 79 00 00 00", "FR", "+33479000000"),
        ("+330479000000", "FR", "+33479000000"),
        ("02/99/12/34/56", "FR", "+33299123456"),
        ("02.99.12.34.56 - 02.99.12.34.57", "FR", "+33299123456"),
        ("06 12 34 56 79 ou 04 79 00 00 00", "FR", "+33479000000"),
        ("Tél. 04 79 00 00 00 (accueil)", "FR", "+33479000000"),
        (479000000, "FR", "+33479000000"),
        (479000000.0, "FR", "+33479000000"),
        ("479000000.0", "FR", "+33479000000"),
        ("0262 12 34 56", "FR", "+262262123456"),
        ("+33 262 12 34 56", None, "+262262123456"),
        ("0590 12 34 56", "GP", "+590590123456"),
        ("26 12 34", "NC", "+687261234"),
        ("+687 26.12.34", "FR", "+687261234"),
        ("09 83 00 11 22", "FR", "+33983001122"),
        ("02 512 34 56", "BE", "+3225123456"),
        ("030 901820", "DE", "+4930901820"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("tel:0479000000", "FR", "+33479000000"),
    ],
)
def test_line_of_the_premises_is_kept_in_e164(text: str | float, country: str | None, e164: str) -> None:
    assert landline(text, country) == e164


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("33660324386", "FR"),
        ("06 12 34 56 79", "FR"),
        (679000000, "FR"),
        ("07 49 00 11 22", "FR"),
        ("0690 12 34 56", "FR"),
        ("+590 690 12 34 56", None),
        ("0692123456", "RE"),
        ("+262 692 12 34 56", "FR"),
        ("0639 12 34 56", "FR"),
        ("0694 12 34 56", "GF"),
        ("0696 12 34 56", "MQ"),
        ("+49 170 1234567", "DE"),
        ("+33 (0)6 12 34 56 79", None),
    ],
)
def test_mobile_is_not_metropolitan_or_overseas(text: str | int, country: str | None) -> None:
    assert landline(text, country) is None
    assert contact("contact@fablab.fr", text, country) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "55210055400013",
        "552 100 554 00013",
        "00000000000000",
        "0000000000",
        "0123456789",
        "35000",
        "2 100",
        5738,
        "12/07/2019",
        "06/07/2023 10:30",
        "2020/06/30 14:16:50.898",
        "48.8566140, 2.3522219",
        "#N/D",
        "-",
        "3949",
        float("nan"),
        True,
    ],
)
def test_siret_date_coordinate_or_placeholder_is_no_number(text: str | float | None) -> None:
    assert landline(text, "FR") is None


@pytest.mark.parametrize(
    ("email", "phone", "kept"),
    [
        ("contact@lab.fr", "04 79 00 00 00", ("contact@lab.fr", "+33479000000")),
        ("contact@lab.fr", None, ("contact@lab.fr", None)),
        (None, 479000000, (None, "+33479000000")),
        ("pierre.dupont@lab.fr", "04 79 00 00 00", (None, None)),
        ("contact@lab.fr; pierre.dupont@lab.fr", "04 79 00 00 00", (None, None)),
        ("contact@lab.fr", "04 79 00 00 00 ou 06 12 34 56 79", (None, None)),
        ("04 79 00 00 00", "contact@lab.fr", ("contact@lab.fr", "+33479000000")),
        ("contact@lab.fr 06 12 34 56 79", None, (None, None)),
        (None, None, (None, None)),
        ("noreply@lab.fr", "04 79 00 00 00", (None, "+33479000000")),
    ],
)
def test_one_personal_value_empties_both_fields(
    email: str | None, phone: str | int | None, kept: tuple[str | None, str | None]
) -> None:
    assert contact(email, phone, "FR") == kept


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Écrire à contact@x.fr ou 04 79 00 00 00 !", f"Écrire à {CUT} ou {CUT} !"),
        ("Appelez Pierre au +33 (0)6 12 34 56 78.", f"Appelez Pierre au {CUT}."),
        ("contact [at] x [dot] fr", CUT),
        ("{'email': 'claire.morin@x.fr'}", f"{{'email': '{CUT}'}}"),
        ("l'adresse d'info@x.fr", f"l'adresse {CUT}"),
        ('<a href="mailto:p.durand@x.fr">', f'<a href="{CUT}">'),
        ("Tél : 030 1234567 (Berlin)", f"Tél : {CUT} (Berlin)"),
        ("tel:0479000000", CUT),
        ("0479000000/0679000000", f"{CUT}/0679000000"),
    ],
)
def test_scrub_cuts_contacts_out_of_free_text(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "lat 48.8566140123, lon 2.3522219",
        "SIRET 552 100 554 00013",
        "ouvert le 06/07/2023 10:30",
        "35000 Rennes",
        "https://x.fr/0479000000123",
        "budget 1 200 000 000 euros",
        "2019-10-12T10:30:22",
        "imprimante @ 200 microns",
        "5 à 7",
    ],
)
def test_scrub_leaves_what_is_no_contact(text: str) -> None:
    assert scrub(text) == text


@given(st.text(alphabet="a@.fr0469+ ()[]at:-/\u00a0é", max_size=80))
def test_scrubbing_twice_changes_nothing_and_leaves_no_address(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once
    assert role_email(once) is None


@pytest.mark.parametrize("unit", ["a@", "0 ", "+1 ", "1", "a.", "[at]", "tel ", "(", "0 1", "@", "a-", "é@a."])
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    scrub(text)
    role_email(text)
    landline(text, "FR")
    assert time.process_time() - started < 1.0
