"""GoGoCarto: a map is read whole, or not at all, and never the people behind it."""

import json
from typing import Any

import pytest

from crawlers.catalogue import spider
from crawlers.guards.failures import Failure
from tests.crawlers.frozen import PAGES, Frozen, read

MAP = "https://makery.gogocarto.fr/api/elements.json"


def answer(**first: Any) -> dict[str, Any]:
    """Return the frozen answer of the map, its first element with other values."""
    found: dict[str, Any] = json.loads((PAGES / "makery" / "elements.json").read_text("utf-8"))
    found["data"][0] |= first
    return found


def test_a_protected_map_that_answers_200_in_plain_text_has_failed(frozen: Frozen) -> None:
    frozen.add(MAP, b"You need to provide a token to access this API.")
    found = read("makery", frozen)
    assert found.spider.failed is not None
    assert found.spider.failed.failure == Failure.NOT_JSON


def test_an_answer_of_2018_without_licence_is_read_and_one_without_data_is_a_changed_schema(frozen: Frozen) -> None:
    old = {key: value for key, value in answer().items() if key in ("data", "ontology")}
    frozen.add(MAP, old)
    assert len(read("makery", frozen).harvest.listings) == 2
    frozen.add(MAP, {"ontology": "gogofull", "elements": old["data"]})
    failed = read("makery", frozen).spider.failed
    assert failed is not None
    assert failed.failure == Failure.SCHEMA_CHANGED


def test_who_follows_an_element_is_not_read(frozen: Frozen) -> None:
    frozen.add(MAP, answer(email="", subscriberEmails=["atelier@voisin.example"]))
    assert "voisin.example" not in json.dumps(read("makery", frozen).golden())


@pytest.mark.parametrize("status", [1, 2, 3, 5, 7])
def test_the_state_of_moderation_says_nothing_of_the_lab(frozen: Frozen, status: int) -> None:
    frozen.add(MAP, answer(status=status))
    assert {row.status for row in read("makery", frozen).harvest.listings} == {"unknown"}


def test_a_map_of_85_mb_is_under_the_cap_of_its_request() -> None:
    request = spider("transiscope")().elements({"categories": "1"})
    assert request.meta["download_maxsize"] > 85 << 20
