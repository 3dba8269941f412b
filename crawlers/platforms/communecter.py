"""Communecter: the organisations of a costum, by POST; results come as an object keyed by Mongo id."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import Fields
from crawlers.reading.formats import object_of
from crawlers.reading.text import mapping, sequence, texts
from crawlers.source import OutOfScope, Output, Source


class CommunecterCostum(Source):
    """A source that is the map of one costum. A record whose owner has not opened it as data is left out."""

    api: ClassVar[str]
    costum: ClassVar[str]

    def requests(self) -> Iterator[Request]:
        """Post the search for all organisations: an empty indexStep is no limit."""
        form = [("searchType[]", "organizations"), ("indexStep", ""), ("costumSlug", self.costum)]
        yield self.get(
            f"{self.api}/co2/search/globalautocomplete",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form),
            limits={"download_maxsize": 64 << 20, "download_timeout": 180},
        )

    def parse(self, response: Response) -> Output:
        """Read the results."""
        answer = object_of(response)
        results = answer.get("results")
        if results == []:  # PHP's empty object
            raise CrawlFailed(Failure.EMPTY, f"{response.url}: no results")
        if not isinstance(results, dict):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: results are no object")
        records = ({"id": key, **mapping(value)} for key, value in results.items())
        yield from self.rows(response, records)

    def fields(self, data: Any) -> Fields:
        """Return the columns every organisation has."""
        if mapping(data.get("preferences")).get("isOpenData") in (False, "false"):
            raise OutOfScope("its owner has not opened it as data", "preferences.isOpenData", False)
        address, geo = mapping(data.get("address")), mapping(data.get("geo"))
        social = data.get("socialNetwork")
        networks = list(social.values()) if isinstance(social, dict) else sequence(social)
        return {
            "source_key": data["id"],
            "url": f"{self.api}/#page.type.organizations.id.{data['id']}",
            "name": data.get("name"),
            "kinds": texts(data.get("typePlace"), separator=r"\s*,\s*"),
            "description": data.get("description") or data.get("shortDescription"),
            "street": address.get("streetAddress"),
            "postcode": address.get("postalCode"),
            "city": address.get("addressLocality"),
            "commune_code": address.get("codeInsee"),
            "country_code": address.get("addressCountry"),
            "lat": geo.get("latitude"),
            "lon": geo.get("longitude"),
            "website": data.get("url"),
            "links": [item.get("url") if isinstance(item, dict) else item for item in networks],
            "email": data.get("email"),
            "phone": data.get("telephone"),
            "opening_hours": hours(data.get("openingHours")),
            "labels": texts(data.get("tags")),
            "founded_on": data.get("openingDate"),
            "updated_on": data.get("updated"),
        }


def hours(value: Any) -> str | None:
    """Return the opening hours as one text; a closed day is "" in the source."""
    days = []
    for item in sequence(value):
        day = mapping(item)
        spans = [f"{span.get('opens')}-{span.get('closes')}" for span in map(mapping, sequence(day.get("hours")))]
        if day.get("dayOfWeek") and spans:
            days.append(f"{day['dayOfWeek']} {','.join(spans)}")
    return "; ".join(days) or None
