import pytest

from warehouse.archetypes import rules
from warehouse.archetypes.decision.facts import HOSTING, MACHINES
from warehouse.archetypes.reading import lexicon
from warehouse.archetypes.reading.lexicon import ANY, BIT, expand, fold, words_of
from warehouse.archetypes.reading.passages import codes
from warehouse.archetypes.reading.text import Reader
from warehouse.archetypes.signals import SIGNALS

FACTS = {
    *HOSTING,
    *MACHINES,
    "planned",
    "private_person",
    "mixed_public",
    "other_activity",
    "workshop_word",
    "blank",
    "solidarity_label",
}


def read(text: str, country: str = "") -> set[str]:
    return {found.concept for found in Reader(lexicon.load()).read(text, lexicon.load().countries.get(country, 0))}


def test_options_alternatives_and_endings_expand() -> None:
    assert {text for text, _ in expand("école(s) d'ingénieur(s)")} == {
        "école d'ingénieur",
        "écoles d'ingénieur",
        "école d'ingénieurs",
        "écoles d'ingénieurs",
    }
    assert {text for text, _ in expand("ouvert {à|aux} tous")} == {"ouvert à tous", "ouvert aux tous"}
    assert words_of("Tiers-lieu d'Art*") == (("tiers", "lieu", "d", "art*"), False)


def test_a_plural_that_opens_an_expression_and_a_plus_say_several() -> None:
    assert dict(expand("lycée(s) agricole(s)")) == {
        "lycée agricole": False,
        "lycée agricoles": False,
        "lycées agricole": True,
        "lycées agricoles": True,
    }
    assert words_of("universities+") == (("universities",), True)


@pytest.mark.parametrize(
    ("written", "folded"), [("MÉDIATHÈQUE", "mediatheque"), ("Œuvre", "oeuvre"), ("Straße", "strasse")]
)
def test_accents_capitals_and_ligatures_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_accents_in_two_pieces_are_the_same_word() -> None:
    assert fold("me\u0301diathe\u0300que") == "mediatheque"


@pytest.mark.parametrize("text", ["tiers-lieu", "Tiers Lieu", "TIERS LIEUX", "tiers\u2010lieu", "tiers\u00a0lieu"])
def test_hyphens_spaces_and_capitals_make_no_difference(text: str) -> None:
    assert "third_place" in read(f"C'est un {text}.")


def test_the_longest_expression_wins() -> None:
    assert read("bibliothèque universitaire", "FR") == {"higher_education"}
    assert "library" in read("bibliothèque municipale", "FR")


def test_a_cue_counts_in_a_sentence_of_its_language_only() -> None:
    assert "association" not in read("The lab is open and we say that the word verein is German.")
    assert "association" in read("Wir sind ein Verein und die Werkstatt ist für alle offen.")
    assert "grocery" not in read("Le lab est ouvert et nous avons vu que le mot winkel est dans un texte.")


def test_a_loan_word_counts_in_every_language() -> None:
    for text in ("Nous sommes un hackerspace dans la ville.", "Wir sind ein Hackerspace in der Stadt."):
        assert "community_lab" in read(text)


def test_a_text_too_short_to_tell_takes_the_languages_of_the_country() -> None:
    assert "library" in read("Bücherei Nord", "DE")
    assert "library" not in read("Bücherei Nord", "FR")
    assert "library" in read("Bücherei Nord")


def test_every_concept_names_its_sentence_of_the_codebook() -> None:
    assert all(entry["codebook"] for entry in lexicon.entries().values())


def test_every_concept_is_heard_by_a_signal_or_a_fact() -> None:
    heard = {concept for detector in SIGNALS.values() for concept in detector.concepts} | FACTS
    assert set(lexicon.entries()) - heard == set()


def test_every_signal_listens_to_concepts_that_exist() -> None:
    for tag, detector in SIGNALS.items():
        assert set(detector.concepts) <= set(lexicon.entries()), tag


def test_every_domain_and_category_code_stands_for_a_concept() -> None:
    assert set(lexicon.load().domain_concepts) <= set(lexicon.entries())
    assert {concept for concept, _ in codes().values()} <= set(lexicon.entries())


def test_every_rule_has_a_known_signal_and_a_sentence_in_both_languages() -> None:
    for table in rules.load().values():
        for rule in table:
            assert rule.why_fr
            assert rule.why_en


def test_every_archetype_has_words_in_french_and_english() -> None:
    for archetype in rules.ARCHETYPES:
        concepts = {
            concept
            for table in rules.load().values()
            for rule in table
            if rule.archetype == archetype
            for concept in SIGNALS[rule.signal].concepts
        }
        entries = lexicon.entries()
        for language in ("fr", "en"):
            assert sum(len(entries[concept].get(language, ())) for concept in concepts) >= 40, (archetype, language)


def test_every_language_has_a_bit_of_its_own() -> None:
    assert len(set(BIT.values())) == len(BIT)
    assert BIT["any"] == ANY


def test_a_reader_forgets_words_rather_than_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.archetypes.reading.text._WORDS_REMEMBERED", 10)
    reader = Reader(lexicon.load())
    for number in range(50):
        reader.read(f"mot{number} médiathèque")
    assert len(reader._words) <= 10
    assert [found.concept for found in reader.read("médiathèque")] == ["library"]
