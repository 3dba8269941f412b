"""Make: Community's directory of makerspaces, a JSON list of its WordPress."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.platforms.wordpress import JsonList
from crawlers.reading.fields import Fields
from crawlers.source import key_of


class MakeMakerspaces(JsonList):
    """Every makerspace of the directory. It may refuse agents that are no browser: then it is blocked, not deceived."""

    info = SourceInfo(
        name="make_makerspaces",
        title="Make: makerspace directory",
        homepage="https://makerspace.com/",
        hosts=("makerspace.com",),
        coverage="world",
        terms=facts_only(
            "LicenseRef-make-terms", "Make: Community", "https://make.co/terms-of-use/", date(2026, 11, 1)
        ),
        scope="every makerspace of the directory",
        rank=7,
        cadence="monthly",
        expectations=Expectations(listings=(1, 5_000), with_coordinates=0.6),
        contact="https://make.co/contact/",
    )
    file_url = "https://makerspace.com/wp-json/makerspaces/v1/spacedata/5/"
    list_key = "Makerspaces"
    reads = ("name", "lat", "long")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one makerspace; without an id, name and place are the key."""
        place = [data.get(name) for name in ("address", "city", "state", "country")]
        return {
            "source_key": str(data["id"]) if data.get("id") else key_of(data.get("name"), data["lat"], data["long"]),
            "url": data.get("link"),
            "name": data.get("name"),
            "kinds": ["makerspace"],
            "description": data.get("desc"),
            "street": place[0],
            "postcode": data.get("zip"),
            "city": place[1],
            "country_code": place[3],
            "lat": data["lat"],
            "lon": data["long"],
            "website": data.get("website"),
        }
