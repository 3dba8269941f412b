"""On the raw files of seven regional producers a column map is found or refused, and every record is accounted for."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawlers.guards.failures import CrawlFailed
from crawlers.guards.personal_data.contacts import scrub
from crawlers.guards.personal_data.names import without_names
from crawlers.platforms.open_files import columns, understood
from crawlers.reading.fields import cleaned
from crawlers.source import OutOfScope, Refused
from warehouse.schema import Listing

FILES = {
    "gironde_2024-03-11": 3,
    "haute-vienne_2023-04-20": 0,
    "hinaura_2022-10-06": 20,
    "le-havre_2024-07-18": 0,
    "maine-et-loire_2023-05-16": 0,
    "nouvelle-caledonie_2024-09-12": 0,
}
"""Producer to the fewest workshops a person finds in its file by reading names."""


def load(shared: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "data" / "producers" / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_record_of_a_producer_is_a_listing_out_of_scope_or_without_a_name(shared: Path, name: str) -> None:
    records = load(shared, name)
    became: Counter[str] = Counter()
    for record in understood(records, name):
        try:
            Listing(source="data_gouv", **cleaned(columns(record)))
            became["listing"] += 1
        except OutOfScope:
            became["out_of_scope"] += 1
        except Refused as refused:
            became[refused.rule] += 1
    assert sum(became.values()) == len(records)
    assert FILES[name] <= became["listing"] < len(records) / 5, became
    assert became["no_name"] < len(records) / 20
    assert set(became) <= {"listing", "out_of_scope", "no_name"}


@pytest.mark.shared
def test_a_file_of_unheard_columns_is_refused_by_their_names(shared: Path) -> None:
    with pytest.raises(CrawlFailed, match="no map for the columns gid, c_gid, c_nom"):
        understood(load(shared, "hub-lo_2023-02-09"), "hub-lo")


@pytest.mark.shared
def test_no_name_of_a_place_is_taken_for_a_persons_in_any_text_of_a_producer(shared: Path) -> None:
    texts = {
        value
        for path in (shared / "data" / "producers").glob("*.json")
        for record in json.loads(path.read_text("utf-8"))
        for value in record.values()
        if isinstance(value, str)
    }
    cut = [text for text in map(scrub, texts) if without_names(text) != text]
    # among thousands of names, streets and descriptions one gives a person's name for a contact
    assert len(texts) > 10_000
    assert [without_names(text)[-49:] for text in cut] == ["Contacter M. […] au  pour plus de renseignements."]
