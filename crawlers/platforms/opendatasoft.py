"""Opendatasoft: a dataset through its unlimited export, as `records` ends at 100 a page without a word."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.reading.formats import array_of, csv_of
from crawlers.reading.text import mapping
from crawlers.source import Output, Source

EXPORT = "https://{domain}/api/explore/v2.1/catalog/datasets/{dataset}/exports/{format}"
LARGEST = 64 << 20


class OpendatasoftDataset(Source):
    """A source that is one dataset of a portal, read by field ids from the JSON export."""

    domain: ClassVar[str]
    dataset: ClassVar[str]

    def requests(self) -> Iterator[Request]:
        """Ask for the export."""
        url = EXPORT.format(domain=self.domain, dataset=self.dataset, format="json")
        yield self.get(url, limits={"download_maxsize": LARGEST})

    def parse(self, response: Response) -> Output:
        """Read the records."""
        yield from self.rows(response, (unwrapped(record) for record in array_of(response)))


class OpendatasoftLabels(OpendatasoftDataset):
    """A source that is one dataset of a portal, read by the labels a person sees, from the CSV export."""

    def requests(self) -> Iterator[Request]:
        """Ask for the export with labels."""
        url = EXPORT.format(domain=self.domain, dataset=self.dataset, format="csv")
        query = urlencode({"lang": "fr", "use_labels": "true", "delimiter": ";"})
        yield self.get(f"{url}?{query}", limits={"download_maxsize": LARGEST})

    def parse(self, response: Response) -> Output:
        """Read the rows."""
        yield from self.rows(response, csv_of(response, delimiter=";"))


def unwrapped(record: Any) -> Any:
    """Return the fields of a record: version 1 of the interface puts them one level down."""
    return mapping(record)["fields"] if isinstance(mapping(record).get("fields"), dict) else record


def position(value: Any) -> tuple[Any, Any]:
    """Return (lat, lon) of a geo point: an object in version 2, [lat, lon] in version 1, [lon, lat] in GeoJSON."""
    if isinstance(value, str):
        lat, _, lon = value.partition(",")
        return lat.strip() or None, lon.strip() or None
    if isinstance(value, dict):
        if isinstance(value.get("geometry"), dict):
            return position(value["geometry"])
        if isinstance(value.get("coordinates"), list) and len(value["coordinates"]) > 1:
            return value["coordinates"][1], value["coordinates"][0]
        return value.get("lat"), value.get("lon")
    if isinstance(value, list) and len(value) > 1:
        return value[0], value[1]
    return None, None
