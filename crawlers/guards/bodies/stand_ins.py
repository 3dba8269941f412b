"""A response to the kind of page that stands where data was due: a challenge, a log-in, an error page, or none."""

import re

from scrapy.http import Response

from crawlers.guards.failures import Failure

_SEARCHED = 60_000
"""Bytes searched; challenge and log-in pages are small, and their markers stand in the head."""

# Headers that protection services set on a challenge and on nothing else.
_CHALLENGE_HEADERS = (
    (b"cf-mitigated", re.compile(rb"challenge", re.I)),
    (b"x-amzn-waf-action", re.compile(rb"challenge|captcha", re.I)),
    (b"x-vercel-mitigated", re.compile(rb"challenge", re.I)),
)
# Words of challenge pages. `/cdn-cgi/challenge-platform/` alone is none: it is also in pages Cloudflare lets through.
_CHALLENGE = re.compile(
    rb"_cf_chl_opt|cf-browser-verification|cf_chl_|<title>\s*(?:just a moment|attention required|un instant|"
    rb"ddos-guard|one moment, please|please wait\.\.\.|security check|v[\xc3\xa9e]+rification de s[\xc3\xa9e]+curit)"
    rb"|sucuri_cloudproxy_js|_incapsula_resource[^>]{0,200}(?:cwudnsai|incident_id)|captcha-delivery\.com|"
    rb"id=[\"']?anubis_challenge|making sure you(?:'|&#39;|&apos;)re not a bot|checking your browser before|"
    rb"enable javascript and cookies to continue|px-captcha|geo\.captcha|awswafintegration|"
    rb"verify(?:ing)? (?:that )?you are (?:a )?human",
    re.I,
)
_LOGIN = re.compile(
    rb"<input[^>]{0,200}type\s*=\s*[\"']?password|action\s*=\s*[\"'][^\"']{0,200}(?:/login|/signin|/sign_in|/connexion|"
    rb"wp-login\.php)",
    re.I,
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|h[1-6]|p|div|center|script|style|br|table|pre|b|span|font)\b",
    re.I | re.S,
)


_CONTAINERS = {
    b"PK\x03\x04": "ZIP or Office",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
    b"SQLite format 3": "SQLite",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "old Office",
}


def container(body: bytes) -> str | None:
    """Return the kind of file a body is by its first bytes, None when it may be text."""
    return next((kind for magic, kind in _CONTAINERS.items() if body.startswith(magic)), None)


def is_markup(body: bytes) -> bool:
    """Return whether a body is a page of HTML."""
    return bool(_MARKUP.match(body[:4000]))


def challenge(response: Response) -> str | None:
    """Return what shows that the response is a protection service's test for a human, None when it is no such page.

    A page is only suspected when it refuses (4xx, 5xx) or is small, so that an article on captchas is none.
    """
    for name, pattern in _CHALLENGE_HEADERS:
        if pattern.search(response.headers.get(name) or b""):
            return f"header {name.decode()}"
    if 200 <= response.status < 300 and len(response.body) > _SEARCHED:
        return None
    head = response.body[:_SEARCHED]
    found = _CHALLENGE.search(head) if is_markup(head) else None
    return found[0].decode("ascii", "replace") if found else None


def instead_of_data(response: Response) -> tuple[Failure, str] | None:
    """Return the failure and its evidence when a page of HTML stands where JSON, CSV or another table was due."""
    if marker := challenge(response):
        return Failure.CHALLENGE_PAGE, marker
    if not is_markup(response.body):
        return None
    if found := _LOGIN.search(response.body[:_SEARCHED]):
        return Failure.LOGIN_PAGE, found[0].decode("ascii", "replace")
    return Failure.ERROR_PAGE, f"HTML titled {title(response.body)!r}"


def title(body: bytes) -> str:
    """Return the title of a page, at most 80 characters, empty when it has none."""
    found = re.search(rb"<title[^>]{0,100}>([^<]{0,200})", body[:_SEARCHED], re.I)
    return " ".join(found[1].decode("utf-8", "replace").split())[:80] if found else ""
