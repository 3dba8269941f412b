"""A person in every field a source can hide one in stands in no table, state, evidence or log of the crawl."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.frozen import PAGES
from tests.crawlers.spider_process import Ended, crawl, site

HOST = "www.fablabs.io"
CANARIES = ("claire.canari", "canari@", "06 12 34 56 79", "0612345679", "+33612345679", "+33 6 12 34 56 79")
PERSON = "Contact : Claire Canari, claire.canari@lavoir.example, 06 12 34 56 79 ou +33 6 12 34 56 79"
JSON = {"Content-Type": "application/json"}


def lab(**fields: Any) -> dict[str, Any]:
    first: dict[str, Any] = json.loads((PAGES / "fablabs_io" / "labs.json").read_text("utf-8"))[0]
    return first | fields


def told(ended: Ended) -> str:
    """Return everything a crawl leaves but its archive: tables as text, as their files are compressed."""
    tables = [str(ended.rows(name)) for name in ("listings", "rejections", "unanswered", "pages")]
    return "\n".join([*tables, (ended.out / "source.json").read_text("utf-8"), ended.stderr])


def crawl_labs(tmp_path: Path, body: bytes) -> Ended:
    origins = tmp_path / "origins.json"
    with site({f"{HOST}/api/labs": (200, JSON, body)}, origins, HOST):
        return crawl("fablabs_io", tmp_path / "archive", tmp_path / "out", "--origins", str(origins))


def test_a_person_in_any_field_of_a_listing_or_rejection_is_nowhere(tmp_path: Path) -> None:
    texts = (
        "name",
        "description",
        "blurb",
        "address_1",
        "address_2",
        "city",
        "postal_code",
        "phone",
        "email",
        "kind_name",
    )
    labs = [lab(id=number, **{field: PERSON}) for number, field in enumerate(texts)]
    labs += [
        lab(id=20, capabilities=[PERSON], links=[{"url": "mailto:claire.canari@lavoir.example"}]),
        lab(id=21, email="claire.canari@lavoir.example", phone="06 12 34 56 79"),
        lab(id=22, phone=612345679),
        lab(id=23, name=None, description=PERSON),
        lab(id=24, latitude=PERSON),
        lab(id={"email": "claire.canari@lavoir.example"}),
        lab(id=25, country_code=PERSON, activity_status=PERSON, slug=PERSON),
    ]
    ended = crawl_labs(tmp_path, json.dumps(labs).encode())
    assert ended.status == 0, ended.stderr
    everything = told(ended)
    assert not [canary for canary in CANARIES if canary in everything]
    assert "Claire" not in everything
    assert len(ended.rows("listings")) > 10


@pytest.mark.parametrize(
    "body",
    [
        PERSON.encode(),
        json.dumps([{"id": 1, "name": PERSON}]).encode()[:-2],
        json.dumps({"error": PERSON}).encode(),
        f"<html><title>{PERSON}</title></html>".encode(),
    ],
    ids=["no-json", "cut", "another-schema", "page"],
)
def test_a_person_in_an_answer_that_fails_is_in_no_evidence(tmp_path: Path, body: bytes) -> None:
    ended = crawl_labs(tmp_path, body)
    assert ended.status == 1
    everything = told(ended)
    assert ended.state["evidence"]
    assert not [canary for canary in CANARIES if canary in everything], everything
