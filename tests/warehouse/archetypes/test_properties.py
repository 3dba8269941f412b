from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.archetypes.labs import one, table
from tests.warehouse.archetypes.test_codebook_cases import CASES
from warehouse.archetypes.classify import classify

DECIDED = ("archetype", "runner_up", "score", "margin", "decided_by", "hint", "reason", "evidence", "guards")
# Words that stand in no lexicon, in any language, and mark none.
NEUTRAL = st.lists(
    st.sampled_from(["Zorglub", "plim", "ravok", "tessiture", "mirliton", "42", "xylo", "brume", "quasar", "lichen"]),
    min_size=1,
    max_size=12,
).map(lambda words: " ".join(words).capitalize() + ".")
CASE = st.sampled_from(CASES)


def listing(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in {"expect", "never", "why"}}


def decided(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in DECIDED}


@given(case=CASE, text=NEUTRAL)
@settings(max_examples=60, deadline=None)
def test_adding_text_without_cues_changes_nothing(case: dict[str, Any], text: str) -> None:
    before = listing(case)
    if " | " in before["description"] or not before["description"].rstrip().endswith("."):
        return
    for description in (f"{before['description']} {text}", f"{text} {before['description']}"):
        assert decided(one(**{**before, "description": description})) == decided(one(**before))


@given(cases=st.lists(CASE, min_size=2, max_size=5), data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_listings_changes_nothing(cases: list[dict[str, Any]], data: st.DataObject) -> None:
    listings = [{**listing(case), "source_key": str(number)} for number, case in enumerate(cases)]
    shuffled = data.draw(st.permutations(listings))
    assert classify(table(*listings)).equals(classify(table(*shuffled)))


@given(cases=st.lists(CASE, min_size=2, max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_lab_is_decided_alone(cases: list[dict[str, Any]]) -> None:
    listings = [{**listing(case), "lab_id": f"lab-{number}"} for number, case in enumerate(cases)]
    together = classify(table(*listings)).to_pylist()
    assert [row["archetype"] for row in together] == [case["expect"] for case in cases]


@given(word=st.sampled_from(["Bücherei", "Hochschule", "Verein", "Azubi"]))
def test_a_german_common_word_in_a_french_sentence_fires_only_where_it_is_a_proper_name(word: str) -> None:
    row = one(description=f"Nous avons lu le mot {word} dans un texte et il est sur la table.")
    assert bool(row["evidence"]) == (word == "Hochschule")


@given(text=st.text(max_size=400), name=st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_classified(text: str, name: str) -> None:
    row = one(name=name, description=text, website=text, kinds=[text], address=text)
    assert 0 <= row["score"] <= 1
    assert all(cue["matched"] for cue in row["evidence"])
