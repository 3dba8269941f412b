"""What stands in a field to plain text: markup removed, placeholders dropped, numbers as they were written."""

import re
import warnings
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)

# a tag or a character reference; "<3" and "R&D" are neither
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});")
_BLOCKS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "section", "article")
_PLACEHOLDERS = frozenset(
    {"", "-", "--", "_", ".", "?", "/", "#n/d", "#n/a", "n/a", "n.a.", "null", "none", "nan", "undefined", "n.c.", "nc"}
    | {"non renseigné", "non renseignée", "non communiqué", "non précisé", "néant", "#ref!", "#value!", "[]", "{}"}
)
# longest text a field is read to: a description of a lab is a page at most
LONGEST = 20_000


def plain(value: Any) -> str | None:
    """Return the value as plain text, None when it is missing, a placeholder or no text at all."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
    if not isinstance(value, str):
        return None
    text = without_markup(value[:LONGEST])
    return None if text.strip().casefold() in _PLACEHOLDERS else text


def without_markup(text: str) -> str:
    """Return the text without HTML: line breaks for blocks and br, character references resolved, scripts dropped."""
    if not _MARKUP.search(text):
        return text.strip()
    soup = BeautifulSoup(text, "lxml")
    for tag in soup(["script", "style", "template", "iframe", "object"]):
        tag.decompose()
    for tag in soup.find_all("br"):
        tag.replace_with("\n")
    for tag in soup.find_all(_BLOCKS):
        tag.insert(0, "\n")
        tag.append("\n")
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in soup.get_text().splitlines())
    return "\n".join(line for line in lines if line)


def texts(value: Any, *, separator: str | None = None) -> list[str] | None:
    """Return the plain texts of a list, or of one text split at the separator (a regular expression)."""
    if isinstance(value, str):
        parts: list[Any] = re.split(separator, value) if separator else [value]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return None
    found = [text for text in (plain(part) for part in parts) if text]
    return found or None


def one_line(value: Any) -> str | None:
    """Return the value as plain text on one line, parts of a broken line joined by a comma."""
    text = plain(value)
    if text is None:
        return None
    parts = [part for part in (" ".join(line.split()).strip(" ,") for line in text.splitlines()) if part]
    return ", ".join(parts) or None


def joined(*values: Any, by: str = " ") -> str | None:
    """Return the plain texts that are there, joined; None when none is."""
    return by.join(text for text in (one_line(value) for value in values) if text) or None


def mapping(value: Any) -> dict[str, Any]:
    """Return the value when it is an object, else an empty one: sources write [] and "" for nothing."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return the value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []
