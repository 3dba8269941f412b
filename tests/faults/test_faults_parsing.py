"""Cases 25 to 30 of publishing-and-safety.md §5.6: bodies built to break or to bend the reader."""

import json
from typing import Any

import pytest

from crawlers.guards.failures import Failure
from tests.faults.conftest import CrawlList, CrawlOnce, assert_failed, soak
from tests.faults.loopback import Loopback, http
from tests.faults.probe import lab, labs

CSV_HOST = "raw.githubusercontent.com"
CSV_HEAD = "ID,NOM_TL,ADRESSE,CP,INSEECOM,NOMCOM,WEB,TYPO,LAT,LONG"
CSV_ROW = "1,Atelier Fictif Drôme,1 rue du Port,26000,26362,Valence,,Tiers lieux à dominante fablab,44.93,4.89"


def with_lab(**changed: Any) -> str:
    """Return the list of four good labs and one with changed fields, as JSON text."""
    return json.dumps([*(lab(number) for number in range(4)), {**lab(4), **changed}])


# 26 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000 + "]" * 200_000,
        '{"a":' * 200_000,
        '[{"id": ' + "9" * 5_000 + "}]",
    ],
    ids=["nested arrays", "nested objects, cut", "5 000 digits"],
)
def test_json_no_reader_bears_is_a_failure_not_a_crash(crawl_list: CrawlList, body: str) -> None:
    assert_failed(crawl_list(http(body)), Failure.HOSTILE, Failure.TRUNCATED)


@pytest.mark.parametrize("number", ["NaN", soak("-Infinity"), "1e999"])
def test_number_that_is_none_costs_at_most_its_record(crawl_list: CrawlList, number: str) -> None:
    body = with_lab(latitude="@").replace('"@"', number)
    ended = crawl_list(http(body))
    if ended.code == 0:
        rows = {row["source_key"]: row for row in ended.table("listings").to_pylist()}
        assert len(rows) + ended.state["rejections"] == 5
        assert all(row["lat"] in (48.1, None) for row in rows.values())
    else:
        assert_failed(ended, Failure.HOSTILE)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"name": "Atelier \ud800 seul"}, "Atelier \ufffd seul"),
        ({"name": "Atelier\x00 nul"}, "Atelier nul"),
        ({"name": "x" * 5_000_000}, None),
        soak({"name": ["une", "liste"]}, None),
        soak({"name": {"fr": "objet"}}, None),
        ({"id": {"a": 1}}, None),
    ],
    ids=["lone surrogate", "NUL", "5 MB", "list", "object", "id object"],
)
def test_hostile_value_costs_at_most_its_record(crawl_list: CrawlList, changed: dict[str, Any], kept: str) -> None:
    ended = crawl_list(http(with_lab(**changed)))
    assert ended.code == 0, ended.log
    names = ended.table("listings")["name"].to_pylist()
    assert len(names) + ended.state["rejections"] == 5
    assert len(names) >= 4
    assert kept is None or kept in names
    assert all(len(name) < 10_000 for name in names)


def test_key_given_twice_has_one_value(crawl_list: CrawlList) -> None:
    ended = crawl_list(
        http(labs(5).replace('"name": "Atelier Fictif 4"', '"name": "Autre", "name": "Atelier Fictif 4"'))
    )
    assert "Autre" not in ended.table("listings")["name"].to_pylist()


@pytest.mark.soak
def test_string_of_50_mb_stays_under_the_cap_or_is_refused(crawl_list: CrawlList) -> None:
    ended = crawl_list(http(with_lab(description="x" * 50_000_000)))
    assert_failed(ended, Failure.TOO_LARGE)
    assert ended.rss_mb < 300


# 27 --------------------------------------------------------------------------------------------------


@pytest.fixture
def table(server: Loopback, crawl: CrawlOnce) -> CrawlOnce:
    """Run cget_2019, one CSV file, with a given body."""

    def once(body: bytes, kind: str = "text/csv") -> object:
        server.fallback = lambda key: http(body, Content_Type=kind) if key.endswith(".csv") else None
        return crawl(source="cget_2019", origins=server.origins(CSV_HOST))

    return once


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"{CSV_HEAD}\n{CSV_ROW}\n".encode(), "text/csv; charset=iso-8859-1"),
        (f"\ufeff{CSV_HEAD}\n{CSV_ROW}\n".encode(), "text/csv"),
        (f"{CSV_HEAD}\n{CSV_ROW}\n".encode("utf-16"), "text/csv"),
        (f"{CSV_HEAD}\n{CSV_ROW}\n".encode("cp1252"), "text/csv"),
        (f"{CSV_HEAD}\r\n{CSV_ROW}\n".replace(",", ";").encode(), "text/plain"),
    ],
    ids=["wrong charset header", "BOM", "UTF-16", "cp1252", "semicolons, mixed line ends"],
)
def test_table_in_another_encoding_is_read(table: CrawlOnce, body: bytes, kind: str) -> None:
    ended = table(body, kind)
    assert ended.code == 0, ended.state
    assert ended.table("listings")["name"].to_pylist() == ["Atelier Fictif Drôme"]


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (f'{CSV_HEAD}\n1,"Atelier sans fin,{CSV_ROW}\n' * 3, Failure.TRUNCATED),
        (",".join(f"c{number}" for number in range(1_000_000)) + "\n" + CSV_ROW, Failure.SCHEMA_CHANGED),
        (CSV_HEAD.replace("NOM_TL", "NOM") + f"\n{CSV_ROW}\n", Failure.SCHEMA_CHANGED),
    ],
    ids=["quote without end", "a million columns", "renamed column"],
)
def test_table_that_is_none_is_a_failure(table: CrawlOnce, body: str, failure: Failure) -> None:
    ended = table(body.encode())
    assert_failed(ended, failure, Failure.NOT_CSV, Failure.HOSTILE)
    assert ended.rss_mb < 500


# 28 --------------------------------------------------------------------------------------------------


def _all(change: Any) -> str:
    return json.dumps([change(lab(number)) for number in range(6)])


@pytest.mark.parametrize(
    "body",
    [
        _all(lambda found: {("title" if key == "name" else key): value for key, value in found.items()}),
        _all(lambda found: {key: value for key, value in found.items() if key not in ("latitude", "longitude")}),
        soak(json.dumps({"data": json.loads(labs(6))})),
        soak(_all(lambda found: [found])),
        _all(lambda found: {**found, "id": None}),
        _all(lambda found: {**found, "latitude": {"deg": 48}, "longitude": {"deg": -1}}),
        _all(lambda found: {**found, "latitude": 5_340_000, "longitude": -178_000}),
    ],
    ids=["renamed", "dropped", "list to object", "record to list", "ids gone", "number to object", "units"],
)
def test_changed_schema_is_told_and_not_published(crawl_list: CrawlList, body: str) -> None:
    assert_failed(crawl_list(http(body)), Failure.SCHEMA_CHANGED)


def test_number_written_as_text_is_still_a_number(crawl_list: CrawlList) -> None:
    ended = crawl_list(http(_all(lambda found: {**found, "latitude": "48.1", "longitude": "-1,6"})))
    assert ended.code == 0, ended.state
    assert set(ended.table("listings")["lon"].to_pylist()) == {-1.6}
