import pytest

from tests.warehouse.gazetteer import real_weeks
from warehouse.gazetteer.evaluation import coverage, evaluate
from warehouse.gazetteer.locate import locate

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not real_weeks.DATA.exists(), reason="../shared/data is absent"),
]


@pytest.mark.parametrize("name", ["2026-W40", "2026-W41", "2026-W42"])
def test_the_french_listings_of_a_recorded_week_get_a_commune(name: str) -> None:
    listings = real_weeks.week(name)
    found = coverage(listings, locate(listings))
    assert found.french > 1_500
    assert found.share >= 0.98
    assert found.contradictions == 0


def test_the_listings_of_regional_producers_get_a_commune() -> None:
    listings = real_weeks.producers()
    located = locate(listings)
    found = coverage(listings, located)
    assert found.share >= 0.98
    assert found.contradictions == 0
    # one producer swaps all its coordinates, one gives metres
    issues = located.filter(located["source"].to_numpy(zero_copy_only=False) == "gironde")["geo_issue"].to_pylist()
    assert sum("swapped" in (issue or "") for issue in issues) > 0.9 * len(issues)


@pytest.mark.parametrize("name", ["2026-W40", "2026-W41", "2026-W42"])
def test_the_commune_of_the_census_is_found_without_its_code(name: str) -> None:
    found = evaluate(real_weeks.DATA / "weeks" / name / "cget_2019.csv")
    assert found.usable > 1_300
    assert found.is_met, "\n".join(found.lines())
