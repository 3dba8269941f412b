"""data.gouv.fr: datasets by search or by slug, and their files at addresses that do not change."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.bodies.zips import unzipped
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import csv_of, json_of, object_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source

API = "https://www.data.gouv.fr/api/1/datasets/"
LARGEST = 64 << 20
_FORMATS = ("json", "csv", "geojson", "zip")
"""Formats read, the best first."""
TABULAR = "https://tabular-api.data.gouv.fr/api/resources/{resource}/data/?page=1&page_size=50"
"""A spreadsheet as JSON, page by page; 50 is the most its documentation grants."""
_SPREADSHEETS = ("xlsx", "xls", "parquet", "csv.gz")
"""Formats read through the tabular interface: what opens them is not ours to trust."""


class DataGouv(Source):
    """A source that finds its datasets in the catalogue."""

    def search(self, **query: str | int) -> Request:
        """Return the request for the first page of a catalogue search."""
        return self.get(f"{API}?{urlencode({'page_size': 50, **query})}", self.found)

    def dataset(self, slug: str) -> Request:
        """Return the request for one dataset."""
        return self.get(f"{API}{slug}/", self.one_found)

    def found(self, response: Response) -> Output:
        """Take the datasets of a page that are wanted, and follow `next_page`."""
        answer = object_of(response)
        if not isinstance(answer.get("data"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no data in the answer")
        for item in self.chosen([mapping(dataset) for dataset in answer["data"]]):
            yield from self.file(item)
        following = answer.get("next_page")
        if isinstance(following, str) and following != response.url:
            yield self.get(following, self.found)

    def one_found(self, response: Response) -> Output:
        """Take the files of one dataset."""
        yield from self.file(object_of(response))

    def chosen(self, datasets: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Return the datasets of a catalogue page to read."""
        return [dataset for dataset in datasets if not dataset.get("archived")]

    def file(self, dataset: dict[str, Any]) -> Iterator[Request]:
        """Yield the request for the best file of a dataset; a dataset without one is counted as unanswered."""
        label = str(dataset.get("slug") or dataset.get("id"))
        resources = [mapping(resource) for resource in sequence(dataset.get("resources"))]
        readable = [resource for resource in resources if _format(resource) in _FORMATS and resource.get("id")]
        sheets = [resource for resource in resources if _format(resource) in _SPREADSHEETS and resource.get("id")]
        if not readable and sheets:
            yield self.sheet(TABULAR.format(resource=sheets[0]["id"]), label)
            return
        if not readable:
            formats = ", ".join(sorted({_format(resource) for resource in resources})) or "none"
            self.unread.leave_out(label, CrawlFailed(Failure.SCHEMA_CHANGED, f"no file to read, formats: {formats}"))
            return
        best = min(readable, key=lambda resource: _FORMATS.index(_format(resource)))
        read = partial(self.read_file, label=label, kind=_format(best))
        yield self.get_entry(f"{API}r/{best['id']}", label, read, limits={"download_maxsize": LARGEST})

    def read_file(self, response: Response, *, label: str, kind: str) -> Output:
        """Read the records of a file."""
        yield from self.rows(response, self.records(response, label, kind))

    def sheet(self, url: str, label: str) -> Request:
        """Return the request for a page of a spreadsheet."""
        return self.get_entry(url, label, partial(self.read_sheet, label=label))

    def read_sheet(self, response: Response, *, label: str) -> Output:
        """Read the records of a page of a spreadsheet, and follow `links.next` to its end."""
        yield from self.rows(response, self.records(response, label, "tabular"))
        following = mapping(object_of(response).get("links")).get("next")
        if isinstance(following, str) and following != response.url:
            yield self.sheet(following, label)

    def records(self, response: Response, label: str, kind: str) -> list[Any]:
        """Return the records of a file.

        Raises: CrawlFailed when it is not of its format, or has columns the source has no map for.
        """
        if kind == "zip":
            response = response.replace(body=unzipped(response.body, ".csv", cap=LARGEST))
        if kind in ("csv", "zip"):
            return list(csv_of(response))
        value = json_of(response)
        if kind == "tabular":
            value = mapping(value).get("data")
        if kind == "geojson":
            return sequence(mapping(value).get("features"))
        if not isinstance(value, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{label}: {type(value).__name__} where a list should be")
        return value


def _format(resource: dict[str, Any]) -> str:
    return str(resource.get("format") or "").lower().strip(".")
