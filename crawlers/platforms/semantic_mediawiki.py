"""Semantic MediaWiki: askargs pages to subjects with plain printouts, whatever language the labels are in."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import object_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source


class SemanticMediaWiki(Source):
    """A source that asks a wiki for the pages of a category and their properties."""

    api: ClassVar[str]
    """The api.php of the wiki; its root answers an HTML error page with 200."""
    conditions: ClassVar[str]
    printouts: ClassVar[tuple[str, ...]]
    """Labels asked for: the answer mirrors them, so they are its keys too."""
    limit: ClassVar[int] = 500

    def requests(self) -> Iterator[Request]:
        """Ask for the first page."""
        yield self.page(0)

    def page(self, offset: int) -> Request:
        """Return the request for the subjects from an offset on."""
        query = {
            "action": "askargs",
            "conditions": self.conditions,
            "printouts": "|".join(self.printouts),
            "parameters": f"limit={self.limit}|offset={offset}",
            "format": "json",
        }
        return self.get(f"{self.api}?{urlencode(query)}", cb_kwargs={"offset": offset})

    def parse(self, response: Response, offset: int = 0) -> Output:
        """Read a page and go on while the wiki names an offset to continue from: a short page is not the last."""
        answer = object_of(response)
        if "error" in answer:
            raise CrawlFailed(Failure.ERROR_PAGE, f"the wiki answers: {mapping(answer['error']).get('info')}")
        results = mapping(answer.get("query", answer)).get("results")
        if results is None:
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no results in the answer")
        # PHP writes an empty object as a list, and wikis before 2013 a list of subjects
        subjects = list(results.values()) if isinstance(results, dict) else sequence(results)
        yield from self.rows(response, subjects)
        following = answer.get("query-continue-offset")
        if isinstance(following, int):
            if following <= offset:
                raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: continues at {following}, a loop")
            yield self.page(following)

    def keys(self, data: Any) -> Iterable[str]:
        """Return the labels of a subject."""
        return mapping(mapping(data).get("printouts"))

    def position(self, data: Any) -> str | None:
        """Return the page title."""
        title = mapping(data).get("fulltext")
        return title if isinstance(title, str) and title else None


def values(subject: Any, label: str) -> list[Any]:
    """Return the values of one printout: page names for pages, text for text, objects for coordinates and dates."""
    found = []
    for value in sequence(mapping(mapping(subject).get("printouts")).get(label)):
        is_page = isinstance(value, dict) and "fulltext" in value
        found.append(value["fulltext"] if is_page else value)
    return found


def value(subject: Any, label: str) -> Any:
    """Return the first value of one printout, None when there is none."""
    return next(iter(values(subject, label)), None)
