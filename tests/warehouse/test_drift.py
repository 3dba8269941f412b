"""Gates are learned from a source's own history: growth passes, falling is held, small sources may breathe."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.fabricate import listing, state, table
from warehouse import checks
from warehouse.drift import count_band, share_band
from warehouse.rulings import overrides


def week_of(count: int, **columns: object) -> pa.Table:
    return table("listings", [listing("network", f"k{number}", **columns) for number in range(count)])


def gates(listings: pa.Table, history: list[pa.Table] | None = None, previous: pa.Table | None = None) -> pa.Table:
    return checks.check_week(listings, table("sources", [state("network")]), history=history or [], previous=previous)


def held(now: pa.Table, *before: pa.Table) -> bool:
    history: list[pa.Table] = []
    for number, week in enumerate(before):
        history.append(gates(week, history, before[number - 1] if number else None))
    return "network" in checks.refused(gates(now, history, before[-1] if before else None))


def test_the_first_week_passes_whatever_it_holds() -> None:
    assert not held(week_of(3))


@pytest.mark.parametrize(("before", "now", "expected"), [
    (100, 70, True), (100, 0, True), (100, 900, False), (100, 90, False), (100, 84, True),
    (5, 3, True), (5, 4, False), (6, 4, False), (3, 2, False), (3, 1, True), (1, 0, True), (1, 1, False), (10, 7, True),
])  # fmt: skip
def test_the_second_week_is_judged_already(before: int, now: int, expected: bool) -> None:
    assert held(week_of(now), week_of(before)) is expected


def test_a_source_that_always_varies_may_fall_further_than_one_that_never_does() -> None:
    calm, lively = [200.0] * 20, [200.0, 170.0, 205.0, 175.0, 210.0, 180.0, 215.0, 170.0, 200.0]
    assert count_band(calm).lower == pytest.approx(188, abs=1)
    assert count_band(lively).lower < 165
    assert count_band(lively).lower >= 150, "whatever its habits, a third of a source does not leave unseen"


def test_a_source_that_was_silent_for_long_may_have_lost_more_but_one_refused_for_long_may_not() -> None:
    good, silence = [gates(week_of(100))], [table("checks", [])] * 4
    assert count_band([100.0] * 9).lower > 90 > count_band([100.0] * 9, steps=5).lower >= 75
    assert count_band([5.0] * 9).lower > 3 > count_band([5.0] * 9, steps=5).lower >= 1, "a small one too"
    assert "network" in checks.refused(gates(week_of(80), good))
    assert "network" not in checks.refused(gates(week_of(80), good + silence))
    assert "network" in checks.refused(gates(week_of(70), good + silence * 5))
    refused = [gates(week_of(80), good)]
    assert "network" in checks.refused(gates(week_of(80), good + refused * 6))


def test_a_source_that_is_read_once_a_month_is_judged_by_the_months_before() -> None:
    resting, history = [table("checks", [])] * 3, [gates(week_of(100))]
    for _ in range(4):
        history += [*resting, gates(week_of(100), history)]
    assert "network" in checks.refused(gates(week_of(84), [*history, *resting]))
    assert "network" not in checks.refused(gates(week_of(84), [*history, *resting * 4])), "three months it was silent"


def test_a_renamed_field_holds_a_source_whose_count_is_right() -> None:
    assert held(week_of(50), week_of(50, website="https://a.example"))
    assert not held(week_of(50, website="https://a.example"), week_of(50))


def test_a_source_that_grew_is_believed_whatever_its_new_listings_lack() -> None:
    before = week_of(50, website="https://a.example")
    assert held(week_of(60), before)
    assert not held(week_of(80), before)
    told = [row["why"] for row in gates(week_of(80), [gates(before)]).to_pylist() if "website" in row["name"]]
    assert "grew from 50 to 80" in told[0]


def test_one_text_in_every_record_holds_a_source_whose_fields_are_all_filled() -> None:
    own = table("listings", [listing("network", f"k{n}", description=f"Atelier numéro {n}") for n in range(30)])
    assert held(week_of(30, description="Ce site utilise des cookies."), own)
    assert not held(own, own)
    chain = table("listings", [listing("network", f"c{n}", description="Atelier d'une chaîne") for n in range(30)])
    assert not held(pa.concat_tables([own, chain]), own), "growth by alike records loses no text"


def test_lost_coordinates_hold_a_source() -> None:
    assert held(week_of(50), week_of(50, lat=48.0, lon=2.0))


def test_a_second_country_among_the_few_rows_that_state_one_is_no_drift() -> None:
    before = table("listings", [listing("network", f"k{n}", country_code=None if n else "CH") for n in range(8)])
    now = table("listings", [listing("network", f"k{n}", country_code={0: "CH", 1: "BE"}.get(n)) for n in range(8)])
    assert not held(now, before)


def test_one_row_of_eight_without_a_street_is_no_drift() -> None:
    before = week_of(8, street="1 rue A")
    now = table("listings", [listing("network", f"k{n}", street="1 rue A" if n else None) for n in range(8)])
    assert not held(now, before)


def test_a_week_that_was_held_teaches_nothing() -> None:
    assert held(week_of(60), week_of(100), week_of(60), week_of(60))
    assert not held(week_of(98), week_of(100), week_of(60), week_of(60))


def test_a_source_that_failed_has_no_gates() -> None:
    found = checks.check_week(week_of(0), table("sources", [state("network", "failed")]))
    assert found.num_rows == 0


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_a_count_band_lets_the_last_good_week_and_growth_pass_and_never_zero(history: list[int]) -> None:
    band = count_band([float(count) for count in history])
    assert 0 < band.lower <= history[-1]
    assert band.lower >= history[-1] * 0.6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 1000))
def test_a_share_band_lets_the_usual_share_pass(history: list[float], rows: int) -> None:
    assert 0 <= share_band(history, rows).lower <= sorted(history)[-1]


@given(st.integers(1, 12), st.integers(20, 1000))
def test_turnover_that_passes_week_by_week_passes_at_once_and_strangers_never(weeks: int, rows: int) -> None:
    week_by_week = share_band([1.0] * 11, rows).lower ** weeks
    at_once = share_band([1.0] * 11, rows, steps=weeks, adds_up=True).lower
    assert at_once == pytest.approx(week_by_week)
    assert at_once > 0.25


def labs(names: int) -> pa.Table:
    from tests.warehouse.fabricate import lab_id

    return table("labs", [{"lab_id": lab_id(str(number)), "name": "A"} for number in range(names)])


def verdicts(before: int, now: int, announced: int = 0) -> dict[str, str]:
    from tests.warehouse.fabricate import empty_of, lab_id

    gone = [lab_id(str(number)) for number in range(now, now + announced)]
    found = checks.check_snapshot(labs(before) if before else None, labs(now), empty_of("id_bridge"), announced=gone)
    return {row["name"]: row["verdict"] for row in found.to_pylist()}


def test_a_mass_removal_blocks_the_week_and_says_so() -> None:
    assert verdicts(100, 89)["labs_removed"] == "block"
    assert verdicts(100, 90)["labs_removed"] == "pass"
    assert verdicts(100, 900)["labs_removed"] == "pass"
    assert verdicts(8, 5)["labs_removed"] == "pass"
    assert verdicts(8, 4)["labs_removed"] == "block"
    assert verdicts(100, 60, announced=40)["labs_removed"] == "pass"
    assert verdicts(0, 0)["labs_published"] == "block"


def test_a_blocked_week_raises_with_the_checks() -> None:
    from tests.warehouse.fabricate import empty_of

    found = checks.check_snapshot(labs(100), labs(50), empty_of("id_bridge"))
    with pytest.raises(checks.ChecksFailed, match="50 of 100 labs") as caught:
        checks.require_passed(found)
    assert caught.value.checks is found


def renumbered(listings: pa.Table) -> pa.Table:
    keys = [f"new-{key}" for key in listings["source_key"].to_pylist()]
    return listings.set_column(1, listings.schema.field(1), [keys])


def test_a_source_that_renumbers_every_key_is_believed_and_one_that_says_something_else_is_not() -> None:
    before = week_of(40, city="Rennes")
    assert not held(renumbered(before), before)
    other = table("listings", [listing("network", f"z{n}", name=f"Autre {n}", city="Lyon") for n in range(40)])
    assert held(other, before)


def test_a_real_fall_is_told_by_its_count_alone_so_that_one_override_lets_it_pass() -> None:
    before = week_of(50, city="Rennes")
    row = {
        row["name"]: row["verdict"] for row in gates(week_of(30, city="Rennes"), [gates(before)], before).to_pylist()
    }
    assert {name for name, verdict in row.items() if verdict != "pass"} == {"count"}


def test_a_source_that_doubles_by_bare_records_has_lost_nothing() -> None:
    before = week_of(50, website="https://a.example", lat=48.0, lon=2.0)
    bare = table("listings", [listing("network", f"new{n}", country_code=None) for n in range(50)])
    assert not held(pa.concat_tables([before, bare]), before)


def test_a_source_refused_for_eight_weeks_blocks_until_a_person_decides() -> None:
    good, small = week_of(100), week_of(50)
    history = [gates(good)]
    verdicts = []
    for _ in range(9):
        found = gates(small, history, good)
        history.append(found)
        verdicts.append({row["name"]: row["verdict"] for row in found.to_pylist()}["count"])
    assert verdicts == ["carry_forward"] * 8 + ["block"]
    with pytest.raises(checks.ChecksFailed, match=r"overrides\.csv"):
        checks.require_passed(history[-1])
    assert "network" in checks.refused(history[-1])


def override(tmp_path: Path, line: str, on: date = date(2026, 10, 12)) -> list[overrides.Override]:
    path = tmp_path / "overrides.csv"
    path.write_text(f"subject,gate,reason,starts_on,expires_on,author\n{line}\n")
    return overrides.read(path, on=on)


def test_an_override_lets_a_week_pass_says_by_whom_and_ends(tmp_path: Path) -> None:
    line = "network,count,half of it closed,2026-10-05,2026-11-01,anna"
    history = [gates(week_of(100))]
    sources = table("sources", [state("network")])
    ruled = override(tmp_path, line)
    found = checks.check_week(week_of(50), sources, history=history, overrides=ruled).to_pylist()
    count = next(row for row in found if row["name"] == "count")
    assert count["verdict"] == "pass"
    assert "passed by anna until 2026-11-01: half of it closed" in count["why"]
    assert override(tmp_path, line, on=date(2026, 11, 1)) == []
    assert override(tmp_path, line, on=date(2026, 9, 28)) == [], "a backfill of earlier weeks is not touched"


@pytest.mark.parametrize(
    "line",
    [
        "network,count,,2026-10-05,2026-11-01,anna",
        "network,count,x,2026-10-05,soon,anna",
        "network,count,x",
        "network,count,x,2026-11-01,2026-11-01,anna",
    ],
)
def test_an_override_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(overrides.BadOverride, match="line 2"):
        override(tmp_path, line)


def test_a_change_of_rules_that_moves_every_archetype_is_held() -> None:
    from tests.warehouse.fabricate import empty_of, lab_id

    def classified(archetype: str, *sources: str) -> pa.Table:
        own = {"name": "A", "archetype": archetype, "sources": ["network", *sources]}
        return table("labs", [{"lab_id": lab_id(str(n)), **own} for n in range(50)])

    found = checks.check_snapshot(classified("1"), classified("2"), empty_of("id_bridge"))
    assert {row["name"]: row["verdict"] for row in found.to_pylist()}["archetypes_changed"] == "block"
    found = checks.check_snapshot(classified("1", "expired"), classified("2"), empty_of("id_bridge"))
    assert {row["name"]: row["verdict"] for row in found.to_pylist()}["archetypes_changed"] == "pass"
    more = pa.concat_tables([classified("1"), table("labs", [{"lab_id": lab_id("x"), "name": "A", "archetype": "3"}])])
    found = checks.check_snapshot(classified("1"), more, empty_of("id_bridge"))
    assert {row["name"]: row["verdict"] for row in found.to_pylist()}["archetypes_changed"] == "pass"


def test_a_week_in_which_matching_went_wrong_is_held() -> None:
    def verdicts(largest: int, doubtful: int, *known: overrides.Override) -> dict[str, str]:
        ids = ["lab-aaaaaaaaaaaaa"] * largest + [f"lab-{number:013}" for number in range(199)]
        rows = {"source": ["s"] * len(ids), "source_key": [str(at) for at in range(len(ids))], "lab_id": ids}
        found = checks.check_matching(pa.table(rows), doubtful, overrides=known)
        return {row["name"]: row["verdict"] for row in found.to_pylist()}

    assert verdicts(20, 4) == {"labs_doubtful": "pass", "largest_lab": "pass"}
    assert verdicts(21, 4) == {"labs_doubtful": "pass", "largest_lab": "block"}
    assert verdicts(20, 5) == {"labs_doubtful": "block", "largest_lab": "pass"}
    known = overrides.Override(
        "snapshot", "largest_lab", "a real network", date(2026, 10, 5), date(2026, 10, 12), "ada"
    )
    assert verdicts(21, 4, known)["largest_lab"] == "pass"
    assert len(checks.check_matching(pa.table({"lab_id": pa.array([], pa.string())}), 0)) == 0
