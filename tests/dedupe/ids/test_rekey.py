"""A source that announces new keys changes them once, for last week's listings and for what people decided."""

from datetime import date
from pathlib import Path

import pytest

from dedupe.ids import new_keys
from dedupe.ids.new_keys import Announced, BadKeys, announced
from dedupe.ids.rekey import rekey_since
from dedupe.judgements import Judgement
from tests.dedupe.labs import BRINDILLE, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, resolved

ONE, TWO, THREE = (date.fromisocalendar(2026, week, 1) for week in (40, 41, 42))
CHANGE = Announced("atlas", TWO, {"1": "2", "2": "1"})
"""Two keys exchanged: applied twice, they are what they were."""


def keys_after(was: date | None, now: date | None) -> list[str]:
    """Return the key of the one lab after a week, its source read on those days."""
    past = before(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "1", **ENCLUME)), "2026-W40"))
    read_on = {"wiki": ONE} | ({"atlas": was} if was else {}), {"wiki": TWO} | ({"atlas": now} if now else {})
    previous, _ = rekey_since(past, (), [CHANGE], read_on)
    assert previous is not None
    return list(previous.assignments["source_key"].to_pylist())


def test_keys_change_in_the_first_week_that_reads_the_source_since_then_and_never_again() -> None:
    old, new = ["1", "1"], ["2", "1"]
    assert keys_after(ONE, TWO) == new
    assert keys_after(ONE, THREE) == new, "the week of the change was missed"
    assert keys_after(ONE, ONE) == old, "the source failed, and its listings are those of the week before"
    assert keys_after(TWO, THREE) == old, "they were changed last week"
    assert keys_after(None, TWO) == new, "it was silent for so long that only what is gone has its keys"
    assert keys_after(ONE, None) == old


def test_a_judgement_names_listings_by_the_keys_of_its_day() -> None:
    earlier, later = (
        Judgement(("atlas", "1"), ("wiki", "1"), "different", "ada", day, "") for day in (date(2026, 10, 4), TWO)
    )
    _, judged = rekey_since(None, [earlier, later], [CHANGE], ({}, {"atlas": THREE}))
    assert [one.left for one in judged] == [("atlas", "2"), ("atlas", "1")]
    _, judged = rekey_since(None, [earlier, later], [CHANGE], ({}, {"atlas": ONE}))
    assert [one.left for one in judged] == [("atlas", "1"), ("atlas", "1")]


def test_what_was_announced_is_read_by_source_and_week_the_earliest_first(tmp_path: Path) -> None:
    file = tmp_path / "new_keys.csv"
    file.write_text("source,old,new,since\nb,1,x,2026-W42\na,1,x,2026-W42\nb,1,y,2026-W41\nb,2,z,2026-W42\n")
    assert announced(file) == (
        Announced("b", TWO, {"1": "y"}), Announced("a", THREE, {"1": "x"}), Announced("b", THREE, {"1": "x", "2": "z"}),
    )  # fmt: skip
    announced(Path(new_keys.__file__).parents[1] / "new_keys.csv")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("b,1,x", "line 2: source, old, new, since wanted"),
        ("b,1,x,2026-10-12", "line 2: since '2026-10-12': an ISO week wanted, as 2026-W42"),
        ("b,1,x,2026-W54", "line 2: since '2026-W54': an ISO week"),
        ("b,1,x,26-W40", "line 2: since '26-W40': an ISO week"),
        ("b,1,x,2026-W42\nb,1,y,2026-W42", "line 3: b '1' has a new key already"),
    ],
)
def test_a_line_that_cannot_be_applied_is_told(tmp_path: Path, row: str, complaint: str) -> None:
    file = tmp_path / "new_keys.csv"
    file.write_text(f"source,old,new,since\n{row}\n")
    with pytest.raises(BadKeys, match=complaint):
        announced(file)
