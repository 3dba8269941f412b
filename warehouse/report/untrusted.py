"""Text of strangers to text that is inert in a page: no control characters, no links but http, https and mailto."""

import base64
import hashlib
import json
import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

# Cc but tab and line feed, surrogates, zero-width characters and bidirectional controls (publishing-and-safety.md 5.3).
# U+200C and U+200D stay: Persian and emoji are spelt with them.
_INERT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_NO_ADDRESS = re.compile(r"""[\s\\<>"'`]""")
_LINK_MAX = 600
"""Characters; a longer address is no page a person would open."""

_JSON_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def plain(value: Any, limit: int | None = None) -> str:
    """Return the value as one line of NFC text without invisible characters, cut with an ellipsis at `limit`."""
    text = unicodedata.normalize("NFC", visible(str(value)))
    text = " ".join(text.split())
    return text if limit is None or len(text) <= limit else text[: limit - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Return the text without invisible characters; tabs and line feeds stay."""
    return _INERT.sub("", text)


def link(value: Any) -> str | None:
    """Return the address when a browser may follow it: http, https or mailto, without user or password; else None."""
    if not isinstance(value, str) or not value.strip():
        return None
    address = _INERT.sub("", value).strip()
    if len(address) > _LINK_MAX or _NO_ADDRESS.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:  # a bracket or port no address has
        return None
    if parts.scheme == "mailto":
        return address if "@" in parts.path else None
    return address if parts.scheme in ("http", "https") and host and "@" not in parts.netloc else None


def host_of(address: str) -> str:
    """Return the host to show for a link: punycode beside the name when it is not ASCII, so that look-alikes show."""
    host = urlsplit(address).hostname or urlsplit(address).path
    shown = host.removeprefix("www.")
    if shown.isascii():
        return shown
    try:
        return f"{shown} ({shown.encode('idna').decode('ascii')})"
    except UnicodeError:
        return shown


def json_script(value: Any) -> str:
    """Return JSON that cannot close a script element or break a line of a program: `< > & U+2028 U+2029` escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.translate(_JSON_ESCAPES)


def csp_hash(text: str) -> str:
    """Return the source expression that lets exactly this inline script or style run."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
