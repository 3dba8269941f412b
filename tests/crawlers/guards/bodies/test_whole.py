"""A body is whole, decoded data, or the failure class of what it is instead."""

import contextlib
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request, Spider
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawlers.guards.bodies.json_text import MAX_DEPTH, BadJson, value_of
from crawlers.guards.bodies.whole import (
    LARGEST_CAP,
    BadBody,
    BodyGuard,
    decoded,
    json_body,
)
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import array_of, object_of

URL = "https://lab.example.org/api/labs?key=s3cret"

CLOUDFLARE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={cvId:'3'}</script></body></html>"""
ANUBIS = b"<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title></head></html>"
LOGIN = b'<html><head><title>Connexion</title></head><form action="/users/login"><input type="password"></form></html>'
PHP_ERROR = b"<br />\n<b>Fatal error</b>: Uncaught PDOException in <b>/var/www/api.php</b> on line <b>12</b><br />"


def response(body: bytes | str, status: int = 200, flags: list[str] | None = None, **headers: str) -> Response:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(URL, body=raw, status=status, flags=flags, headers=named)


def failure(body: bytes | str, **keywords: Any) -> Failure:
    with pytest.raises(BadBody) as bad:
        json_body(response(body, **keywords))
    assert "s3cret" not in bad.value.evidence
    return bad.value.failure


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", Failure.EMPTY),
        (b" \r\n ", Failure.EMPTY),
        (b"\xef\xbb\xbf", Failure.EMPTY),
        ('[{"id": 1}, {"id"', Failure.TRUNCATED),
        ('[{"id": 1}, {"id": 2}', Failure.TRUNCATED),
        ('[{"id": 1, "name": "Fab', Failure.TRUNCATED),
        ("[" + '{"a":[1]},' * 100_000 + '{"a"', Failure.TRUNCATED),
        ("Access denied", Failure.NOT_JSON),
        ("[1] <br/>Warning", Failure.NOT_JSON),
        ("callback([1])", Failure.NOT_JSON),
        (CLOUDFLARE, Failure.CHALLENGE_PAGE),
        (ANUBIS, Failure.CHALLENGE_PAGE),
        (LOGIN, Failure.LOGIN_PAGE),
        (PHP_ERROR, Failure.ERROR_PAGE),
        (b"\xef\xbb\xbf\n<!-- x --><HTML><title>404</title>", Failure.ERROR_PAGE),
        ("[" * 200_000, Failure.HOSTILE),
        ("[" * 200_000 + "]" * 200_000, Failure.HOSTILE),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, Failure.HOSTILE),
        ('{"lat": NaN}', Failure.HOSTILE),
        ('{"lat": -Infinity}', Failure.HOSTILE),
        ('{"lat": 1e999}', Failure.HOSTILE),
        ('{"id": ' + "9" * 5000 + "}", Failure.HOSTILE),
        ('{"id": 0.' + "9" * 5000 + "}", Failure.HOSTILE),
    ],
)
def test_what_is_no_data_is_a_failure_class_and_never_an_empty_success(body: bytes | str, expected: Failure) -> None:
    assert failure(body) is expected


def test_body_whose_end_was_not_announced_is_partial_even_if_it_parses() -> None:
    assert failure("[1]", flags=["partial"]) is Failure.PARTIAL


def test_one_number_that_is_none_can_cost_a_record_instead_of_the_page() -> None:
    body = '[{"lat": NaN, "lon": 1e999}, {"lat": 48.5, "id": 12345678901234567890123}]'
    assert json_body(response(body), numbers="text") == [
        {"lat": "NaN", "lon": "1e999"},
        {"lat": 48.5, "id": 12345678901234567890123},
    ]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"a": "\\ud800x"}', {"a": "\ufffdx"}),
        ('{"a": "\\udc00\\ud800"}', {"a": "\ufffd\ufffd"}),
        ('{"a": "\\ud83d\\udee0"}', {"a": "🛠"}),
        ('{"a": "\\\\ud800"}', {"a": "\\ud800"}),
        ('{"a": "x\\u0000y"}', {"a": "xy"}),
        (b'{"a": "x\x00y"}', {"a": "xy"}),
        ('{"a": "x\ty\n"}', {"a": "x\ty\n"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("\ufeff[1]", [1]),
        ('{"a": "[[[{{{' + "[" * 1000 + '"}', {"a": "[[[{{{" + "[" * 1000}),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        ('{"name": "Drôme"}'.encode("utf-16"), {"name": "Drôme"}),
        ('{"name": "Drôme"}'.encode("utf-16-le"), {"name": "Drôme"}),
        ('{"name": "Drôme"}'.encode("cp1252"), {"name": "Drôme"}),
    ],
)
def test_what_other_readers_choke_on_is_read(body: bytes | str, value: Any) -> None:
    assert json_body(response(body)) == value


def test_wrong_charset_header_does_not_spoil_utf_8() -> None:
    assert json_body(response('["Drôme"]', Content_Type="application/json; charset=iso-8859-1")) == ["Drôme"]
    assert decoded("Łódź".encode("iso-8859-2"), b"text/csv; charset=ISO-8859-2") == "Łódź"
    assert decoded(b"Dr\xf4me", b"text/csv; charset=unicode_escape") == "Drôme"


def test_value_of_the_wrong_kind_is_told_from_none_at_all() -> None:
    assert object_of(response('{"a": 1}')) == {"a": 1}
    assert array_of(response("[1]")) == [1]
    for read, body, expected in (
        (object_of, "[]", Failure.EMPTY),
        (object_of, "{}", Failure.EMPTY),
        (object_of, "[1]", Failure.SCHEMA_CHANGED),
        (object_of, "null", Failure.SCHEMA_CHANGED),
        (array_of, "[]", Failure.EMPTY),
        (array_of, '{"a": 1}', Failure.SCHEMA_CHANGED),
        (array_of, '"x"', Failure.SCHEMA_CHANGED),
    ):
        with pytest.raises(CrawlFailed) as bad:
            read(response(body))
        assert bad.value.failure is expected


def test_evidence_names_no_contact_of_the_body() -> None:
    with pytest.raises(BadBody) as bad:
        json_body(response("pierre.dupont@ville.fr 06 12 34 56 78 wrote"))
    assert "dupont" not in bad.value.evidence
    assert "34 56" not in bad.value.evidence


@given(st.text(alphabet='[]{}",:\\ud8c0019eE.-NanI \t', max_size=120))
def test_no_text_ends_otherwise_than_in_a_value_or_a_refusal(text: str) -> None:
    try:
        value = value_of(text)
    except BadJson:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_honest_json_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    cleaned = json.loads(text.replace("\\u0000", ""))
    assert value_of(text) == cleaned or "\\u0000" in text or "\\ud" in text


@pytest.mark.parametrize(
    "body", ['"' + "x" * 10_000_000 + '"', "[" + "1," * 2_000_000 + "1]", "\\" * 5_000_000, '"\\' * 1_000_000]
)
def test_long_text_is_read_or_refused_in_linear_time(body: str) -> None:
    started = time.process_time()
    with contextlib.suppress(BadJson):
        value_of(body)
    assert time.process_time() - started < 3


def guard(**settings: Any) -> BodyGuard:
    crawler = get_crawler(Spider, {"DOWNLOAD_MAXSIZE": 1000, **settings})
    crawler.spider = Spider(name="x")
    crawler.spider.crawler = crawler
    return BodyGuard.from_crawler(crawler)


@pytest.mark.parametrize(("asked", "cap"), [(None, 1000), (0, 1000), (5000, 5000), (1 << 40, LARGEST_CAP), (-1, 1)])
def test_every_request_has_a_cap(asked: int | None, cap: int) -> None:
    request = Request(URL, meta={} if asked is None else {"download_maxsize": asked})
    guard().process_request(request)
    assert request.meta["download_maxsize"] == cap


def test_body_over_the_cap_is_refused_and_one_at_the_cap_is_not() -> None:
    bodies, request = guard(), Request(URL)
    at_cap = response(b"x" * 1000)
    assert bodies.process_response(request, at_cap) is at_cap
    with pytest.raises(BadBody) as bad:
        bodies.process_response(request, response(b"x" * 1001))
    assert bad.value.failure is Failure.TOO_LARGE


def test_partial_body_is_tried_again_then_refused() -> None:
    bodies = guard(RETRY_TIMES=1)
    bodies._crawler.stats = SimpleNamespace(inc_value=lambda *a, **k: None)  # type: ignore[assignment]
    again = bodies.process_response(Request(URL), response("[1]", flags=["partial"]))
    assert isinstance(again, Request)
    with pytest.raises(BadBody) as bad:
        bodies.process_response(again, response("[1]", flags=["partial"]))
    assert bad.value.failure is Failure.PARTIAL


def test_challenge_page_is_refused_at_once_but_robots_txt_is_for_its_own_guard() -> None:
    bodies = guard()
    page = HtmlResponse(URL, status=503, body=CLOUDFLARE, encoding="utf-8")
    with pytest.raises(BadBody) as bad:
        bodies.process_response(Request(URL), page)
    assert bad.value.failure is Failure.CHALLENGE_PAGE
    assert bodies.process_response(Request("https://lab.example.org/robots.txt"), page) is page


def test_settings_name_guards_that_exist() -> None:
    from scrapy.utils.misc import load_object

    from crawlers.guards import MIDDLEWARES, RESOLVER

    assert all(load_object(name) for name in [*MIDDLEWARES, RESOLVER])
    assert Settings({"DOWNLOADER_MIDDLEWARES": MIDDLEWARES}).getdict("DOWNLOADER_MIDDLEWARES") == MIDDLEWARES
