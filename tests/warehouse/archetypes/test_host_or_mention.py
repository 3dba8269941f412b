import pytest

from warehouse.archetypes.reading import lexicon
from warehouse.archetypes.reading.text import GENITIVE, HOST, MENTION, STATED, Reader


def directness(text: str, concept: str, country: str = "FR") -> str:
    found = Reader(lexicon.load()).read(text, lexicon.load().countries[country])
    return next(cue.directness for cue in found if cue.concept == concept)


@pytest.mark.parametrize(
    "text",
    [
        "Le fablab est porté par la médiathèque.",
        "Un atelier installé à la médiathèque de Valclair.",
        "L'atelier est situé dans une médiathèque.",
        "Au sein de la médiathèque, un espace de fabrication.",
        "Le fablab de la médiathèque ouvre le samedi.",
        "Nous sommes une médiathèque.",
    ],
)
def test_french_words_that_say_host(text: str) -> None:
    assert directness(text, "library") == HOST


@pytest.mark.parametrize(
    "text",
    [
        "The lab is located in the public library.",
        "It is hosted by the library and run by staff.",
        "A makerspace at the library.",
        "Our library has opened it to the public.",
    ],
)
def test_english_words_that_say_host(text: str) -> None:
    assert directness(text, "library", "GB") == HOST


@pytest.mark.parametrize(
    "text",
    [
        "En partenariat avec la médiathèque et les écoles.",
        "Le fablab intervient dans la ville auprès de la médiathèque.",
        "Nos partenaires sont la ville et la médiathèque.",
        "Un local à côté de la médiathèque.",
    ],
)
def test_french_words_that_say_partner_or_neighbour(text: str) -> None:
    assert directness(text, "library") == MENTION


@pytest.mark.parametrize(
    "text", ["We work with the library.", "Our partners: such as the library.", "Near the library."]
)
def test_english_words_that_say_partner_or_neighbour(text: str) -> None:
    assert directness(text, "library", "GB") == MENTION


def test_a_genitive_is_more_than_a_mention_and_less_than_a_host() -> None:
    assert directness("Les animateurs de la médiathèque passent le samedi.", "library") == GENITIVE
    assert directness("Chaque mois, médiathèque et musée en parlent.", "library") == STATED


def test_a_marker_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert directness("Le fablab est hébergé par une association. Médiathèque et musée.", "library") == STATED


def test_the_nearest_marker_speaks() -> None:
    assert directness("Hébergé par la mairie, il travaille avec la médiathèque.", "library") == MENTION
    assert directness("Il travaille avec la mairie et il est hébergé par la médiathèque.", "library") == HOST


def test_words_after_an_institution_speak_too() -> None:
    assert directness("Des classes du collège voisin passent.", "school") == MENTION
    assert directness("The county library's makerspace opened last year.", "library", "GB") == HOST
    assert directness("Situé à deux pas de la médiathèque.", "library") == MENTION
