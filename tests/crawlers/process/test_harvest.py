"""A source that answers less, or something else, has failed: never an empty success, never a silent overwrite."""

import json
from typing import Any

import pytest

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.process.harvest import judge, settled
from crawlers.source import Reading, Record
from tests.crawlers.frozen import PAGES, Frozen, Read, read
from warehouse.schema import Listing

URL = "https://www.fablabs.io/api/labs"
LABS: list[dict[str, Any]] = [lab for lab in json.loads((PAGES / "fablabs_io" / "labs.json").read_text()) if lab]
MANY = [LABS[3] | {"id": number, "slug": f"lab{number}"} for number in range(20)]


def failure_of(found: Read) -> CrawlFailed:
    if found.spider.failed:
        return found.spider.failed
    with pytest.raises(CrawlFailed) as caught:
        judge(found.spider, found.harvest)
    return caught.value


def fablabs(frozen: Frozen, body: Any, **more: Any) -> Read:
    frozen.add(URL, body, **more)
    return read("fablabs_io", frozen)


@pytest.mark.parametrize("field", ["name", "latitude", "country_code", "activity_status"])
def test_a_renamed_field_is_a_changed_schema(frozen: Frozen, field: str) -> None:
    renamed = [{f"new_{key}" if key == field else key: value for key, value in lab.items()} for lab in MANY]
    failed = failure_of(fablabs(frozen, renamed))
    assert failed.failure == Failure.SCHEMA_CHANGED
    assert field in failed.evidence


def test_a_field_that_most_records_lost_is_a_changed_schema(frozen: Frozen) -> None:
    emptied = [lab | {"latitude": None, "longitude": None} for lab in MANY[:-1]] + MANY[-1:]
    failed = failure_of(fablabs(frozen, emptied))
    assert failed.failure == Failure.SCHEMA_CHANGED
    assert failed.evidence == "5% of 20 listings have lat, at least 50% expected"


def test_records_that_mostly_break_a_rule_are_a_changed_schema(frozen: Frozen) -> None:
    failed = failure_of(fablabs(frozen, [lab | {"name": {"fr": "x"}} for lab in MANY]))
    assert failed.failure == Failure.SCHEMA_CHANGED
    assert "20 of 20 records rejected: 20 string_too_short of name" in failed.evidence


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", Failure.EMPTY),
        (b"[]", Failure.EMPTY),
        (b"{}", Failure.EMPTY),
        (b'{"labs": [1]}', Failure.SCHEMA_CHANGED),
        (json.dumps(MANY).encode()[:-1], Failure.TRUNCATED),
        (json.dumps(MANY).encode()[:600], Failure.TRUNCATED),
        (b"<!DOCTYPE html><html><body>We are moving</body></html>", Failure.ERROR_PAGE),
        (b"You need to provide a token to access this API.", Failure.NOT_JSON),
        (b"[" * 200_000, Failure.HOSTILE),
    ],
)
def test_a_body_that_is_no_list_of_labs_is_a_failure(frozen: Frozen, body: bytes, failure: Failure) -> None:
    assert failure_of(fablabs(frozen, body)).failure == failure


def test_too_few_and_too_many_listings_are_failures(frozen: Frozen) -> None:
    assert failure_of(fablabs(frozen, MANY[:2])).evidence == "2 listings, between 3 and 20000 expected"


def test_a_record_of_another_shape_is_a_rejection_and_the_others_go_on(frozen: Frozen) -> None:
    odd: list[Any] = [None, 7, "x", [], {"id": {"$oid": 1}}, LABS[3] | {"links": {"a": 1}, "address_1": 5}]
    found = fablabs(frozen, MANY + odd)
    judge(found.spider, found.harvest)
    assert len(found.harvest.listings) + len(found.harvest.rejections) == len(MANY + odd)
    assert len(found.harvest.listings) == 21


def test_numbers_no_float_holds_and_broken_text_reject_or_empty_a_field_but_never_crash(frozen: Frozen) -> None:
    body = json.dumps(MANY)[:-1] + (
        ', {"id": 77, "name": "a\\ud800\\u0000b", "slug": "x", "latitude": NaN, "longitude": 1e999},'
        ' {"id": 123456789012345678901234567890, "name": "Big", "slug": "y", "latitude": 1e400, "longitude": 2}]'
    )
    found = fablabs(frozen, body)
    rows = {row.source_key: row for row in found.harvest.listings}
    assert (rows["77"].lat, rows["77"].lon) == (None, None)
    assert "\ud800" not in rows["77"].name
    assert rows["123456789012345678901234567890"].lat is None


def test_a_second_record_of_a_key_is_a_rejection_whatever_the_order_of_pages() -> None:
    def reading(page: str, name: str, digest: str) -> Reading:
        row = Listing(source="a", source_key="1", name=name, page_sha256=digest * 64)
        return Reading(Record({}, page, "1", digest * 64), row)

    first, second = reading("p", "First", "0"), reading("q", "Second", "f")
    for order in ([first, second], [second, first]):
        harvest = settled(order)
        assert [row.name for row in harvest.listings] == ["First"]
        assert [(row.rule, row.page, row.record) for row in harvest.rejections] == [("duplicate_key", "q", "1")]


def test_rejections_of_one_record_are_told_apart(frozen: Frozen) -> None:
    found = fablabs(frozen, [*MANY, LABS[4], LABS[4], LABS[4]])
    assert [row.record for row in found.harvest.rejections] == ["105", "105#2", "105#3"]


def test_a_rejected_value_is_short_and_free_of_personal_data(frozen: Frozen) -> None:
    name = "Appelez claire.morin@example.fr au 06 12 34 56 78 " + "x" * 600
    rejection = fablabs(frozen, [*MANY, LABS[0] | {"id": 9000, "name": name}]).harvest.rejections[0]
    assert rejection.rule == "string_too_long"
    assert rejection.value is not None
    assert len(rejection.value) <= 200
    assert "claire" not in rejection.value
    assert "06 12" not in rejection.value


def test_an_overpass_remark_is_a_failure_though_elements_came(frozen: Frozen) -> None:
    answer = json.loads((PAGES / "openstreetmap" / "interpreter.json").read_text())
    answer["remark"] = 'runtime error: Query timed out in "query" at line 3 after 181 seconds.'
    frozen.add("https://overpass-api.de/api/interpreter", answer, method="POST")
    found = read("openstreetmap", frozen)
    assert failure_of(found).failure == Failure.REMARK
    assert not found.harvest.listings


def test_a_paged_wiki_that_breaks_off_fails_as_a_whole(frozen: Frozen) -> None:
    pages = json.loads((PAGES / "hackerspaces_org" / "pages.json").read_text())
    frozen.add(pages[0]["url"], (PAGES / "hackerspaces_org" / "offset_0.json").read_bytes())
    frozen.add(pages[1]["url"], b"", status=503)
    assert failure_of(read("hackerspaces_org", frozen)).failure == Failure.SERVER_ERROR


def test_a_paged_wiki_that_goes_in_circles_fails(frozen: Frozen) -> None:
    pages = json.loads((PAGES / "hackerspaces_org" / "pages.json").read_text())
    first = json.loads((PAGES / "hackerspaces_org" / "offset_0.json").read_text())
    frozen.add(pages[0]["url"], first | {"query-continue-offset": 0})
    failed = failure_of(read("hackerspaces_org", frozen))
    assert "a loop" in failed.evidence


@pytest.mark.parametrize("results", [[], {}])
def test_an_empty_wiki_answer_is_a_failure(frozen: Frozen, results: Any) -> None:
    pages = json.loads((PAGES / "hackerspaces_org" / "pages.json").read_text())
    frozen.add(pages[0]["url"], {"query": {"results": results}})
    assert failure_of(read("hackerspaces_org", frozen)).failure == Failure.EMPTY


def test_a_directory_without_any_answer_fails_and_a_huge_one_is_not_asked(frozen: Frozen) -> None:
    frozen.add("https://directory.spaceapi.io/", {"A": "https://a.example/", "B": "not a url", "C": None})
    found = read("spaceapi", frozen)
    assert len(found.spider.unread) == 3
    assert failure_of(found).failure == Failure.EMPTY
    frozen.add("https://directory.spaceapi.io/", {str(n): f"https://{n}.example/" for n in range(10_000)})
    found = read("spaceapi", frozen)
    assert failure_of(found).failure == Failure.HOSTILE
    assert len(found.asked) == 1


def test_the_people_of_a_space_never_leave_the_parser(frozen: Frozen) -> None:
    golden = (PAGES / "spaceapi" / "golden.json").read_text("utf-8")
    page = (PAGES / "spaceapi" / "v15.json").read_text("utf-8")
    for secret in ("Yann", "yann@", "+33 6", "Maïwenn"):
        assert secret in page
        assert secret not in golden
