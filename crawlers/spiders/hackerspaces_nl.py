"""hackerspaces.nl: the hackerspaces of the Netherlands, a GeoJSON file whose "type" holds a log."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.platforms.files import GeoJsonFile, point
from crawlers.reading.fields import Fields
from crawlers.source import key_of


class HackerspacesNl(GeoJsonFile):
    """Every feature of the map."""

    info = SourceInfo(
        name="hackerspaces_nl",
        title="hackerspaces.nl",
        homepage="https://hackerspaces.nl/",
        hosts=("hackerspaces.nl",),
        coverage="NL",
        terms=facts_only(
            "LicenseRef-hackerspaces-nl-unstated", "hackerspaces.nl", "https://hackerspaces.nl/", date(2026, 11, 1)
        ),
        scope="every hackerspace of the map",
        rank=6,
        expectations=Expectations(listings=(1, 100), with_coordinates=0.8, filled={"website": 0.5}),
        contact="https://hackerspaces.nl/contact/",
    )
    file_url = "https://hackerspaces.nl/hsmap/hsnl.geojson"
    reads = ("name", "url", "address", "zip")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one feature: address parts are what a comma left of one text, in no fixed order."""
        space = data["properties"]
        lat, lon = point(data)
        address = ", ".join(str(space[part]).strip() for part in ("address", "zip", "city") if space.get(part))
        return {
            "source_key": key_of(space.get("name")),
            "name": space.get("name"),
            "kinds": ["hackerspace"],
            "description": space.get("description"),
            "address": address,
            "lat": lat,
            "lon": lon,
            "website": space.get("url"),
            "email": space.get("email"),
            "phone": space.get("phone"),
        }
