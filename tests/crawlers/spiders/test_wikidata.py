"""Wikidata: what is asked for is named by labels, and an item without an end is not known to be alive."""

import re

from crawlers.spiders.wikidata import Wikidata
from tests.crawlers.frozen import frozen_pages, read


def test_classes_are_named_by_their_labels_and_by_no_id_somebody_remembered() -> None:
    assert not re.search(r"\bQ\d", Wikidata.sparql)
    for label in ("hackerspace", "makerspace", "fab lab"):
        assert f'"{label}"@en' in Wikidata.sparql


def test_an_item_of_several_bindings_is_one_record_and_without_an_end_its_status_is_unknown() -> None:
    found = read("wikidata", frozen_pages("wikidata")).harvest
    ended = {row.source_key: row.status for row in found.listings}
    assert ended == {"Q900000001": "unknown", "Q900000002": "closed"}
