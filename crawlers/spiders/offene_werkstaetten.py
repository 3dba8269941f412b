"""Verbund Offener Werkstätten: open workshops of Germany, Austria and Switzerland, from the page behind its map."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.guards.bodies.documents import html_body
from crawlers.platforms.html_directory import embedded_array
from crawlers.reading.fields import Fields
from crawlers.reading.text import joined, texts
from crawlers.source import OutOfScope, Output, Source

FABRICATION = {"3d-druck", "cnc-fräse", "cnc-fräsen", "laserschneiden", "lasercutter", "elektronik"}
"""Of 18 categories those of digital fabrication; most are bicycles, wood and ceramics."""


class OffeneWerkstaetten(Source):
    """Workshops with a category of digital fabrication."""

    info = SourceInfo(
        name="offene_werkstaetten",
        title="Verbund Offener Werkstätten",
        homepage="https://www.offene-werkstaetten.org/",
        hosts=("www.offene-werkstaetten.org",),
        coverage="DE, AT, CH",
        terms=facts_only(
            "LicenseRef-offene-werkstaetten-unstated",
            "Verbund Offener Werkstätten e.V.",
            "https://www.offene-werkstaetten.org/impressum",
            date(2026, 11, 1),
        ),
        scope="category 3D-Druck, CNC-Fräse, Laserschneiden or Elektronik",
        rank=6,
        cadence="monthly",
        expectations=Expectations(listings=(1, 1_500), with_coordinates=0.8, filled={"city": 0.8}),
        contact="https://www.offene-werkstaetten.org/kontakt",
    )
    reads = ("name", "uid", "lat", "lng", "city", "cats")

    def requests(self) -> Iterator[Request]:
        """Ask for the page the network gives others to embed."""
        yield self.get("https://www.offene-werkstaetten.org/widgets/search")

    def parse(self, response: Response) -> Output:
        """Read the array its map is made of; e-mail addresses are hidden by a script, and stay so."""
        yield from self.rows(response, embedded_array(html_body(response), "vow.Map", response.url))

    def position(self, data: Any) -> str | None:
        """Return the uid."""
        return str(data["uid"]) if isinstance(data, dict) and data.get("uid") else None

    def fields(self, data: Any) -> Fields:
        """Return the columns of one workshop; the country is as it says, not always Germany."""
        categories = texts(data.get("cats"), separator=r"\s*[,|]\s*") or []
        if not FABRICATION & {category.lower() for category in categories}:
            raise OutOfScope("no category of digital fabrication", "cats", categories)
        slug = data.get("url")
        return {
            "source_key": str(data["uid"]),
            "url": f"https://www.offene-werkstaetten.org/werkstatt/{slug}" if slug else None,
            "name": data.get("name"),
            "kinds": categories,
            "street": joined(data.get("street"), data.get("street_nr")),
            "postcode": data.get("zip"),
            "city": data.get("city"),
            "country_code": data.get("country"),
            "lat": data.get("lat"),
            "lon": data.get("lng"),
            "website": data.get("web"),
        }
