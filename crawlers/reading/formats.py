"""A response to its records, strictly: what is not the format it should be is a failure, never an empty success."""

import csv
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from bs4 import BeautifulSoup
from scrapy.http import Response

from crawlers.guards.bodies import decoded, json_body, text_body, whole_body
from crawlers.guards.failures import CrawlFailed, Failure


def json_of(response: Response) -> Any:
    """Return the JSON document of a response; numbers no float holds stay text, for their record to be judged by.

    Raises: CrawlFailed with class empty, partial, truncated, not_json, error_page, challenge_page or hostile.
    """
    return json_body(response, numbers="text")


def object_of(response: Response) -> dict[str, Any]:
    """Return the JSON object of a response. Raises: CrawlFailed; empty for [] and {}, schema_changed for no object."""
    value = json_of(response)
    return value if isinstance(value, dict) and value else _not(response, "an object", value)


def array_of(response: Response) -> list[Any]:
    """Return the JSON array of a response. Raises: CrawlFailed; empty for [] and {}, schema_changed for no array."""
    value = json_of(response)
    return value if isinstance(value, list) and value else _not(response, "an array", value)


def csv_of(response: Response, *, delimiter: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a CSV response as dicts; the delimiter is read off the header when not given.

    A row with more cells than the header holds the surplus under the key None.
    Raises: CrawlFailed when there is no header, or the file ends inside a quoted cell.
    """
    text = text_body(response).lstrip("\ufeff")
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
    """Return the HTML document of a response. Raises: CrawlFailed when it is empty or cut short."""
    body = whole_body(response)
    return BeautifulSoup(decoded(body, response.headers.get(b"Content-Type") or b""), "lxml")


def _not(response: Response, wanted: str, value: Any) -> NoReturn:
    if value in ([], {}):  # PHP writes an empty object as an empty array
        raise CrawlFailed(Failure.EMPTY, f"{response.url}: {json.dumps(value)} where {wanted} should be")
    raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: {type(value).__name__} where {wanted} should be")
