import pyarrow as pa
import pytest

from tests.warehouse.archetypes.labs import one, table, tags
from warehouse.archetypes import rules
from warehouse.archetypes.classify import FINALITE, MOST_EVIDENCE, classify
from warehouse.schema import Classification

LIBRARY = {"description": "Le fablab est installé à la médiathèque des Tilleuls.", "country_code": "FR"}
COMMUNITY = {"description": "Fablab associatif, ouvert à tous, animé par des bénévoles.", "country_code": "FR"}


def test_the_result_has_the_exact_schema_and_one_row_a_lab_in_order() -> None:
    labs = classify(table({"lab_id": "lab-b", **LIBRARY}, {"lab_id": "lab-a", **COMMUNITY}, {"lab_id": "lab-b"}))
    assert labs.schema.equals(Classification.arrow_schema())
    assert labs["lab_id"].to_pylist() == ["lab-a", "lab-b"]
    assert [Classification(**row) for row in labs.to_pylist()]


def test_no_listing_gives_an_empty_table_of_the_exact_schema() -> None:
    empty = pa.table({"lab_id": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    assert classify(empty).schema.equals(Classification.arrow_schema())


def test_the_input_is_left_as_it_was() -> None:
    listings = table(LIBRARY, COMMUNITY)
    before = listings.to_pylist()
    classify(listings)
    assert listings.to_pylist() == before


def test_a_lab_without_text_is_unclassified_by_its_name_only() -> None:
    row = one(name="Fablab de Montmirail")
    assert (row["archetype"], row["reason"], row["finalite"], row["runner_up"]) == (
        "unclassified",
        "name_only",
        None,
        None,
    )


@pytest.mark.parametrize(("archetype", "finality"), FINALITE.items())
def test_the_finality_follows_from_the_archetype(archetype: str, finality: str) -> None:
    texts = {
        "1": "Espace public numérique de la commune.",
        "2": "Tiers-lieu avec fablab, coworking et café associatif.",
        "3": COMMUNITY["description"],
        "4": "Le fablab de l'université.",
        "5": "Bureau d'études pour PME.",
        "6": "Le fablab du lycée Curie.",
    }
    row = one(description=texts[archetype])
    assert (row["archetype"], row["finalite"]) == (archetype, finality)


def test_all_listings_of_a_lab_speak() -> None:
    row = classify(table(COMMUNITY, {"website": "https://lab.univ-valmont.fr", "country_code": "FR"})).to_pylist()[0]
    assert row["archetype"] == "4"
    assert {cue["source_key"] for cue in row["evidence"]} == {"0", "1"}
    assert {"community_lab", "higher_education"} <= tags(row)


def test_contradictory_listings_lower_the_score_and_are_shown() -> None:
    alone = one(**LIBRARY)
    both = classify(table(LIBRARY, COMMUNITY)).to_pylist()[0]
    agreeing = classify(table(LIBRARY, LIBRARY)).to_pylist()[0]
    assert both["archetype"] == "1"
    assert both["disagreeing"] == ["fiction:1=3"]
    assert both["score"] < alone["score"] == agreeing["score"]
    assert agreeing["disagreeing"] is None


def test_the_same_words_in_two_listings_count_once() -> None:
    once = one(description="Ouvert à tous.")
    twice = classify(table(*[{"description": "Ouvert à tous.", "country_code": "FR"}] * 2)).to_pylist()[0]
    assert [cue["weight"] for cue in once["evidence"]] == [cue["weight"] for cue in twice["evidence"]]


def test_a_source_category_is_evidence_and_never_the_answer_for_a_hackerspace() -> None:
    row = one(kinds=["hackerspace"])
    assert (row["archetype"], row["hint"]) == ("unclassified", "3")


def test_a_ticked_category_counts_half_of_a_described_activity() -> None:
    ticked = one(kinds=["Espace de coworking", "Fablab"])["evidence"]
    described = one(description="Un espace de coworking.")["evidence"]
    assert ticked[0]["weight"] == pytest.approx(described[0]["weight"] / 2)


def test_hints_are_no_labels() -> None:
    row = one(description="etiquettes: FabLab | statut_juridique: Associatif")
    assert (row["archetype"], row["hint"], row["runner_up"]) == ("unclassified", "3", None)


def test_evidence_names_words_field_listing_weight_rule_and_sentences() -> None:
    cue = one(**LIBRARY)["evidence"][0]
    assert cue == {
        "tag": "library_host",
        "matched": "médiathèque",
        "field": "description",
        "source": "fiction",
        "source_key": "0",
        "archetype": "1",
        "weight": 3.0,
        "rule": "library_host>1",
        "sentence_fr": rules.load()["library_host"][0].why_fr,
        "sentence_en": rules.load()["library_host"][0].why_en,
    }


def test_evidence_stands_heaviest_first_and_does_not_grow_without_bound() -> None:
    text = " ".join(
        entry for entry in ("médiathèque EPN mairie université CNRS GRETA lycée SARL coworking café jardin",)
    )
    row = one(description=text, services=["devis, prototypage, bénévoles, charte, open lab, initiation, parentalité"])
    weights = [cue["weight"] for cue in row["evidence"]]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == MOST_EVIDENCE


def test_guards_say_what_they_took() -> None:
    row = one(description="Hébergé par l'université, un fablab associatif ouvert à tous.")
    assert {"guard": "higher_education_host", "archetype": "3", "points": -1.0} in row["guards"]


def test_the_version_names_rules_and_words() -> None:
    assert one()["rules_version"] == rules.version()
    assert len(rules.version()) == 12
