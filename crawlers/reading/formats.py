"""A response to its records, strictly: what is not the format it should be is a failure, never an empty success."""

import csv
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from bs4 import BeautifulSoup
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure

_CHALLENGE = re.compile(rb"captcha|cf-chl|challenge-platform|just a moment|access denied|attention required", re.I)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml|h\d|p\b|div\b)", re.I)


def json_of(response: Response) -> Any:
    """Return the JSON document of a response. NaN and infinities become None; what no JSON reader bears is a failure.

    Raises: CrawlFailed with class empty, partial, truncated, not_json, error_page, challenge_page or hostile.
    """
    text = text_of(response)
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        # an error at the very end of the text is a document that stops too early
        if error.pos >= len(text.rstrip()) - 1 or "Unterminated string" in error.msg:
            raise CrawlFailed(
                Failure.TRUNCATED, f"{response.url}: JSON ends at byte {len(text)}: {error.msg}"
            ) from error
        raise CrawlFailed(Failure.NOT_JSON, f"{response.url}: no JSON: {error.msg} at {error.pos}") from error
    except (RecursionError, ValueError) as error:
        raise CrawlFailed(Failure.HOSTILE, f"{response.url}: JSON no reader bears: {type(error).__name__}") from error


def object_of(response: Response) -> dict[str, Any]:
    """Return the JSON object of a response. Raises: CrawlFailed, schema_changed when it is no object."""
    value = json_of(response)
    return value if isinstance(value, dict) else _not(response, "an object", value)


def array_of(response: Response) -> list[Any]:
    """Return the JSON array of a response. Raises: CrawlFailed, schema_changed when it is no array."""
    value = json_of(response)
    return value if isinstance(value, list) else _not(response, "an array", value)


def csv_of(response: Response, *, delimiter: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a CSV response as dicts; the delimiter is read off the header when not given.

    A row with more cells than the header holds the surplus under the key None.
    Raises: CrawlFailed when there is no header, or the file ends inside a quoted cell.
    """
    text = text_of(response).lstrip("\ufeff")
    header = text.split("\n", 1)[0]
    found = delimiter or max(";,\t|", key=header.count)
    if found not in header:
        raise CrawlFailed(Failure.NOT_CSV, f"{response.url}: no CSV header: {header[:80]!r}")
    if text.count('"') % 2:
        raise CrawlFailed(Failure.TRUNCATED, f"{response.url}: CSV ends inside a quoted cell")
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=found)
    try:
        yield from reader
    except csv.Error as error:
        raise CrawlFailed(Failure.NOT_CSV, f"{response.url}: CSV line {reader.line_num}: {error}") from error


def html_of(response: Response) -> BeautifulSoup:
    """Return the HTML document of a response. Raises: CrawlFailed when it is empty, cut short or a challenge page."""
    body = _whole(response)
    if _CHALLENGE.search(body[:20_000]) and len(body) < 50_000 and b"<form" not in body.lower():
        raise CrawlFailed(Failure.CHALLENGE_PAGE, f"{response.url}: a challenge page")
    return BeautifulSoup(body, "lxml")


def text_of(response: Response) -> str:
    """Return the text of a data response, by its BOM, its declared charset or UTF-8.

    Raises: CrawlFailed when it is empty, cut short, or markup.
    """
    body = _whole(response)
    if _MARKUP.match(body):
        failure = Failure.CHALLENGE_PAGE if _CHALLENGE.search(body[:20_000]) else Failure.ERROR_PAGE
        raise CrawlFailed(failure, f"{response.url}: markup where data should be")
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    try:
        # a wrong charset header is commoner than text that is valid UTF-8 by accident
        return body.decode("utf-8")
    except UnicodeDecodeError:
        declared = getattr(response, "encoding", None) or "cp1252"
        return body.decode("cp1252" if declared in ("utf-8", "ascii") else declared, "replace")


def _whole(response: Response) -> bytes:
    if "partial" in response.flags:
        raise CrawlFailed(Failure.PARTIAL, f"{response.url}: the connection ended before the body did")
    if not response.body.strip():
        raise CrawlFailed(Failure.EMPTY, f"{response.url}: HTTP {response.status} with an empty body")
    return response.body


def _not(response: Response, wanted: str, value: Any) -> NoReturn:
    if value in ([], {}):  # PHP writes an empty object as an empty array
        raise CrawlFailed(Failure.EMPTY, f"{response.url}: {json.dumps(value)} where {wanted} should be")
    raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: {type(value).__name__} where {wanted} should be")
