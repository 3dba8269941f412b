"""UK Hackspace Foundation: the hackspaces of the United Kingdom and Ireland, one JSON list."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.platforms.wordpress import JsonList
from crawlers.reading.fields import Fields
from crawlers.source import key_of

STATUS = {"active": "active", "starting": "planned", "defunct": "closed", "suspended": "closed"}


class UkHackspaceFoundation(JsonList):
    """Every space of the list, whatever its status."""

    info = SourceInfo(
        name="uk_hackspace_foundation",
        title="UK Hackspace Foundation",
        homepage="https://www.hackspace.org.uk/",
        hosts=("www.hackspace.org.uk",),
        coverage="GB, IE",
        terms=facts_only(
            "LicenseRef-uk-hackspace-foundation-unstated",
            "UK Hackspace Foundation",
            "https://www.hackspace.org.uk/",
            date(2026, 11, 1),
        ),
        scope="every space, defunct and starting ones with their status",
        rank=5,
        expectations=Expectations(listings=(1, 500), with_coordinates=0.5, filled={"status": 0.5}),
        contact="https://www.hackspace.org.uk/",
    )
    file_url = "https://www.hackspace.org.uk/spaces.json"
    list_key = "spaces"
    reads = ("name", "status", "lat", "lng")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one space; keys were in camelCase before 2017.

        The country is left out: Belfast is given as Ireland, and its list knows England but no United Kingdom.
        """
        site = data.get("main_website_url") or data.get("mainWebsiteUrl")
        return {
            "source_key": key_of(data.get("name")),
            "name": data.get("name"),
            "kinds": ["hackspace"],
            "street": data.get("address_first_line") or data.get("addressFirstLine"),
            "postcode": data.get("postcode"),
            "city": data.get("town"),
            "lat": data["lat"],
            "lon": data["lng"],
            "website": site,
            "status": STATUS.get(str(data.get("status")).lower(), "unknown"),
        }
