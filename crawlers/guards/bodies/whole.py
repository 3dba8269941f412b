"""Responses to whole, decoded data: size caps, cut bodies, challenge pages and hostile JSON, each a failure class."""

import re
from typing import Any, Literal, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.guards.addresses.public_web import shown
from crawlers.guards.bodies.json_text import BadJson, value_of
from crawlers.guards.bodies.stand_ins import challenge, container, instead_of_data
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.guards.personal_data.contacts import scrub

DEFAULT_CAP = 16 << 20
"""Bytes of a body, packed and unpacked; setting `DOWNLOAD_MAXSIZE`, per request `meta["download_maxsize"]`."""
LARGEST_CAP = 256 << 20
"""No request may ask for more, nor for no limit: bodies are held in memory."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Character sets only: Python also knows codecs such as unicode_escape and punycode, which are no text encodings.
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?((?:iso-?8859|windows|cp|latin|mac|koi8|shift|euc|gb|big5|utf-?16)[\w.:-]{0,20})", re.I
)


class BadBody(CrawlFailed, IgnoreRequest):
    """A body that is no data, though the server may have said 200."""


class BodyGuard:
    """Downloader middleware between decompression and retries: hold every request to a cap, refuse what is not whole.

    A body whose end was never announced (`flags=["partial"]`) is asked for again as often as the retry settings
    allow, then refused; a challenge page is refused at once, since trying again is what it is there to stop.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._cap = crawler.settings.getint("DOWNLOAD_MAXSIZE") or DEFAULT_CAP

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Give the request a cap between 1 byte and `LARGEST_CAP`."""
        asked = request.meta.get("download_maxsize") or self._cap
        request.meta["download_maxsize"] = max(1, min(int(asked), LARGEST_CAP))

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Response | Request:
        """Return the response when it is whole and no challenge, else a request to try again.

        Raises: BadBody.
        """
        if len(response.body) > request.meta.get("download_maxsize", self._cap):
            raise BadBody(Failure.TOO_LARGE, f"{len(response.body)} bytes: {shown(response.url)}")
        if "partial" in response.flags:
            reason = "partial body"
            again = get_retry_request(request, spider=self._crawler.spider, reason=reason)  # type: ignore[arg-type]
            if again is None:
                raise BadBody(Failure.PARTIAL, f"{len(response.body)} bytes, end not announced: {shown(response.url)}")
            return again
        if request.url.endswith("/robots.txt"):
            return response
        if marker := challenge(response):
            raise BadBody(Failure.CHALLENGE_PAGE, f"HTTP {response.status}, {marker}: {shown(response.url)}")
        return response


def json_body(response: Response, *, numbers: Literal["refuse", "text"] = "refuse") -> Any:
    """Return the value of a JSON response.

    NaN, Infinity and 1e999 refuse the page; with `numbers="text"` they become the text they were written as, so that
    the record they stand in can be rejected and the others kept. Lone surrogates become U+FFFD, NUL is dropped.

    Raises: BadBody with class empty, partial, challenge_page, login_page, error_page, not_json, truncated, hostile.
    """
    text = text_body(response, due=Failure.NOT_JSON)
    try:
        return value_of(text, numbers=numbers)
    except BadJson as error:
        start = "" if error.kind == "hostile" else f", begins {scrub(text.lstrip()[:200])[:40]!r}"
        raise BadBody(Failure(error.kind), f"{error} of {len(text)}{start}: {shown(response.url)}") from error


def text_body(response: Response, *, due: Failure = Failure.NOT_CSV) -> str:
    """Return the text of a data response: by its BOM, as UTF-8, by the declared charset, else Windows-1252.

    UTF-8 comes before the declaration: a wrong charset header is commoner than text that is UTF-8 by accident.
    Raises: BadBody with class empty, partial, challenge_page, login_page, error_page, moved, or `due` for a binary
    file.
    """
    body = whole_body(response)
    if kind := container(body):
        raise BadBody(due, f"a {kind} file: {shown(response.url)}")
    if instead := instead_of_data(response):
        failure, marker = instead
        first = response.meta.get("redirect_urls", [])[:1] if response.request else []
        if failure is Failure.ERROR_PAGE and first:
            raise BadBody(Failure.MOVED, f"{shown(first[0])} redirects to {marker}: {shown(response.url)}")
        raise BadBody(failure, f"HTTP {response.status}, {marker}: {shown(response.url)}")
    return decoded(body, response.headers.get(b"Content-Type") or b"")


def whole_body(response: Response) -> bytes:
    """Return the body. Raises: BadBody with class partial when it was cut, empty when there is nothing in it."""
    if "partial" in response.flags:
        raise BadBody(Failure.PARTIAL, f"{len(response.body)} bytes, end not announced: {shown(response.url)}")
    if not response.body.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        raise BadBody(Failure.EMPTY, f"HTTP {response.status} with an empty body: {shown(response.url)}")
    return response.body


def decoded(body: bytes, content_type: bytes = b"") -> str:
    """Return the text of a body; bytes that mean nothing in its encoding become U+FFFD."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    if body[:4].count(0) >= 2 and len(body) % 2 == 0:
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", "replace")
    declared = _CHARSET.search(content_type)
    for encoding in ("utf-8", declared[1].decode() if declared else "cp1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")
