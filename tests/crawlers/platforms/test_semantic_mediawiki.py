"""Semantic MediaWiki: an answer is subjects, or says what it is instead."""

import json
from typing import Any

import pytest

from crawlers.guards.failures import Failure
from tests.crawlers.frozen import PAGES, Frozen, read


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({"items": [{"label": "Korrigan Space"}]}, Failure.SCHEMA_CHANGED),  # how wikis answered before 2013
        ({"query": {"printrequests": []}}, Failure.SCHEMA_CHANGED),
        ({"error": {"code": "unknown_action", "info": "Unrecognized value"}}, Failure.ERROR_PAGE),
        (b"<!DOCTYPE html><html><head><title>Not found</title></head></html>", Failure.ERROR_PAGE),
    ],
)
def test_an_answer_of_another_wiki_is_a_changed_schema(frozen: Frozen, answer: Any, failure: Failure) -> None:
    first = json.loads((PAGES / "hackerspaces_org" / "pages.json").read_text("utf-8"))[0]
    frozen.add(first["url"], answer)
    failed = read("hackerspaces_org", frozen).spider.failed
    assert failed is not None
    assert failed.failure == failure
