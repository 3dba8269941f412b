"""A person named for a contact is cut, and a place that bears a name is not: most names in real texts are of places."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guards.personal_data.contacts import CUT, scrub
from crawlers.guards.personal_data.names import without_names


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Contacter M. BRET au 04 79 00 00 00 pour plus de renseignements.", f"Contacter M. {CUT} au {CUT} pour"),
        ("Mme Claire Morin vous accueille", f"Mme {CUT} vous accueille"),
        ("Madame de Morin-Dupré, présidente", "Madame de Morin-Dupré, présidente"),
        ("Contact : Claire Morin", f"Contact : {CUT}"),
        ("Contactez Jean-Marc Le Goff avant de venir", f"Contactez {CUT} avant de venir"),
        ("Fabmanager : Claire MORIN, ouvert le lundi", f"Fabmanager : {CUT}, ouvert le lundi"),
        ("animé par Thierry Morin de l'atelier", f"animé par {CUT} de l'atelier"),
        ("le conseiller numérique Paul Martin", f"le conseiller numérique {CUT}"),
        ("président P. Durand", f"président {CUT}"),
        ("run by Peter Miller since 2012", f"run by {CUT} since 2012"),
        ("Claire Morin : claire.morin@lavoir.example", f"{CUT} : {CUT}"),
        ("Claire Morin (06 12 34 56 78)", f"{CUT} ({CUT})"),
        ("Appelez Claire au 06 12 34 56 78", f"Appelez {CUT} au {CUT}"),
        ("06 12 34 56 78 (Claire Morin)", f"{CUT} ({CUT})"),
        ("Marc Landolt, landolt@x.example", f"{CUT}, {CUT}"),
    ],
)
def test_a_person_named_for_a_contact_is_cut(text: str, cut: str) -> None:
    assert without_names(scrub(text)).startswith(cut)


@pytest.mark.parametrize(
    "text",
    [
        "Le centre social de Jean Moulin est un lieu de proximité",
        "L'espace communal Gérard Denoël est un lieu de rencontre",
        "La médiathèque municipale Jean Vautrin est un service public",
        "Espace Jean Moulin : 04 79 00 00 00",
        "Contact : Médiathèque François Mitterrand",
        "Contact : Maison Pierre Martin 04 79 00 00 00",
        "6 avenue du Président René Coty, 87100 Limoges",
        "Présence d'un Conseiller Numérique France Services",
        "Rue du Dr Jacques Touillon",
        "Av. Presidente Carlos Luz, 220 - Alto Caiçaras",
        "P.M.E. (Petites et Moyennes Entreprises), Prof. Libérales",
        "M.A.C.H. 925, M.E.U.H lab, The S.T.E.A.M. Room Fab Lab",
        "Mr Bricolage, en face de Leroy Merlin",
        "Contact : FabLab Rose des Vents 04 79 00 00 00",
        "un contact Arduino, responsable Qualité, animateur Multimédia",
        "Madame la Présidente et Monsieur le Maire",
        "accueil place Jeanne Savariaud",
        "Saint Martin de Jussac : 05 55 00 00 00",
    ],
)
def test_a_place_a_brand_or_a_function_is_not(text: str) -> None:
    assert without_names(scrub(text)) == scrub(text)


@given(st.text(alphabet="MPmeC. :,()-Jeanlir[…]’'é\u00a0", max_size=80))
def test_cutting_names_twice_changes_nothing(text: str) -> None:
    once = without_names(text)
    assert without_names(once) == once


@pytest.mark.parametrize("unit", ["A", "Jean ", "Jean-", "M. ", "Contact : ", "[…] (", "de ", "d'A"])
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    started = time.process_time()
    without_names(text)
    assert time.process_time() - started < 1.0
