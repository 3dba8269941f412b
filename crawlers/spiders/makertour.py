"""MakerTour: labs visited by Vulca's tour, from the markers of its map page."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.guards.bodies.documents import html_body
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.html_directory import attribute_json
from crawlers.reading.fields import Fields
from crawlers.source import Output, Source, key_of


class MakerTour(Source):
    """Every marker of the map: one visit, one lab."""

    info = SourceInfo(
        name="makertour",
        title="MakerTour",
        homepage="https://www.makertour.fr/",
        hosts=("www.makertour.fr",),
        coverage="world",
        terms=facts_only(
            "LicenseRef-makertour-unstated", "MakerTour", "https://www.makertour.fr/mentions-legales", date(2026, 11, 1)
        ),
        scope="every lab the tour visited; a visit is no proof that the lab still exists",
        rank=8,
        cadence="monthly",
        expectations=Expectations(listings=(1, 1_000), with_coordinates=0.8),
        contact="https://www.makertour.fr/contact",
    )
    reads = ("content", "lat", "lng")

    def requests(self) -> Iterator[Request]:
        """Ask for the page of the map."""
        yield self.get("https://www.makertour.fr/map")

    def parse(self, response: Response) -> Output:
        """Read the markers."""
        markers = attribute_json(html_body(response), "#map", "data-markers", response.url)
        if not isinstance(markers, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: markers are no list")
        yield from self.rows(response, markers)

    def fields(self, data: Any) -> Fields:
        """Return the columns of one marker: name and link stand in the HTML of its balloon."""
        balloon = BeautifulSoup(data["content"], "lxml")
        heading = balloon.find(["h1", "h2", "h3", "h4", "h5", "strong", "b", "a"])
        link = balloon.select_one("a[href]")
        href = str(link["href"]) if link else None
        name = heading.get_text(" ", strip=True) if heading else balloon.get_text(" ", strip=True)
        page = f"https://www.makertour.fr{href}" if href and href.startswith("/") else href
        return {
            "source_key": href.strip("/") if href and href.startswith("/") else key_of(name, data["lat"], data["lng"]),
            "url": page,
            "name": name,
            "lat": data["lat"],
            "lon": data["lng"],
        }
