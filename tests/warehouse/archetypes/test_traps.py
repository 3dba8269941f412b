"""Codebook §6: traps found in real data, each with what fires and what must not."""

import pytest

from tests.warehouse.archetypes.labs import one, tags


@pytest.mark.parametrize(
    "category", ["Tiers-lieu / Coworking / FabLab / Hackerspace", "Fablab / Hackerspace", "FabLab / Makerspace"]
)
def test_a_combined_category_carries_no_cue(category: str) -> None:
    assert one(kinds=[category])["evidence"] == []
    assert one(description=f"type_lieu: {category} | nature_juridique: Collectivité")["archetype"] == "unclassified"


def test_the_same_words_outside_the_combined_category_do() -> None:
    assert "third_place" in tags(one(kinds=["Tiers-lieu"]))


def test_grande_ecole_du_numerique_is_a_label_and_no_grande_ecole() -> None:
    row = one(labels=["GRANDE ECOLE DU NUMÉRIQUE (GEN)"])
    assert tags(row) == {"training_label"}
    assert "higher_education" in tags(one(description="Un atelier au sein d'une grande école."))


@pytest.mark.parametrize("body", ["la médiathèque", "le lycée", "l'université"])
def test_a_partner_weighs_less_than_a_host(body: str) -> None:
    host = one(description=f"Le fablab est hébergé par {body}.")
    partner = one(description=f"Le fablab travaille en partenariat avec {body}.")
    assert host["evidence"][0]["weight"] >= 2 * partner["evidence"][0]["weight"]
    assert host["decided_by"] == "operator"
    assert partner["archetype"] == "unclassified"


@pytest.mark.parametrize("field", ["name", "operator", "address"])
def test_a_body_in_an_identity_field_is_the_host(field: str) -> None:
    assert one(**{field: "Médiathèque des Tilleuls"})["archetype"] == "1"


def test_a_street_named_after_a_university_is_no_host() -> None:
    assert one(address="3 rue de l'Université")["evidence"] == []
    assert one(address="Université du Littoral, 3 rue des Dunes")["archetype"] == "4"


def test_bibliotheque_universitaire_is_higher_education() -> None:
    row = one(description="Au sein de la bibliothèque universitaire.")
    assert (row["archetype"], tags(row)) == ("4", {"higher_education"})


def test_repair_cafe_and_cafe_lab_are_no_cafe() -> None:
    assert "cafe" not in tags(one(description="Un repair café chaque mois, et le Café-Lab d'impression alimentaire."))
    assert "cafe" in tags(one(description="Un café associatif et des machines."))


def test_three_employees_are_no_company_lab() -> None:
    assert "staff_lab" not in tags(one(description="L'association compte trois salariés."))
    assert "staff_lab" in tags(one(description="Un fablab réservé aux salariés."))


def test_company_limited_by_guarantee_is_a_non_profit() -> None:
    row = one(description="Legal Structure: Company limited by guarantee", country_code="GB")
    assert tags(row) == {"association_form"}
    assert "company_form" in tags(one(description="Legal Structure: Company limited by shares", country_code="GB"))


def test_network_boilerplate_carries_no_signal() -> None:
    text = (
        "Part of the Fab Lab network, a global collection of small-scale workshops containing the tools for personal "
        "digital fabrication."
    )
    assert one(description=text)["evidence"] == []


def test_a_domain_of_another_country_is_no_evidence() -> None:
    assert one(website="http://www.tec.ac.cr", country_code="FR")["evidence"] == []
    assert one(website="http://lab.univ-valmont.fr", country_code="FR")["archetype"] == "4"


def test_a_page_on_a_shared_platform_is_no_evidence() -> None:
    assert one(website="https://www.facebook.com/lycee.mistral")["evidence"] == []


def test_a_later_text_can_change_the_archetype_and_the_evidence_is_dated_by_its_listing() -> None:
    then = one(description="Association de bénévoles, ouverte à tous.")
    now = one(description="Labellisée Manufacture de proximité pour les artisans, tarifs sur devis.")
    assert (then["archetype"], now["archetype"]) == ("3", "5")
    assert {(cue["source"], cue["source_key"]) for cue in now["evidence"]} == {("fiction", "0")}


def test_the_machines_and_the_kind_every_lab_of_fablabs_io_has_tell_no_archetype() -> None:
    machines = ["three_d_printing", "cnc_milling", "circuit_production", "laser", "precision_milling", "vinyl_cutting"]
    row = one(name="Orme", kinds=["fab_lab"], equipment=machines)
    assert row["archetype"] == one(name="Orme")["archetype"] == "unclassified"
