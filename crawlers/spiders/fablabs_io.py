"""fablabs.io, the list of the Fab Foundation: one JSON array on the www host (the api host forbids robots)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.guards.bodies.documents import html_body, xml_body
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.pages.diagnosis import of_exception
from crawlers.platforms.html_directory import embedded_array
from crawlers.reading.fields import Fields
from crawlers.reading.formats import array_of, unpacked
from crawlers.reading.links import web_address, web_addresses
from crawlers.reading.text import joined, mapping, one_line, sequence
from crawlers.source import Output, Refused, Source

SITE = "https://www.fablabs.io"
LARGEST_SITEMAP = 32 << 20
_LAB_PAGE = re.compile(r"/labs/([A-Za-z0-9]+)\s*$")
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
        yield self.get(f"{SITE}/api/labs").replace(errback=self.no_api)

    def no_api(self, failure: Any) -> Output:
        """Read the pages a person sees when the interface is gone, as it went in 2026; nothing else sends us there."""
        failed = of_exception(failure.value)
        if failed.failure is not Failure.GONE:
            self.end(failed)
        yield self.list_page(1)

    def list_page(self, number: int) -> Request:
        """Return the request for a page of the list."""
        return self.get(f"{SITE}/labs?page={number}&per=100", self.read_list, cb_kwargs={"number": number})

    def read_list(self, response: Response, number: int) -> Output:
        """Read the labs a page embeds for its map, until a page has none."""
        labs = embedded_array(html_body(response), "var locations", response.url)
        yield from self.rows(response, labs)
        if labs:
            yield self.list_page(number + 1)

    def parse(self, response: Response) -> Output:
        """Ask when the labs were edited, which only the sitemap says; a truncated list (5.3 MB) fails here."""
        labs = {"labs": array_of(response), "page": response}
        yield self.get_extra(f"{SITE}/sitemap.xml.gz", self.dated, cb_kwargs=labs)

    def dated(self, response: Response | None, labs: list[Any], page: Response) -> Output:
        """Read the labs, each with the date of its page where the sitemap has it."""
        edited = last_edits(response) if response is not None else {}
        for lab in labs:
            if isinstance(lab, dict) and (day := edited.get(str(lab.get("slug")))):
                lab["edited"] = day
        yield from self.rows(page, labs)

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
            "kinds": [lab.get("kind_name") or lab.get("kind")],
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
            "updated_on": lab.get("edited") or lab.get("updated_at"),
        }


def last_edits(sitemap: Response) -> dict[str, str]:
    """Return slug -> date of the lab pages a sitemap lists; nothing of one that is broken or too large."""
    try:
        pages = xml_body(sitemap.replace(body=unpacked(sitemap.body, LARGEST_SITEMAP)))
    except CrawlFailed:
        return {}
    found = {}
    for page in pages.iterfind("{*}url"):
        if slug := _LAB_PAGE.search(page.findtext("{*}loc") or ""):
            found[slug[1]] = (page.findtext("{*}lastmod") or "").strip()[:10]
    return found
