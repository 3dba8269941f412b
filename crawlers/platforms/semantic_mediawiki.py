"""Semantic MediaWiki: askargs pages to subjects with plain printouts, whatever language the labels are in."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

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
        yield from self.rows(response, self.subjects(response))
        following = object_of(response).get("query-continue-offset")
        if isinstance(following, int):
            if following <= offset:
                raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: continues at {following}, a loop")
            yield self.page(following)

    def subjects(self, response: Response) -> list[Any]:
        """Return the subjects of a page. Raises: CrawlFailed when the wiki answers with an error."""
        answer = object_of(response)
        if "error" in answer:
            raise CrawlFailed(Failure.ERROR_PAGE, f"the wiki answers: {mapping(answer['error']).get('info')}")
        results = mapping(answer.get("query", answer)).get("results")
        if results is None:
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no results in the answer")
        # PHP writes an empty object as a list, and wikis before 2013 a list of subjects
        return list(results.values()) if isinstance(results, dict) else sequence(results)

    def keys(self, data: Any) -> Iterable[str]:
        """Return the labels of a subject."""
        return mapping(mapping(data).get("printouts"))

    def position(self, data: Any) -> str | None:
        """Return the page title."""
        title = mapping(data).get("fulltext")
        return title if isinstance(title, str) and title else None


class SpecialAsk(SemanticMediaWiki):
    """A source that asks through Special:Ask, whose answer has no wrapper and no offset to continue from."""

    ask: ClassVar[str]
    """Address of Special:Ask in the language of the wiki."""

    def page(self, offset: int) -> Request:
        """Return the request for the subjects from an offset on."""
        asked = "/".join(("format=json", "link=all", f"limit={self.limit}", f"offset={offset}"))
        query = "/".join(_escaped(part) for part in (self.conditions, *(f"?{label}" for label in self.printouts)))
        return self.get(f"{self.ask}/{asked}/{query}", cb_kwargs={"offset": offset})

    def parse(self, response: Response, offset: int = 0) -> Output:
        """Read a page; a full one is followed by the next, which may be empty."""
        subjects = self.subjects(response)
        if not subjects and not offset:
            raise CrawlFailed(Failure.EMPTY, f"{response.url}: no subject")
        yield from self.rows(response, subjects)
        if len(subjects) >= self.limit:
            yield self.page(offset + len(subjects))


def _escaped(text: str) -> str:
    """Return a condition or printout as Special:Ask wants it in a path: "-" for "%", so "-" itself is -2D."""
    plain = text.replace("-", "%2D")
    return quote(plain, safe="%:+,éèêàâôûîïç").replace("%", "-")


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
