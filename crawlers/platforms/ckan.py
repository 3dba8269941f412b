"""CKAN: datasets by package_search, their files by resource; `success` is asked as well as the status."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.open_files import columns, understood
from crawlers.reading.fields import Fields
from crawlers.reading.formats import csv_of, object_of, total_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source

PAGE = 100


class CkanPortal(Source):
    """A source that is a search on one portal, each file by its column map. A datastore is paged to its end."""

    portal: ClassVar[str]
    search: ClassVar[str]
    is_keyed_by_entry = True

    def requests(self) -> Iterator[Request]:
        """Ask for the first datasets."""
        yield self.packages(0)

    def packages(self, start: int) -> Request:
        """Return the request for the datasets from a start on."""
        query = urlencode({"q": self.search, "rows": PAGE, "start": start})
        return self.get(f"{self.portal}/api/3/action/package_search?{query}", partial(self.found, start=start))

    def found(self, response: Response, start: int) -> Output:
        """Ask for the files of the datasets, and for the next page while there is more."""
        result = result_of(response)
        packages = sequence(result.get("results"))
        for package in self.chosen(map(mapping, packages)):
            yield from self.file(package)
        if packages and start + len(packages) < total_of(response, result, "count"):
            yield self.packages(start + len(packages))

    def chosen(self, packages: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Return the datasets to read."""
        return packages

    def file(self, package: dict[str, Any]) -> Iterator[Request]:
        """Yield the request for the first file that can be read; none is counted as unanswered."""
        label = str(package.get("name"))
        for resource in map(mapping, sequence(package.get("resources"))):
            if resource.get("datastore_active"):
                yield self.store(str(resource.get("id")), label, 0)
                return
            if str(resource.get("format")).lower() == "csv" and resource.get("url"):
                yield self.get_entry(str(resource["url"]), label, partial(self.csv, label=label))
                return
        self.unread.leave_out(label, CrawlFailed(Failure.SCHEMA_CHANGED, "no datastore and no CSV"))

    def store(self, resource: str, label: str, offset: int) -> Request:
        """Return the request for records of a datastore: its default limit of 100 would cut them off silently."""
        query = urlencode({"resource_id": resource, "limit": 1000, "offset": offset})
        url = f"{self.portal}/api/3/action/datastore_search?{query}"
        return self.get_entry(url, label, partial(self.records, resource=resource, label=label, offset=offset))

    def records(self, response: Response, resource: str, label: str, offset: int) -> Output:
        """Read records of a datastore until none come: `total` may be an estimate."""
        records = sequence(result_of(response).get("records"))
        if records:
            yield from self.rows(response, understood(records, label))
            yield self.store(resource, label, offset + len(records))

    def csv(self, response: Response, label: str) -> Output:
        """Read the rows of a file."""
        yield from self.rows(response, understood(list(csv_of(response)), label))

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record."""
        return columns(data)


def result_of(response: Response) -> dict[str, Any]:
    """Return the result of an action. Raises: CrawlFailed, error_page, when the portal says it had no success."""
    answer = object_of(response)
    if answer.get("success") is not True:
        raise CrawlFailed(Failure.ERROR_PAGE, f"{response.url}: success is {answer.get('success')}")
    return mapping(answer.get("result"))
