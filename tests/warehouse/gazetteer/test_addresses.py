import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.gazetteer.addresses import parse, street_key

PARTS = ("house_number", "street", "complement", "postcode", "city", "country_code")


@pytest.mark.parametrize(
    ("text", "country", "parts"),
    [
        ("12 rue des Lilas, 69003 Lyon, France", None, ("12", "rue des Lilas", None, "69003", "Lyon", "FR")),
        ("12, rue des Lilas 69003 LYON", "FR", ("12", "rue des Lilas", None, "69003", "LYON", "FR")),
        (
            "12 bis av. Jean Moulin\n69100 Villeurbanne",
            "FR",
            ("12 bis", "avenue Jean Moulin", None, "69100", "Villeurbanne", "FR"),
        ),
        (
            "Bâtiment B 5 bd de la Forge 92230 Gennevilliers",
            "FR",
            ("5", "boulevard de la Forge", "Bâtiment B", "92230", "Gennevilliers", "FR"),
        ),
        (
            "ZI du Port, 34 Rue de l'Enclume, 97122 Baie-Mahault, Guadeloupe",
            None,
            ("34", "Rue de l'Enclume", "ZI du Port", "97122", "Baie-Mahault", "GP"),
        ),
        ("BP 123, 38054 Grenoble Cedex 9", "FR", (None, None, "BP 123", "38054", "Grenoble Cedex 9", "FR")),
        (
            "Espace Associatif<br />Place du Marché",
            "FR",
            (None, "Place du Marché", "Espace Associatif", None, None, "FR"),
        ),
        (
            "Lot 2, voie urbaine 38 98 870 Bourail",
            "NC",
            (None, None, "Lot 2, voie urbaine 38", "98870", "Bourail", "NC"),
        ),
        ("1 rue A. Briand", "FR", ("1", "rue A. Briand", None, None, None, "FR")),
        ("12-14 pl St Pierre", "FR", ("12-14", "place St Pierre", None, None, None, "FR")),
        ("5, Place de la Mairie", "FR", ("5", "Place de la Mairie", None, None, None, "FR")),
        ("Lyon, 69003", "FR", (None, None, None, "69003", "Lyon", "FR")),
        ("Werkstr. 12a, 79098 Freiburg, Deutschland", None, ("12a", "Werkstr.", None, "79098", "Freiburg", "DE")),
        ("atelier, Fabrikweg 20, 10179 Berlin, Germany", None, ("20", "Fabrikweg", "atelier", "10179", "Berlin", "DE")),
        ("Houtlaan 1, 3600 Genk", "BE", ("1", "Houtlaan", None, "3600", "Genk", "BE")),
        (
            "9, Avenue du Laminoir L-4362 Esch-sur-Alzette",
            "LU",
            ("9", "Avenue du Laminoir", None, "4362", "Esch-sur-Alzette", "LU"),
        ),
        ("Molenweg 10c, Amsterdam, 1014 BE", "NL", ("10c", "Molenweg", None, "1014 BE", "Amsterdam", "NL")),
        ("Calle del Taller 26, Madrid, 28014", "ES", ("26", "Calle del Taller", None, "28014", "Madrid", "ES")),
        ("447 Smith Road, London E2 8HD", "GB", ("447", "Smith Road", None, "E2 8HD", "London", "GB")),
        ("London, E2 8HD", "GB", (None, None, None, "E2 8HD", "London", "GB")),
        (
            "620 Forge St, Philomath, OR 97370, United States",
            None,
            ("620", "Forge St", None, "97370", "Philomath", "US"),
        ),
        (
            "150 Lathe Street, North Carlton, Melbourne, 3054",
            "AU",
            ("150", "Lathe Street", "North Carlton", "3054", "Melbourne", "AU"),
        ),
        (
            "Rua da Oficina, 205, Campo Grande, 79010-230",
            "BR",
            ("205", "Rua da Oficina", None, "79010-230", "Campo Grande", "BR"),
        ),
        ("Werkdamm 55, 10961 Berlin", None, ("55", "Werkdamm", None, "10961", "Berlin", None)),
    ],
)
def test_an_address_is_read_in_the_format_of_its_country(
    text: str, country: str | None, parts: tuple[str | None, ...]
) -> None:
    found = parse(text, country)
    assert tuple(getattr(found, name) for name in PARTS) == parts


def test_a_state_is_no_country_where_the_country_is_stated() -> None:
    assert parse("12 Mill Street, Atlanta, Georgia", "US").country_code == "US"
    assert parse("12 Mill Street, San Jose, CA", None).country_code is None


def test_the_line_has_the_number_where_the_country_writes_it() -> None:
    assert parse("12 r. des Lilas, 69003 Lyon", "FR").line == "12 rue des Lilas"
    assert parse("Werkstr. 12a, 79098 Freiburg", "DE").line == "Werkstr. 12a"
    assert parse("69003 Lyon", "FR").line is None


def test_spellings_of_one_street_have_one_key() -> None:
    spellings = ["12 bd. de la Forge", "12, Boulevard de la Forge BP 12", "BOULEVARD DE LA FORGE", "Bd de la Forgé"]
    assert {street_key(spelling) for spelling in spellings} == {"boulevard de la forge"}
    assert street_key(None) is None


@given(st.one_of(st.none(), st.text(max_size=80)), st.sampled_from([None, "FR", "GB", "DE", "US", "XX"]))
def test_any_text_gives_parts_that_are_text_or_none(text: str | None, country: str | None) -> None:
    found = parse(text, country)
    assert all(getattr(found, name) is None or getattr(found, name).strip() for name in PARTS)


def test_a_long_text_is_read_in_no_time() -> None:
    parse("12 " * 100_000, "FR")
    parse("a, " * 100_000, "GB")
