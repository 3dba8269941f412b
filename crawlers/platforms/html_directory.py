"""HTML pages of a directory: what they embed for their own map or for machines, as data."""

import json
import re
from typing import Any

from bs4 import BeautifulSoup, Tag

from crawlers.guards.bodies.json_text import BadJson, value_of
from crawlers.guards.bodies.whole import BadBody
from crawlers.guards.failures import Failure
from crawlers.reading.text import mapping, sequence

LONGEST_JSON_LD = 200_000
"""Characters of one JSON-LD block; a lab's own page holds a few thousand."""


def attribute_json(page: BeautifulSoup, selector: str, attribute: str, url: str) -> Any:
    """Return the JSON an attribute holds, as `data-markers` of a map element.

    Raises: BadBody, schema_changed when there is no such element, truncated or not_json when it holds no JSON.
    """
    element = page.select_one(selector)
    text = element.get(attribute) if element else None
    if not isinstance(text, str):
        raise BadBody(Failure.SCHEMA_CHANGED, f"no {selector}[{attribute}]: {url}")
    try:
        return value_of(text)
    except BadJson as error:
        raise BadBody(Failure(error.kind), f"{selector}[{attribute}]: {url}") from error


def embedded_array(page: BeautifulSoup, marker: str, url: str) -> list[Any]:
    """Return the array literal of objects in the last script that has a marker, after it if there is one.

    Raises: BadBody, schema_changed when there is none.
    """
    scripts = [script.get_text() for script in page.find_all("script")]
    with_marker = [text for text in scripts if marker in text]
    if not with_marker:
        raise BadBody(Failure.SCHEMA_CHANGED, f"no script with {marker}: {url}")
    text = with_marker[-1]
    if re.match(r"[\s=(]*\[\s*\]", text[text.find(marker) + len(marker) :]):
        return []
    start = text.find("[{", text.find(marker))
    start = start if start >= 0 else text.find("[{")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError, IndexError) as error:
        raise BadBody(Failure.SCHEMA_CHANGED, f"no array beside {marker}: {url}") from error
    return sequence(value)


def json_ld(page: BeautifulSoup) -> list[dict[str, Any]]:
    """Return every JSON-LD object of a page, those of a `@graph` too; what is no JSON is left out."""
    found: list[dict[str, Any]] = []
    for script in page.find_all("script", type="application/ld+json"):
        text = script.get_text()
        if len(text) > LONGEST_JSON_LD:
            continue
        try:
            value = value_of(text, numbers="text")
        except BadJson:
            continue
        for item in value if isinstance(value, list) else [value]:
            graph = sequence(mapping(item).get("@graph"))
            found += [mapping(member) for member in graph] if graph else [mapping(item)]
    return [item for item in found if item]


def microdata(element: Tag, name: str) -> str | None:
    """Return the value of an `itemprop` inside an element: its content, href or text."""
    found = element.select_one(f'[itemprop~="{name}"]')
    if found is None:
        return None
    for attribute in ("content", "href"):
        value = found.get(attribute)
        if isinstance(value, str):
            return value
    return found.get_text(" ", strip=True) or None
