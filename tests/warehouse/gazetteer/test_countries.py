import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.gazetteer.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FR", "FR"),
        ("fr", "FR"),
        (" France ", "FR"),
        ("Frankreich", "FR"),
        ("FRA", "FR"),
        ("France métropolitaine", "FR"),
        ("Allemagne", "DE"),
        ("Royaume-Uni", "GB"),
        ("uk", "GB"),
        ("Scotland", "GB"),
        ("England", "GB"),
        ("Northern Ireland", "GB"),
        ("Catalonia", "ES"),
        ("ES-CT", "ES"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Georgia (Sakartvelo)", "GE"),
        ("United States of America", "US"),
        ("the United States", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("US", "US"),
        ("CANADA", "CA"),
        ("INDIA", "IN"),
        ("Česko", "CZ"),
        ("Россия", "RU"),
        ("日本", "JP"),
        ("Belgique / België", "BE"),
        ("La Réunion", "RE"),
        ("Ile de la Réunion", "RE"),
        ("Guyane", "GF"),
        ("Guyana", "GY"),
        ("Nouvelle-Calédonie", "NC"),
    ],
)
def test_a_country_is_read_in_many_spellings(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text", [None, "", "-", "EU", "Europe", "Planet Earth", "ZZ", "AA", "42", "France / Espagne", "x" * 5000]
)
def test_what_names_no_single_country_gives_none(text: str | None) -> None:
    assert country_code(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_an_upper_case_code_or_none(text: str) -> None:
    code = country_code(text)
    assert code is None or (len(code) == 2 and code.isalpha() and code.isupper())
