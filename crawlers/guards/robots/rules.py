"""The answer to a request for robots.txt to what it permits: RFC 9309, conservative where the RFC leaves a choice."""

import codecs
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from protego import Protego

from crawlers.guards.failures import Failure

logger = logging.getLogger(__name__)

Verdict = Literal["allowed", "disallowed", "unreachable"]

PARSED_BYTES = 500 * 1024
"""RFC 9309 2.5: at least 500 KiB are parsed; what comes after is not."""
LONGEST_DELAY = 30.0
"""Seconds; a site that wants longer gaps is left alone (publishing-and-safety.md 3.3)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKUP = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype|html|head|body|script|\?xml)", re.IGNORECASE | re.DOTALL)
_RESERVATION = re.compile(r"^\s*(content-usage|content-signal)\s*:\s*(.{1,200})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Rules:
    """What the robots.txt of one host permits us, and why."""

    why: str
    """What forbids when something does: status of the answer, or the rules themselves."""
    is_reachable: bool = True
    failure: Failure = Failure.ROBOTS_UNREACHABLE
    """What an unreachable host is: when no page of it could be reached either, the reason for that."""
    may_fetch: Callable[[str], bool] = field(default=lambda _: True, repr=False)
    delay: float = 0.0
    """Seconds between requests the host asks for (Crawl-delay or Request-rate), 0 when it asks for none."""
    reservations: tuple[str, ...] = ()
    """Signals on use in the file: `Content-Usage` (AIPREF), `Content-Signal`."""

    def verdict(self, url: str) -> Verdict:
        """Return whether the URL may be asked for; too long a wait counts as a no."""
        if not self.is_reachable:
            return "unreachable"
        return "allowed" if self.delay <= LONGEST_DELAY and self.may_fetch(url) else "disallowed"


def unreachable(why: str, failure: Failure = Failure.ROBOTS_UNREACHABLE) -> Rules:
    """Return the rules of a host whose robots.txt gave no answer: all is forbidden (RFC 9309 2.3.1.4)."""
    return Rules(why, is_reachable=False, failure=failure)


def rules(status: int, body: bytes, agent: str) -> Rules:
    """Return the rules for `agent` (product token) in an answer to robots.txt, redirects followed.

    2xx is parsed. 401 and 403 forbid all, as the whole site is then not meant for us (the RFC would allow it); 429 and
    5xx count as no answer; other 4xx mean that there are no rules.
    """
    if 200 <= status < 300:
        return _parsed(body, agent)
    if status in (401, 403):
        return Rules(f"robots.txt answers {status}", may_fetch=lambda _: False)
    if status == 429 or not 400 <= status < 500:
        return unreachable(f"robots.txt answers {status}")
    return Rules(f"robots.txt answers {status}: no rules")


def decoded(body: bytes) -> str:
    """Return the text of a robots.txt: by its BOM, by the NUL bytes of UTF-16 without one, else UTF-8."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    head = body[:200]
    if len(head) >= 4 and head.count(0) * 3 >= len(head):
        return body.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    return body.decode("utf-8", "replace")


def _parsed(body: bytes, agent: str) -> Rules:
    is_cut = len(body) > PARSED_BYTES
    text = decoded(body[:PARSED_BYTES])
    if is_cut:
        text = text.rpartition("\n")[0]  # half a line could forbid, or permit, more than the whole
    if _MARKUP.match(text):
        logger.warning("robots.txt is a page of HTML, not rules: %s", " ".join(text[:60].split()))
        return Rules("robots.txt is HTML: no rules")
    parsed = Protego.parse(text)
    delay = parsed.crawl_delay(agent) or 0.0
    rate = parsed.request_rate(agent)
    if rate is not None:
        delay = max(delay, rate.seconds / rate.requests)
    return Rules(
        "robots.txt forbids it" + (", by its first 500 KiB" if is_cut else ""),
        may_fetch=lambda url: parsed.can_fetch(url, agent),
        delay=delay,
        reservations=tuple(f"{name.lower()}: {value.strip()}" for name, value in _RESERVATION.findall(text)[:10]),
    )
