"""GoGoCarto: the elements of a map, whole, from /api/elements.json."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import Fields
from crawlers.reading.formats import object_of
from crawlers.reading.text import joined, mapping, one_line, sequence, texts
from crawlers.source import OutOfScope, Output, Source

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LARGEST = 128 << 20
"""Bytes of a whole map; Transiscope's 48,000 elements are 85 MB."""


class GoGoCarto(Source):
    """A source that is one GoGoCarto map. A protected map answers plain text with 200: not_json."""

    map_host: ClassVar[str]
    query: ClassVar[dict[str, str]] = {}
    reads: ClassVar[tuple[str, ...]] = ("id", "name", "geo", "address", "categories")

    def requests(self) -> Iterator[Request]:
        """Ask for the elements: the interface has no pages."""
        yield self.elements(self.query)

    def elements(self, query: dict[str, str]) -> Request:
        """Return the request for the elements of a query."""
        asked = f"?{urlencode(query)}" if query else ""
        url = f"https://{self.map_host}/api/elements.json{asked}"
        return self.get(url, self.read_elements, limits={"download_maxsize": LARGEST, "download_timeout": 180})

    def read_elements(self, response: Response) -> Output:
        """Read the elements."""
        answer = object_of(response)
        if not isinstance(answer.get("data"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no data in the answer")
        yield from self.rows(response, answer["data"])

    def fields(self, data: Any) -> Fields:
        """Return the columns every map has. `status` is the state of moderation, never open or closed."""
        if isinstance(data.get("status"), int) and data["status"] <= 0:
            raise OutOfScope("not published by the moderators of the map", "status", data["status"])
        geo, address = mapping(data.get("geo")), data.get("address")
        parts = mapping(address)
        whole = parts.get("customFormatedAddress") or (address if isinstance(address, str) else data.get("fullAddress"))
        has_parts = bool(parts.get("streetAddress") or parts.get("addressLocality"))
        return {
            "source_key": data["id"],
            "url": f"https://{self.map_host}/map#/fiche/{quote(str(data.get('name')), safe='')}/{data['id']}/",
            "name": data.get("name"),
            "kinds": category_names(data.get("categories")),
            "address": None if has_parts else whole,
            "street": joined(parts.get("streetNumber"), parts.get("streetAddress")),
            "postcode": parts.get("postalCode"),
            "city": parts.get("addressLocality"),
            "country_code": parts.get("addressCountry"),
            "lat": geo.get("latitude"),
            "lon": geo.get("longitude"),
            "opening_hours": hours(data.get("openHours")),
            "updated_on": data.get("updatedAt") or data.get("createdAt"),
        }


def category_names(value: Any) -> list[str]:
    """Return category names, given as names or as objects."""
    return texts([item.get("name") if isinstance(item, dict) else item for item in sequence(value)]) or []


def hours(value: Any) -> str | None:
    """Return opening hours by day as one text, days in their order."""
    week = mapping(value)
    told = (f"{day} {text}" for day in DAYS if (text := one_line(week.get(day))))
    return "; ".join(told) or None
