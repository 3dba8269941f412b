"""What people decided holds, through any chain of decisions, and contradictions are told by line."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.judgements import BadJudgements, read
from dedupe.review import questions, record
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from tests.dedupe.test_resolve import lab_ids, resolved

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


def test_review_asks_doubtful_pairs_once_and_can_be_taken_up_again(tmp_path: Path) -> None:
    vague = {"city": "Saumur", "country_code": "FR", "lon": BRINDILLE["lon"]}
    names = ("Brindille Nord", "Brindille Atelier", "Brindille Est")
    twins = [{**vague, "name": name, "lat": 47.26 + 0.01 * at} for at, name in enumerate(names)]
    table = listings(*[lab("atlas", str(at), **twin) for at, twin in enumerate(twins)])
    path = tmp_path / "judgements.csv"
    asked = 0
    for _ in range(10):
        judged = read(path) if path.exists() else ()
        open_ = questions(resolved(table, judgements=judged), limit=1)
        if not open_:
            break
        asked += 1
        assert open_[0].features
        assert dict((name, left) for name, left, _ in open_[0].fields)["city"] == "Saumur"
        from datetime import date

        record(path, open_[0].answer("unsure", "ada", date(2026, 10, 1)))
    assert asked <= 3
    assert questions(resolved(table, judgements=read(path) if path.exists() else ()), limit=5) == []


def test_an_answer_that_contradicts_the_file_is_not_written(tmp_path: Path) -> None:
    from datetime import date

    from dedupe.judgements import Judgement

    path = file_of(tmp_path, "a:1,b:1,same,ada,2026-10-01,")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(BadJudgements):
        record(path, Judgement(("a", "1"), ("b", "1"), "different", "bob", date(2026, 10, 2), ""))
    assert path.read_text(encoding="utf-8") == before


ROWS = st.lists(st.sampled_from([BRINDILLE, BRINDILLE_AGAIN, ENCLUME]), min_size=3, max_size=8)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_no_chain_of_listings_bridges_a_refused_pair(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    from datetime import date

    from dedupe.judgements import Judgement

    numbers = st.integers(0, len(rows) - 1)
    refused = data.draw(st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]), max_size=4))
    judged = [
        Judgement(("atlas", str(a)), ("atlas", str(b)), "different", "ada", date(2026, 10, 1), "") for a, b in refused
    ]
    ids = lab_ids(resolved(listings(*[lab("atlas", str(at), **row) for at, row in enumerate(rows)]), judgements=judged))
    assert all(ids["atlas", str(a)] != ids["atlas", str(b)] for a, b in refused)
