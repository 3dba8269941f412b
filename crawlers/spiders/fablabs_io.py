"""fablabs.io, the list of the Fab Foundation: one JSON array on the www host (the api host forbids robots)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.reading.fields import Fields
from crawlers.reading.formats import array_of
from crawlers.reading.links import web_address, web_addresses
from crawlers.reading.text import joined, mapping, one_line, sequence
from crawlers.source import Output, Refused, Source

STATUS = {"active": "active", "corona": "active", "planned": "planned", "closed": "closed"}


class FablabsIo(Source):
    """Labs approved by the Fab Foundation."""

    info = SourceInfo(
        name="fablabs_io",
        title="fablabs.io",
        homepage="https://www.fablabs.io/labs",
        hosts=("www.fablabs.io",),
        coverage="world",
        terms=Terms(
            licence="LicenseRef-fablabs-io-terms",
            attribution="fablabs.io, Fab Foundation",
            terms_url="https://www.fablabs.io/tos",
            checked_on=date(2026, 11, 1),
            fields_permitted="facts",
        ),
        scope="every lab the Fab Foundation approved, planned and closed ones with their status",
        rank=1,
        expectations=Expectations(listings=(3, 20_000), with_coordinates=0.5, filled={"country_code": 0.5, "url": 0.9}),
        contact="https://www.fablabs.io/contact",
    )
    reads = ("id", "name", "slug", "address_1", "city", "postal_code", "country_code", "latitude", "longitude",
             "activity_status")  # fmt: skip

    def requests(self) -> Iterator[Request]:
        """Ask for the whole list: it has no pages, and ignores parameters."""
        yield self.get("https://www.fablabs.io/api/labs")

    def parse(self, response: Response) -> Output:
        """Read the array; a truncated one (seen at 5.3 MB) fails in `array_of`."""
        yield from self.rows(response, array_of(response))

    def fields(self, data: Any) -> Fields:
        """Return the columns of one lab."""
        lab = mapping(data)
        if not isinstance(lab.get("id"), int | str) or lab["id"] == "":
            raise Refused("no_key", "the record has no id", "id", lab.get("id"))
        links = [link for item in sequence(lab.get("links")) for link in web_addresses(mapping(item).get("url"))]
        slug = one_line(lab.get("slug"))
        lines = [line for line in (lab.get("address_1"), lab.get("address_2")) if not web_address(line)]
        return {
            "source_key": str(lab["id"]),
            "url": f"https://www.fablabs.io/labs/{slug}" if slug else None,
            "name": lab.get("name"),
            "kinds": [lab.get("kind_name")],
            "description": lab.get("description") or lab.get("blurb"),
            "street": joined(*lines, by=", "),
            "postcode": lab.get("postal_code"),
            "city": lab.get("city"),
            "country_code": lab.get("country_code"),
            "lat": lab.get("latitude"),
            "lon": lab.get("longitude"),
            "website": links[0] if links else None,
            "links": links[1:],
            "email": lab.get("email"),
            "phone": lab.get("phone"),
            "equipment": lab.get("capabilities"),
            "status": STATUS.get(lab.get("activity_status") or "", "unknown"),
        }
