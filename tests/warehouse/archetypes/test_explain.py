import re

import pytest

from tests.warehouse.archetypes.labs import one, table
from warehouse.archetypes.classify import classify
from warehouse.archetypes.decision.codebook import TITLES, decisions, guards
from warehouse.archetypes.explain import explain, quoted

HOSTED = {"description": "Un fablab associatif, hébergé par l'université de Valmont et ouvert à tous."}


def test_an_explanation_in_english_names_everything() -> None:
    text = explain(one(**HOSTED), "en")
    assert "Archetype: 4 - Territorial innovation laboratories" in text
    assert "Finality: economic" in text
    assert "Runner-up: 3" in text
    assert "gate 1b - The operator or host is a higher-education or research body." in text
    assert '3.50 4  higher_education  "université"  (description, fiction:0)' in text
    assert "higher_education>4: A university" in text
    assert "-1.00 3  higher_education_host" in text


def test_an_explanation_in_french_speaks_french() -> None:
    text = explain(one(**HOSTED), "fr")
    assert "Archétype : 4 - Laboratoires territoriaux d'innovation" in text
    assert "Finalité : économique" in text
    assert "3,50 4" in text
    assert "Évidence" not in text


def test_an_abstention_says_why_and_gives_its_hint() -> None:
    text = explain(one(description="etiquettes: FabLab | statut_juridique: Associatif"), "en")
    assert "Why no archetype: evidence too thin" in text
    assert "Hint (not a label): 3" in text
    assert "no word of the lexicon" in explain(one(), "en")


def test_disagreeing_listings_are_named() -> None:
    listings = table({"description": "Hébergé par la médiathèque."}, {"description": "Fablab associatif de bénévoles."})
    assert "Listings that alone would say otherwise: fiction:1=3" in explain(classify(listings).to_pylist()[0], "en")


def test_words_of_strangers_are_stripped_of_control_characters_and_cut() -> None:
    assert quoted("a\x1b[31mb\u202ec") == "a [31mb c"
    assert len(quoted("x" * 500)) == 80
    text = explain(one(operator="\x1b[2JMédiathèque", description="x"), "en")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)


@pytest.mark.parametrize("table_of", [decisions(), guards(), TITLES])
def test_every_sentence_stands_in_both_languages(table_of: dict[str, dict[str, str]]) -> None:
    assert all(set(sentence) == {"fr", "en"} and all(sentence.values()) for sentence in table_of.values())


def test_every_rule_the_decision_names_has_its_sentence() -> None:
    from pathlib import Path

    from warehouse.archetypes.decision import facts, order

    named = set(re.findall(r"Told\(\"[1-6]\", \"([^\"]+)\"\)", Path(order.__file__).read_text("utf-8")))
    assert named <= set(decisions())
    assert set(re.findall(r"GuardReceipt\(\"(\w+)\"", Path(facts.__file__).read_text("utf-8"))) == set(guards())
