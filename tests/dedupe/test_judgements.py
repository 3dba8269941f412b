"""What people decided holds, through any chain of decisions, and contradictions are told by line."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.explanation.review import Review, record
from dedupe.judgements import BadJudgements, Judgement, read
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, doubtful, lab, listings
from tests.dedupe.test_resolve import lab_ids, resolved

DAY = date(2026, 10, 1)
HEADER = "left,right,verdict,by,on,why\n"


def file_of(folder: Path, *rows: str) -> Path:
    path = folder / "judgements.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_listings_judged_the_same_are_one_lab_whatever_they_say(tmp_path: Path) -> None:
    judged = read(file_of(tmp_path, "atlas:1,region:x,same,ada,2026-10-01,moved and renamed"))
    ids = lab_ids(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("region", "x", **ENCLUME)), judgements=judged))
    assert len(set(ids.values())) == 1


def test_listings_judged_different_are_two_labs_even_when_a_third_is_like_both(tmp_path: Path) -> None:
    judged = read(file_of(tmp_path, "atlas:1,wiki:b,different,ada,2026-10-01,two branches"))
    table = listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE), lab("region", "c", **BRINDILLE))
    ids = lab_ids(resolved(table, judgements=judged))
    assert ids["atlas", "1"] != ids["wiki", "b"]


def test_sameness_passes_through_a_listing_that_is_gone(tmp_path: Path) -> None:
    judged = read(
        file_of(tmp_path, "atlas:1,wiki:gone,same,ada,2026-10-01,", "wiki:gone,region:x,same,ada,2026-10-02,")
    )
    ids = lab_ids(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("region", "x", **ENCLUME)), judgements=judged))
    assert len(set(ids.values())) == 1


def test_difference_holds_for_all_that_are_the_same_as_either(tmp_path: Path) -> None:
    judged = read(file_of(tmp_path, "atlas:1,wiki:b,same,ada,2026-10-01,", "wiki:b,region:c,different,ada,2026-10-02,"))
    table = listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE), lab("region", "c", **BRINDILLE))
    ids = lab_ids(resolved(table, judgements=judged))
    assert ids["atlas", "1"] == ids["wiki", "b"] != ids["region", "c"]


def test_a_judged_pair_no_rule_finds_has_a_receipt_that_names_the_judge(tmp_path: Path) -> None:
    judged = read(file_of(tmp_path, "atlas:1,region:x,different,ada,2026-10-01,never"))
    far = {"name": "Robotique", "city": "Lille", "country_code": "FR"}
    match = resolved(
        listings(lab("atlas", "1", **BRINDILLE), lab("region", "x", **far)), judgements=judged
    ).matches.to_pylist()[0]
    assert (match["rule"], match["verdict"], match["decided_by"]) == ("judgement", "no_match", "judgement: ada")


def test_a_contradiction_names_every_line_it_is_made_of(tmp_path: Path) -> None:
    path = file_of(
        tmp_path, "a:1,b:1,same,ada,2026-10-01,", "b:1,c:1,same,ada,2026-10-01,", "a:1,c:1,different,bob,2026-10-02,"
    )
    with pytest.raises(BadJudgements, match=r"line 4 .* line 2, 3"):
        read(path)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a:1,b:1,maybe,ada,2026-10-01,", "line 2: verdict 'maybe'"),
        ("a:1,b:1,same,ada,yesterday,", "line 2: date 'yesterday'"),
        ("a1,b:1,same,ada,2026-10-01,", "line 2: listing 'a1'"),
        ("a:1,a:1,same,ada,2026-10-01,", "line 2: a listing is judged against itself"),
        ("a:1,b:1,same", "line 2: 3 columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_line_and_value(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(BadJudgements, match=complaint):
        read(file_of(tmp_path, row))


def test_the_committed_judgements_can_be_read() -> None:
    from dedupe import judgements

    assert read(Path(judgements.__file__).with_name("judgements.csv")) == ()


def test_a_review_asks_every_doubtful_pair_once_and_not_again_another_day(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    table = doubtful()
    review = Review(resolved(table))
    first, asked = review.first(), []
    assert len(review) > 2
    assert dict((name, left) for name, left, _ in first.fields)["city"].startswith("Ville")
    while len(review):
        answer = review.first().answer("unsure" if asked else "same", "ada", DAY)
        asked.append((answer.left, answer.right))
        record(path, answer)
        review.answer(answer)
    assert len(set(asked)) == len(asked)
    assert len(Review(resolved(table, judgements=read(path)))) == 0


def test_the_most_informative_question_comes_first() -> None:
    review = Review(resolved(doubtful()))
    scores: dict[bool, list[float]] = {True: [], False: []}
    while len(review):
        scores[review.first().is_one_now].append(review.first().score)
        review.postpone()
    assert len(scores[True] + scores[False]) > 2
    for own in scores.values():  # a pair in a cluster decides over more listings, so it comes before its like
        assert own == sorted(own, key=lambda score: abs(score - 0.5))


def test_an_answer_settles_what_follows_from_it() -> None:
    names = {"atlas": "Noyer Robotique", "wiki": "Noyer Couture", "region": "Noyer Tissage"}
    table = listings(*(lab(source, "1", name=name, city="Saumur", country_code="FR") for source, name in names.items()))
    review = Review(resolved(table))
    assert len(review) == len(names)
    review.answer(review.first().answer("same", "ada", DAY))
    review.answer(review.first().answer("different", "ada", DAY))
    assert len(review) == 0


def test_a_file_without_a_last_line_feed_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(f"{HEADER}a:1,b:1,same,ada,2026-10-01,", encoding="utf-8")
    answer = Judgement(("a", "1"), ("c", 'odd "key", with\na line feed'), "different", "bob", DAY, "")
    record(path, answer)
    record(path, replace(answer, right=("d", "1")))
    assert [(one.right, one.line) for one in read(path)] == [(("b", "1"), 2), (answer.right, 4), (("d", "1"), 5)]


def test_an_answer_that_contradicts_the_file_is_not_written(tmp_path: Path) -> None:
    path = file_of(tmp_path, "a:1,b:1,same,ada,2026-10-01,")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(BadJudgements):
        record(path, Judgement(("a", "1"), ("b", "1"), "different", "bob", DAY, ""))
    assert path.read_text(encoding="utf-8") == before


ROWS = st.lists(st.sampled_from([BRINDILLE, BRINDILLE_AGAIN, ENCLUME]), min_size=3, max_size=8)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_no_chain_of_listings_bridges_a_refused_pair(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    numbers = st.integers(0, len(rows) - 1)
    refused = data.draw(st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]), max_size=4))
    judged = [Judgement(("atlas", str(a)), ("atlas", str(b)), "different", "ada", DAY, "") for a, b in refused]
    ids = lab_ids(resolved(listings(*[lab("atlas", str(at), **row) for at, row in enumerate(rows)]), judgements=judged))
    assert all(ids["atlas", str(a)] != ids["atlas", str(b)] for a, b in refused)
