"""What a source writes for a web address to an http or https URL, or nothing."""

import re
from typing import Any
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

_SCHEME = re.compile(r"^(?:https?\s*:\s*/*\s*)+", re.I)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.I)
_HOST = re.compile(r"^[^\s/?#@:]+\.[^\s/?#@:.]{2,}\.?$")
_SEPARATORS = re.compile(r"[\s;,|]+(?=https?:|www\.)|\s*;\s*|\s+(?:ou|et|and|or)\s+", re.I)
LONGEST_URL = 2000
_SOCIAL = re.compile(
    r"^https?://(?:[a-z0-9-]+\.)*(?:facebook|instagram|twitter|x|linkedin|youtube|meetup|t|fb|youtu|discord|telegram)"
    r"\.(?:com|me|be|gg|org)(?:/|$)",
    re.I,
)


def web_address(value: Any) -> str | None:
    """Return the first http(s) URL a text holds; a missing scheme is http, "http:// http://x" is one scheme.

    None for e-mail addresses, other schemes, placeholders, hosts without a dot, and URLs that carry a password.
    """
    found = web_addresses(value)
    return found[0] if found else None


def web_addresses(value: Any) -> list[str]:
    """Return every http(s) URL a text or a list of texts holds, in order, without repeats."""
    if isinstance(value, list | tuple):
        return list(dict.fromkeys(url for part in value for url in web_addresses(part)))
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return []
    parts = (_url(part) for part in _SEPARATORS.split(value.strip()))
    return list(dict.fromkeys(url for url in parts if url))


def own_site_first(urls: list[str]) -> list[str]:
    """Return the URLs with pages of social networks last: they are no site of the lab's own."""
    return sorted(urls, key=lambda url: not is_own_site(url))


def is_own_site(url: str) -> bool:
    """Return whether a URL is no page of a social network."""
    return _SOCIAL.match(url) is None


def _url(text: str) -> str | None:
    text = text.strip().strip("<>\"'()[]").strip()
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    if (not scheme and _OTHER_SCHEME.match(rest)) or not rest:
        return None
    if any(char.isspace() for char in rest):
        return None
    is_secure = bool(scheme and "https" in scheme[0].lower())
    try:
        # judged as it is given back: writing it drops control characters and makes a slash of a backslash
        url = safe_url_string(f"{'https' if is_secure else 'http'}://{rest}")
        host = urlsplit(url).netloc
        port = urlsplit(url).port
    except ValueError:
        return None
    return url if _HOST.match(host.removesuffix(f":{port}")) else None
