"""A SPARQL endpoint: one query, its bindings grouped to one record a subject."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import object_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source


class SparqlQuery(Source):
    """A source that is one query. A record is a dict of variable -> values, those of one subject together."""

    endpoint: ClassVar[str]
    sparql: ClassVar[str]
    subject: ClassVar[str] = "item"

    def requests(self) -> Iterator[Request]:
        """Ask the query."""
        yield self.get(
            f"{self.endpoint}?{urlencode({'query': self.sparql})}",
            headers={"Accept": "application/sparql-results+json"},
            limits={"download_timeout": 90},
        )

    def parse(self, response: Response) -> Output:
        """Group the bindings and read the subjects."""
        results = mapping(object_of(response).get("results"))
        if not isinstance(results.get("bindings"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no bindings in the answer")
        yield from self.rows(response, self.grouped(results["bindings"]))

    def grouped(self, bindings: list[Any]) -> list[dict[str, list[str]]]:
        """Return one record a subject, in order of first appearance: several websites make several bindings."""
        found: dict[str, dict[str, list[str]]] = {}
        for binding in bindings:
            values = {name: str(mapping(node).get("value", "")) for name, node in mapping(binding).items()}
            record = found.setdefault(values.get(self.subject, ""), {})
            for name, value in values.items():
                if value and value not in sequence(record.get(name)):
                    record.setdefault(name, []).append(value)
        return list(found.values())

    def position(self, data: Any) -> str | None:
        """Return the last part of the subject's address: the id."""
        uri = first(data, self.subject)
        return uri.rsplit("/", 1)[-1] if uri else None


def first(record: Any, name: str) -> str | None:
    """Return the first value of a variable, None when it is unbound."""
    return next(iter(sequence(mapping(record).get(name))), None)
