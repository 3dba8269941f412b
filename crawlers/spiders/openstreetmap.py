"""OpenStreetMap through Overpass: hackerspaces, makerspaces and fablabs of the world by their tags."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import Fields
from crawlers.reading.formats import object_of
from crawlers.reading.scope import fabrication, other_place
from crawlers.reading.text import joined, mapping
from crawlers.source import OutOfScope, Output, Refused, Source

QUERY = """[out:json][timeout:180];
(
  nwr["leisure"="hackerspace"];
  nwr["amenity"~"^(makerspace|hackerspace|fablab)$"];
  nwr["workshop"~"fablab|makerspace"];
  nwr["fablab"];
  nwr["craft"~"^fab_?lab$"];
);
out center tags;"""
KIND_TAGS = ("leisure", "hackerspace", "amenity", "workshop", "craft", "club", "network", "fablab", "repair", "office")
NAME_TAGS = ("alt_name", "short_name", "official_name", "old_name", "name:en", "name:fr")
LINK_TAGS = ("contact:website", "url", "contact:facebook", "facebook", "contact:mastodon")


class OpenStreetMap(Source):
    """Elements tagged as hackerspace, makerspace or fablab."""

    info = SourceInfo(
        name="openstreetmap",
        title="OpenStreetMap",
        homepage="https://www.openstreetmap.org/",
        hosts=("overpass-api.de",),
        coverage="world",
        terms=Terms(
            licence="ODbL-1.0",
            attribution="© OpenStreetMap contributors",
            terms_url="https://www.openstreetmap.org/copyright",
            checked_on=date(2026, 11, 1),
            is_share_alike=True,
        ),
        scope="leisure=hackerspace, amenity, workshop, craft or fablab tags; free radios, studios and repair cafés are "
        "tagged so too and are none",
        rank=3,
        expectations=Expectations(listings=(3, 20_000), with_coordinates=0.9, filled={"kinds": 0.9}),
        contact="https://www.openstreetmap.org/",
    )
    reads = ("name",)

    def requests(self) -> Iterator[Request]:
        """Post the query."""
        yield self.get(
            "https://overpass-api.de/api/interpreter",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({"data": QUERY}),
            limits={"download_timeout": 240, "download_maxsize": 64 << 20},
        )

    def parse(self, response: Response) -> Output:
        """Read the elements; a query that ran out of time says so in a remark, with 200 and part of the data."""
        answer = object_of(response)
        if answer.get("remark"):
            raise CrawlFailed(Failure.REMARK, f"Overpass: {answer['remark']}")
        if not isinstance(answer.get("elements"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no elements in the answer")
        yield from self.rows(response, answer["elements"])

    def keys(self, data: Any) -> Iterator[str]:
        """Return the tags of an element."""
        yield from mapping(mapping(data).get("tags"))

    def position(self, data: Any) -> str | None:
        """Return type and id, which the source itself uses as a key."""
        element = mapping(data)
        return f"{element.get('type')}/{element.get('id')}" if element.get("id") is not None else None

    def fields(self, data: Any) -> Fields:
        """Return the columns of one element."""
        tags = data["tags"]
        stated = (tags.get(tag) for tag in ("name", "official_name", "operator", "addr:housename"))
        # ";" is how OpenStreetMap writes two values in one tag
        name, *others = next((parts for value in stated if (parts := _parts(value))), [None])
        described = (name, tags.get("description"), tags.get("description:en"), tags.get("network"))
        attested = fabrication(*described, tags.get("workshop"), tags.get("amenity"), tags.get("website"))
        if attested is None:
            if tags.get("amenity") == "studio" or tags.get("workshop") == "radio" or tags.get("studio") == "radio":
                raise OutOfScope("a radio or studio", "amenity", tags.get("amenity"))
            if other_place(*described) or tags.get("repair") == "assisted_self_service":
                raise OutOfScope("a repair café or a radio, no workshop attested", "name", name)
        if name is None:
            raise Refused("no_name", "the element has no name, operator or house name", "name")
        centre = data if data.get("lat") is not None else mapping(data.get("center"))
        websites = [tags.get("website"), *(tags.get(tag) for tag in LINK_TAGS)]
        return {
            "source_key": f"{data['type']}/{data['id']}",
            "url": f"https://www.openstreetmap.org/{data['type']}/{data['id']}",
            "name": name,
            "alt_names": [*others, *(part for tag in NAME_TAGS for part in _parts(tags.get(tag)))],
            "kinds": [f"{tag}={tags[tag]}" for tag in KIND_TAGS if tag in tags],
            "description": tags.get("description") or tags.get("description:en"),
            "operator": tags.get("operator"),
            "address": tags.get("addr:full"),
            "street": joined(
                *(tags.get(tag) or tags.get(f"contact:{tag[5:]}") for tag in ("addr:housenumber", "addr:street"))
            ),
            "postcode": tags.get("addr:postcode") or tags.get("contact:postcode"),
            "city": tags.get("addr:city") or tags.get("contact:city"),
            "country_code": tags.get("addr:country") or tags.get("contact:country"),
            "lat": centre.get("lat"),
            "lon": centre.get("lon"),
            "website": websites,
            "links": websites,
            "email": [tags.get("email"), tags.get("contact:email")],
            "phone": [tags.get("phone"), tags.get("contact:phone")],
            "opening_hours": tags.get("opening_hours"),
            "fees": tags.get("fee"),
            "founded_on": tags.get("start_date"),
            "updated_on": tags.get("check_date"),
        }


def _parts(value: str | None) -> list[str]:
    return [part.strip() for part in (value or "").split(";") if part.strip()]
