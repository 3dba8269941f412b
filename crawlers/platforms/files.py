"""One file at a stable address: GeoJSON features or CSV rows to records."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.formats import csv_of, object_of
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source


class OneFile(Source):
    """A source that is one file."""

    file_url: ClassVar[str]

    def requests(self) -> Iterator[Request]:
        """Ask for the file."""
        yield self.get(self.file_url)


class GeoJsonFile(OneFile):
    """A source that is one GeoJSON feature collection; a record is one feature."""

    def parse(self, response: Response) -> Output:
        """Read the features."""
        collection = object_of(response)
        # "type" is not asked for: hackerspaces.nl writes its log there
        if not isinstance(collection.get("features"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no FeatureCollection")
        yield from self.rows(response, collection["features"])

    def keys(self, data: Any) -> Iterable[str]:
        """Return the property names of a feature."""
        return mapping(mapping(data).get("properties"))

    def position(self, data: Any) -> str | None:
        """Return the id of a feature, which many writers put among the properties."""
        return super().position(mapping(data).get("properties")) or super().position(data)


class CsvFile(OneFile):
    """A source that is one CSV file; a record is one row."""

    delimiter: ClassVar[str | None] = None

    def parse(self, response: Response) -> Output:
        """Read the rows."""
        yield from self.rows(response, csv_of(response, delimiter=self.delimiter))


def point(feature: Any) -> tuple[Any, Any]:
    """Return (lat, lon) of a GeoJSON feature, whose points are [lon, lat]; (None, None) when it has no point."""
    geometry = mapping(mapping(feature).get("geometry"))
    coordinates = sequence(geometry.get("coordinates"))
    if geometry.get("type") != "Point" or len(coordinates) < 2:
        return None, None
    return coordinates[1], coordinates[0]
