import pytest

from warehouse.gazetteer.communes import NONE, commune_code, communes
from warehouse.gazetteer.words import Words, by_words


def named(words: Words) -> str | None:
    return None if words.commune == NONE else communes().codes[words.commune]


def departements(words: Words) -> set[str]:
    return {communes().departement_codes[index] for index in words.candidates}


# The 25 postcodes of publishing-and-safety.md 2.2 and 99999: the commune where there is one, else the département.
POSTCODES = [
    ("31000", "31555", None, "31"),
    ("92230", "92036", None, "92"),
    ("59000", "59350", None, "59"),
    ("69001", "69123", "69381", "69"),
    ("13001", "13055", "13201", "13"),
    ("97400", "97411", None, "974"),
    ("20000", "2A004", None, "2A"),
    ("75013", "75056", "75113", "75"),
    ("97600", None, None, "976"),
    ("48000", None, None, "48"),
    ("05000", None, None, "05"),
    ("29200", "29019", None, "29"),
    ("67000", "67482", None, "67"),
    ("44000", "44109", None, "44"),
    ("20137", None, None, "2A"),
    ("69100", "69266", None, "69"),
    ("97300", "97302", None, "973"),
    ("75116", "75056", "75116", "75"),
    ("01260", None, None, "01"),
    ("97150", "97801", None, "978"),
    ("97133", "97701", None, "977"),
    ("97500", None, None, "975"),
    ("98800", "98818", None, "988"),
    ("38054", None, None, None),
    ("98713", None, None, None),
    ("99999", None, None, None),
]


@pytest.mark.parametrize(("postcode", "commune", "arrondissement", "departement"), POSTCODES)
def test_a_postcode_alone_names_a_commune_only_when_it_has_one(
    postcode: str, commune: str | None, arrondissement: str | None, departement: str | None
) -> None:
    words = by_words(postcode, None)
    assert (named(words), words.arrondissement) == (commune, arrondissement)
    assert departements(words) == ({departement} if departement else set())
    assert not words.is_strong


def test_a_postcode_of_twelve_communes_needs_the_name() -> None:
    assert len(by_words("48000", None).candidates) == 12
    words = by_words("48000", "Mende")
    assert (named(words), words.is_strong) == ("48095", True)


@pytest.mark.parametrize(
    ("postcode", "city", "commune"),
    [
        ("93200", "St Denis", "93066"),
        ("97400", "Saint-Denis", "97411"),
        ("93200", "SAINT DENIS", "93066"),
        ("72000", "Mans", "72181"),
        ("85000", "La Roche/Yon", "85191"),
        ("71100", "Chalon s/ Saône", "71076"),
        ("94120", "Fontenay s/s Bois", "94033"),
        ("49000", "Angers (49)", "49007"),
        ("44000", "Nantes, France", "44109"),
        ("45000", "Orlans", "45234"),
        ("45000", "Orl?ans", "45234"),
        ("45000", "Orl\ufffdans", "45234"),
        ("01190", "Chavannes-sur-Reyssuze", "01094"),
        ("25000", "Besancon", "25056"),
        ("13100", "Aix", "13001"),
        ("13100", "La Duranne - Aix en Prove", "13001"),
        ("16300", "Barbezieux", "16028"),
        ("F-75011", "Paris", "75056"),
        ("75 011", "Paris", "75056"),
        ("75011.0", "Paris", "75056"),
        (None, "75011 Paris", "75056"),
    ],
)
def test_postcode_and_name_agree_in_any_spelling(postcode: str | None, city: str, commune: str) -> None:
    words = by_words(postcode, city)
    assert (named(words), words.is_strong) == (commune, True)


@pytest.mark.parametrize(
    ("postcode", "city", "commune"),
    [
        ("38054", "Grenoble Cedex 9", "38185"),
        ("38054", "GRENOBLE CEDEX", "38185"),
        ("98713", "Papeete", "98735"),
        ("20179", "Ajaccio Cedex", "2A004"),
        ("20405", "Bastia cedex", "2B033"),
        ("97404", "Saint-Denis Cedex", "97411"),
    ],
)
def test_a_business_postcode_is_found_by_name_in_its_departement(postcode: str, city: str, commune: str) -> None:
    words = by_words(postcode, city)
    assert (named(words), words.is_strong, words.issues) == (commune, True, ("cedex",))


def test_a_lost_zero_is_put_back_only_when_the_name_proves_it() -> None:
    words = by_words("1260", "Champagne-en-Valromey")
    assert (named(words), words.issues) == ("01079", ("lost_zero",))
    assert named(by_words("1000", "Bruxelles")) is None
    assert named(by_words("1000", None)) is None
    # the zero was lost at the other end: the name decides, the postcode is none
    words = by_words("2100", "Dijon")
    assert (named(words), words.is_strong, words.departements) == ("21231", False, ())


@pytest.mark.parametrize(
    ("postcode", "city", "arrondissement"),
    [
        ("69003", "Lyon", "69383"),
        ("75116", "Paris 16e", "75116"),
        (None, "Paris 13ème arrondissement", "75113"),
        (None, "Lyon 03", "69383"),
        (None, "Marseille 1er", "13201"),
        (None, "Paris XI", "75111"),
        ("75000", "Paris", None),
        (None, "Lyon 42", None),
    ],
)
def test_arrondissements_come_of_postcode_or_number(
    postcode: str | None, city: str, arrondissement: str | None
) -> None:
    assert by_words(postcode, city).arrondissement == arrondissement


@pytest.mark.parametrize("city", ["Saint-Denis", "Valence", "Moulins"])
def test_a_homonym_alone_names_nothing(city: str) -> None:
    words = by_words(None, city)
    assert named(words) is None
    assert len(words.candidates) > 1


def test_a_territory_settles_a_homonym() -> None:
    assert named(by_words(None, "Saint-Denis", "RE")) == "97411"


def test_the_old_name_of_a_commune_nouvelle_names_the_new_one() -> None:
    # Conques is a commune déléguée of Conques-en-Rouergue since 2016
    assert named(by_words("12320", "Conques")) == "12218"
    assert named(by_words("91000", "Evry")) == "91228"


def test_a_name_beside_its_postcode_is_weak_and_says_so() -> None:
    words = by_words("35000", "Cesson-Sévigné")
    assert (named(words), words.is_strong, words.issues) == ("35051", False, ("postcode_of_neighbour",))


def test_a_commune_served_from_across_its_border_has_its_own_departement() -> None:
    words = by_words("06260", "Saint-Pierre")
    assert (named(words), words.departements) == ("04194", ("04", "06"))


def test_every_commune_is_found_by_its_postcode_and_name_however_spelt() -> None:
    france = communes()
    first = {index: postcode for postcode, found in france.by_postcode.items() for index in found}
    sample = sorted(first)[:: len(first) // 500]
    for index in sample:
        name = france.names[index]
        for spelling in (name, name.upper(), name.replace("-", " "), name.replace("Saint", "St"), f"{name} Cedex 2"):
            words = by_words(first[index], spelling)
            assert (words.commune, words.is_strong) == (index, True), spelling


@pytest.mark.parametrize(("postcode", "city"), [("SW1A 1AA", "London"), ("1012 AB", "Amsterdam"), ("99999", "Nowhere")])
def test_a_postcode_of_elsewhere_is_none_of_france(postcode: str, city: str) -> None:
    words = by_words(postcode, city)
    assert named(words) is None
    assert "postcode_unknown" in words.issues


@pytest.mark.parametrize("nothing", [None, "", "0", "-", "#N/D"])
def test_placeholders_say_nothing(nothing: str | None) -> None:
    assert by_words(nothing, None) == Words()


@pytest.mark.parametrize(
    ("code", "current"),
    [
        ("01340", "01015"),  # merged in 2016
        ("1340", "01015"),
        ("75110", "75056"),
        ("69123", "69123"),
        ("69232", "69123"),  # merged into Lyon in 1963
        ("20004", "2A004"),  # Corsica before 1976
        ("2a004", "2A004"),
        ("98511", "97611"),  # Mayotte before 2011
        ("97127", "97801"),  # Saint-Martin before 2007
        ("15031", "15031"),  # a commune again since 2025
        ("0", None),
        ("99999", None),
    ],
)
def test_codes_of_the_past_are_carried_to_the_current_commune(code: str, current: str | None) -> None:
    assert commune_code(code) == current
