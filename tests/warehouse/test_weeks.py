"""A week is written one way, sorts by time and knows the edges of the year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.weeks import BadWeek, Week

days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "text",
    ["2026-W1", "2026W42", "2026-w42", "26-W42", "2026-W00", "2026-W54", "2027-W53", " 2026-W42", "2026-W42\n", "",
     "2026-10-12", "2026-W4２", "0000-W01", None, 202642],
)  # fmt: skip
def test_a_text_that_names_no_week_is_refused_in_one_line(text: object) -> None:
    with pytest.raises(BadWeek) as caught:
        Week.parse(text)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_week_53_is_there_where_the_calendar_has_it() -> None:
    assert Week.parse("2026-W53").monday == date(2026, 12, 28)
    assert Week.of(date(2027, 1, 2)) == Week.parse("2026-W53")
    assert Week.parse("2026-W53").next == Week.parse("2027-W01")
    assert str(Week.parse("2027-W01").previous) == "2026-W53"


@given(days)
def test_a_written_week_reads_back(day: date) -> None:
    week = Week.of(day)
    assert Week.parse(str(week)) == week
    assert week.monday <= day
    assert week.next.previous == week


@given(days, days)
def test_weeks_sort_as_their_mondays_do(one: date, other: date) -> None:
    left, right = Week.of(one), Week.of(other)
    assert (left < right) == (left.monday < right.monday)
    assert (left < right) == (str(left) < str(right))
    assert left.plus(right.weeks_since(left)) == right


def test_a_span_holds_both_ends_and_an_inverted_one_nothing() -> None:
    first, last = Week.parse("2026-W52"), Week.parse("2027-W02")
    assert [str(week) for week in Week.span(first, last)] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert list(Week.span(last, first)) == []
