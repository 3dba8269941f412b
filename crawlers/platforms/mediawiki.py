"""MediaWiki: the pages of a category with their wikitext, by continuation."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import object_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source

_COMMENT = re.compile(r"<!--.*?-->|<ref[^>]*/>|<ref.*?</ref>", re.S)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}|\{\|.*?\|\}", re.S)
_LINK = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_OUTER = re.compile(r"\[https?://\S+\s+([^\]]*)\]|\[https?://\S+\]")
_FIELD = re.compile(r"^\s*\|\s*([^=|\n]{1,60}?)\s*=\s*(.*?)\s*(?=^\s*\||^\s*\}\})", re.S | re.M)
_MOST_NESTED = 20


class MediaWikiCategory(Source):
    """A source that is one category of a wiki; a record is one page with its title, address and wikitext."""

    api: ClassVar[str]
    category: ClassVar[str]

    def requests(self) -> Iterator[Request]:
        """Ask for the first pages."""
        yield self.pages({})

    def pages(self, following: dict[str, Any]) -> Request:
        """Return the request for the pages that follow."""
        query = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "generator": "categorymembers",
            "gcmtitle": self.category,
            "gcmlimit": "50",
            "prop": "info|revisions|coordinates",
            "inprop": "url",
            "rvprop": "content|timestamp",
            "rvslots": "main",
        }
        return self.get(f"{self.api}?{urlencode(query | following)}", cb_kwargs={"asked": following})

    def parse(self, response: Response, asked: dict[str, Any] | None = None) -> Output:
        """Read the pages and go on while the wiki says how."""
        answer = object_of(response)
        if "error" in answer:
            raise CrawlFailed(Failure.ERROR_PAGE, f"the wiki answers: {mapping(answer['error']).get('info')}")
        found = mapping(answer.get("query")).get("pages")
        if found is None and not asked:
            raise CrawlFailed(Failure.EMPTY, f"{response.url}: no page in {self.category}")
        pages = list(found.values()) if isinstance(found, dict) else sequence(found)
        yield from self.rows(response, pages)
        following = mapping(answer.get("continue"))
        if following:
            if following == asked:
                raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: continues where it began")
            yield self.pages(following)

    def position(self, data: Any) -> str | None:
        """Return the title of the page."""
        title = mapping(data).get("title")
        return title if isinstance(title, str) else None


def wikitext(page: Any) -> str:
    """Return the wikitext of a page, "" when it has none."""
    revision = mapping(next(iter(sequence(mapping(page).get("revisions"))), None))
    main = mapping(mapping(revision.get("slots")).get("main"))
    return str(main.get("content") or main.get("*") or revision.get("*") or "")


def template_fields(text: str) -> dict[str, str]:
    """Return the named arguments of the templates of a page, in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        found.setdefault(match[1].lower(), prose(match[2]))
    return found


def prose(text: str) -> str:
    """Return the wikitext as plain text: templates and references left out, links by what they show."""
    text = _COMMENT.sub("", text)
    for _ in range(_MOST_NESTED):
        if text == (text := _TEMPLATE.sub("", text)):
            break
    text = _OUTER.sub(lambda match: match[1] or "", _LINK.sub(r"\1", text))
    return re.sub(r"'{2,}|^=+|=+\s*$|__\w+__", "", text, flags=re.M).strip()
