"""A response to its records, strictly: what is not the format it should be is a failure, never an empty success."""

import csv
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from scrapy.http import Response

from crawlers.guards.bodies.whole import json_body, text_body
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


def total_of(response: Response, answer: dict[str, Any], name: str) -> int:
    """Return how many records an answer says there are in all, 0 where it says nothing.

    Raises: CrawlFailed, schema_changed, when it says so in something that is no number.
    """
    value = answer.get(name) or 0
    return value if isinstance(value, int) else _not(response, f"the number {name}", value)


def csv_of(response: Response, *, delimiter: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a CSV response as dicts; the delimiter is read off the header when not given.

    A row with more cells than the header holds the surplus under the key None; of two columns of one name the first
    has it, the second is "name (2)".
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
    reader.fieldnames = _told_apart(name.strip() for name in reader.fieldnames or ())
    try:
        yield from reader
    except csv.Error as error:
        raise CrawlFailed(Failure.NOT_CSV, f"{response.url}: CSV line {reader.line_num}: {error}") from error


def _told_apart(names: Iterable[str]) -> list[str]:
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def unpacked(body: bytes, most: int) -> bytes:
    """Return a gzip file unpacked, or the body itself when it is none.

    Raises: CrawlFailed, too_large when more than `most` bytes come out, truncated when it ends early or is broken.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        out = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise CrawlFailed(Failure.TRUNCATED, f"gzip: {error}") from error
    if len(out) > most:
        raise CrawlFailed(Failure.TOO_LARGE, f"gzip: more than {most} bytes")
    if not unpacker.eof:
        raise CrawlFailed(Failure.TRUNCATED, "gzip: ends early")
    return out


def _not(response: Response, wanted: str, value: Any) -> NoReturn:
    if value in ([], {}):  # PHP writes an empty object as an empty array
        raise CrawlFailed(Failure.EMPTY, f"{response.url}: {json.dumps(value)} where {wanted} should be")
    raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: {type(value).__name__} where {wanted} should be")
