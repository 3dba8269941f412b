"""A response to the signals by which its publisher reserves text and data mining, and what they bind us to.

A reserved page gives facts only: name, place, URL, hours; no description, no image; and never anything to train on.
Sources: TDM Reservation Protocol (W3C CG final report, 10 May 2024); draft-ietf-aipref-attach (Content-Usage);
DSM directive 2019/790, article 4; publishing-and-safety.md 3.3.
"""

import re

from scrapy.http import Response, TextResponse

RESERVED = "rights_reserved"
"""Key in `response.meta`: the signals found (list of str), absent when there are none."""

_HEAD_BYTES = 20_000
"""Bytes of a page searched for meta tags; they stand in its head."""
_META = re.compile(r"<meta\b[^>]{0,300}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(name|content)\s*=\s*(?:"([^"]{0,200})"|'([^']{0,200})'|([^\s"'>]{1,200}))""", re.IGNORECASE
)
_REFUSED_USE = re.compile(r"\b(?:train-ai|train-genai|ai-train|ai-input|bots|all|tdm)\s*=\s*(?:n|no)\b", re.IGNORECASE)


def signals(response: Response) -> list[str]:
    """Return the signals of a response that speak of use, `tdm-reservation: 1` or `content-usage: train-ai=n`."""
    found = []
    for name in ("tdm-reservation", "tdm-policy", "content-usage"):
        value = response.headers.get(name)
        if value:
            found.append(f"{name}: {value.decode('latin-1').strip()[:200]}")
    robots = response.headers.get("X-Robots-Tag")
    if robots and re.search(rb"\bno(?:ai|imageai)\b|tdm-reservation", robots, re.IGNORECASE):
        found.append(f"x-robots-tag: {robots.decode('latin-1').strip()[:200]}")
    head = response.body[:_HEAD_BYTES]
    if isinstance(response, TextResponse) and b"<meta" in head.lower():
        found += _meta_signals(head.decode("utf-8", "replace"))  # names and values of these tags are ASCII
    return found


def is_reserved(found: list[str]) -> bool:
    """Return whether the signals reserve mining: a reservation of 1, `noai`, or a use refused."""
    return any(
        re.match(r"(?:x-robots-tag: .*)?tdm-reservation:\s*1\b", signal)
        or re.search(r"\bno(?:ai|imageai)\b", signal)
        or _REFUSED_USE.search(signal)
        for signal in found
    )


def _meta_signals(head: str) -> list[str]:
    found = []
    for tag in _META.findall(head):
        values = {name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(tag)}
        name, content = values.get("name", "").lower(), values.get("content", "").strip()
        if name in ("tdm-reservation", "tdm-policy") or (
            name == "robots" and re.search(r"\bno(?:ai|imageai)\b", content)
        ):
            found.append(f"{name}: {content}")
    return found
