"""Every way a source can fail, as a table: name, published sentence, state of the source, worth of a retry."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from crawlers.guards.addresses.public_web import shown
from crawlers.guards.personal_data.contacts import scrub

FailedState = Literal["failed", "blocked", "skipped"]

EVIDENCE_LIMIT = 300
"""Characters of evidence kept: enough for a status, a URL and the start of a body; longer is page content."""
_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


class Failure(StrEnum):
    """Failure class as it stands in `sources.failure`."""

    BLOCKED = "blocked"
    CHALLENGE_PAGE = "challenge_page"
    LOGIN_PAGE = "login_page"
    RATE_LIMITED = "rate_limited"
    GONE = "gone"
    MOVED = "moved"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TLS = "tls"
    PROTOCOL = "protocol"
    REDIRECTS = "redirects"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    REFUSED_ADDRESS = "refused_address"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    PARTIAL = "partial"
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    NOT_CSV = "not_csv"
    NOT_XML = "not_xml"
    ERROR_PAGE = "error_page"
    HOSTILE = "hostile"
    REMARK = "remark"
    SCHEMA_CHANGED = "schema_changed"
    BUDGET = "budget"
    MISSING_PAGE = "missing_page"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class FailureClass:
    """What a failure means and what follows from it."""

    sentence: str
    state: FailedState = "failed"
    is_retryable: bool = False


FAILURES: dict[Failure, FailureClass] = {
    Failure.BLOCKED: FailureClass("The server refuses this crawler: 401, 403, 406 or 451.", "blocked"),
    Failure.CHALLENGE_PAGE: FailureClass(
        "A protection service answered with a page that tests for a human; it is not worked around.", "blocked"
    ),
    Failure.LOGIN_PAGE: FailureClass("A log-in page stands where the data was.", "blocked"),
    Failure.RATE_LIMITED: FailureClass("The server asks for fewer requests: 429.", is_retryable=True),
    Failure.GONE: FailureClass("The address answers 404 or 410: the source moved or ended."),
    Failure.MOVED: FailureClass("The address redirects, and what stands there is a page instead of the data."),
    Failure.SERVER_ERROR: FailureClass("The server failed: 5xx.", is_retryable=True),
    Failure.UNREACHABLE: FailureClass(
        "No answer: the name does not resolve, or the connection was refused or reset.", is_retryable=True
    ),
    Failure.TIMED_OUT: FailureClass("The answer did not end in the time allowed.", is_retryable=True),
    Failure.TLS: FailureClass("The certificate is expired, self-signed, for another name or otherwise not trusted."),
    Failure.PROTOCOL: FailureClass("What the server sent is not valid HTTP, or its compression is broken."),
    Failure.REDIRECTS: FailureClass("The address redirects in a circle or too many times."),
    Failure.ROBOTS: FailureClass("By its robots.txt the site does not want this crawler there.", "blocked"),
    Failure.ROBOTS_UNREACHABLE: FailureClass(
        "The robots.txt answers 5xx or not at all, which RFC 9309 counts as forbidden.", "skipped", is_retryable=True
    ),
    Failure.REFUSED_ADDRESS: FailureClass(
        "The address is not a public web address: another scheme, a password, an undeclared port or a private network."
    ),
    Failure.TOO_LARGE: FailureClass("The body, or what it unpacks to, is larger than the cap of the request."),
    Failure.EMPTY: FailureClass("The server answered well but without any data: an empty body, list or table."),
    Failure.PARTIAL: FailureClass(
        "The connection ended before the body could be known to be whole.", is_retryable=True
    ),
    Failure.TRUNCATED: FailureClass("The body ends in the middle of the data.", is_retryable=True),
    Failure.NOT_JSON: FailureClass("The body is not JSON where JSON is due."),
    Failure.NOT_CSV: FailureClass("The body is not the declared kind of table."),
    Failure.NOT_XML: FailureClass("The body is not well-formed XML, or declares entities of its own."),
    Failure.ERROR_PAGE: FailureClass("An HTML page answers with success where data is due."),
    Failure.HOSTILE: FailureClass(
        "The body is built to exhaust the reader: nesting, numbers, columns or archives beyond any honest use."
    ),
    Failure.REMARK: FailureClass(
        "The server reports in the body that its answer is incomplete (Overpass `remark`).", is_retryable=True
    ),
    Failure.SCHEMA_CHANGED: FailureClass("The data no longer has the fields or types the source is read by."),
    Failure.BUDGET: FailureClass("The crawl reached its limit of pages, depth or time before the source ended."),
    Failure.MISSING_PAGE: FailureClass("The archive of the week does not hold the page."),
    Failure.CRASHED: FailureClass(
        "Our own reader broke: a bug, with its exception and place in the evidence, or a spider that ended without "
        "handing over."
    ),
}
"""Published in docs/sources.md; a test holds the table complete."""


class CrawlFailed(Exception):
    """The world failed, not the code: what happened, and what showed it.

    `evidence` is one line, safe to log and to publish: control characters, contacts, and the user, password and query
    of every URL are removed, and it is cut to `EVIDENCE_LIMIT`.
    """

    def __init__(self, failure: Failure, evidence: str) -> None:
        self.failure = failure
        self.evidence = printable(scrub(_URL.sub(lambda url: shown(url[0]), evidence[: 4 * EVIDENCE_LIMIT])))
        super().__init__(f"{failure}: {self.evidence}")


def printable(text: str, limit: int = EVIDENCE_LIMIT) -> str:
    """Return untrusted text as one line of at most `limit` characters, control and bidi characters removed."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
