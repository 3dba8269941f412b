"""Communecter: a costum is asked for whole, and what its owners have not opened stays out."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from crawlers.guards.failures import Failure
from tests.crawlers.frozen import PAGES, Frozen, frozen_pages, read

SEARCH = "https://cartographie.francetierslieux.fr/co2/search/globalautocomplete"


def place(**fields: Any) -> dict[str, Any]:
    """Return the first organisation of the frozen answer with other values."""
    answer = json.loads((PAGES / "france_tiers_lieux" / "search.json").read_text("utf-8"))
    found: dict[str, Any] = next(iter(answer["results"].values()))
    return found | fields


def rows(frozen: Frozen, *places: Any) -> Any:
    results = {str(number): one for number, one in enumerate(places)}
    frozen.add(SEARCH, {"results": results}, method="POST")
    return read("france_tiers_lieux", frozen).harvest


def test_all_organisations_are_asked_for_at_once() -> None:
    (request,) = read("france_tiers_lieux", frozen_pages("france_tiers_lieux")).asked
    form = parse_qs(request.body.decode(), keep_blank_values=True)
    assert form == {"searchType[]": ["organizations"], "indexStep": [""], "costumSlug": ["franceTierslieux"]}


@pytest.mark.parametrize(
    ("results", "failure"),
    [([], Failure.EMPTY), ([place()], Failure.SCHEMA_CHANGED), (None, Failure.SCHEMA_CHANGED)],
)
def test_results_that_are_no_object_are_a_failure(frozen: Frozen, results: Any, failure: Failure) -> None:
    frozen.add(SEARCH, {"results": results, "count": {}}, method="POST")
    failed = read("france_tiers_lieux", frozen).spider.failed
    assert failed is not None
    assert failed.failure == failure


def test_what_an_owner_has_not_opened_as_data_is_left_out(frozen: Frozen) -> None:
    said = [True, "true", False, "false"]
    found = rows(frozen, *(place(preferences={"isOpenData": answer}) for answer in said), place(preferences=None))
    assert sorted(row.source_key for row in found.listings) == ["0", "1", "4"]
    assert [row.field for row in found.rejections] == ["preferences.isOpenData"] * 2


def test_what_comes_in_two_shapes_is_read_in_both(frozen: Frozen) -> None:
    page = "https://www.facebook.com/canal.example"
    as_text = place(typePlace="coworking, foodlab", socialNetwork={"facebook": page}, geo={"latitude": "47.2"})
    as_list = place(typePlace=["coworking", "foodlab"], socialNetwork=[{"url": page}], geo={"latitude": 47.2})
    as_text["geo"]["longitude"], as_list["geo"]["longitude"] = "-1.55", -1.55
    found = rows(frozen, as_text, as_list)
    told = [row.model_dump(exclude={"source_key", "url", "page_sha256"}) for row in found.listings]
    assert told[0] == told[1]
    assert told[0]["kinds"][:2] == ["coworking", "foodlab"]
    assert (told[0]["links"], told[0]["lat"]) == ([page], 47.2)


def test_a_closed_day_is_no_opening_hours(frozen: Frozen) -> None:
    monday = {"dayOfWeek": "Mo", "hours": [{"opens": "09:00", "closes": "12:00"}]}
    found = rows(frozen, place(openingHours=["", monday, "", {"dayOfWeek": "We", "hours": ""}]), place(openingHours=""))
    assert [row.opening_hours for row in found.listings] == ["Mo 09:00-12:00", None]
