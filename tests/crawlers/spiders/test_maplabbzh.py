"""MapLabBZH: its columns, their spelling and its commits have changed over ten years."""

import json
from typing import Any

import pytest

from crawlers.guards.failures import Failure
from crawlers.spiders.maplabbzh import MapLabBzh
from tests.crawlers.frozen import Frozen, read


def feature(**properties: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [-2.76, 47.655]}
    return {"type": "Feature", "properties": properties, "geometry": point}


OF_2015 = {"name": "Atelier du Lavoir", "structure": "MakerSpace", "adresse": "4 rue du Lavoir", "cp": "56000",
           "ville": "Vannes", "web": "", "twitter": ""}  # fmt: skip
"""The columns of the first version: no id, no contact, the structure in capitals."""


@pytest.mark.parametrize("structure", ["MakerSpace", "makerspace", "hakerspace", "fablab", "fablabMIT"])
def test_the_first_columns_are_enough_in_any_spelling_of_the_structure(frozen: Frozen, structure: str) -> None:
    lab = feature(**OF_2015 | {"structure": structure})
    frozen.add(MapLabBzh.file_url, {"type": "FeatureCollection", "features": [lab]})
    (row,) = read("maplabbzh", frozen).harvest.listings
    assert (row.source_key, row.kinds, row.website) == ("atelier-du-lavoir/vannes", [structure], None)


COLLECTION = json.dumps({"type": "FeatureCollection", "features": [feature(**OF_2015)]})


@pytest.mark.parametrize(
    ("body", "failure"),
    [(COLLECTION[:-2], Failure.TRUNCATED), (COLLECTION.replace("}]", "},]"), Failure.NOT_JSON)],
)
def test_a_commit_that_is_no_json_is_a_failure(frozen: Frozen, body: str, failure: Failure) -> None:
    frozen.add(MapLabBzh.file_url, body)
    failed = read("maplabbzh", frozen).spider.failed
    assert failed is not None
    assert failed.failure == failure
