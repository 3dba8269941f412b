"""The wiki of hackerspaces.org: the only source with an explicit life cycle."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.platforms.semantic_mediawiki import SemanticMediaWiki, value, values
from crawlers.reading.fields import Fields
from crawlers.reading.text import mapping
from crawlers.source import OutOfScope

# "suspected inactive" is set by a bot after failed checks: a sign, not a statement of the lab
STATUS = {"active": "active", "planned": "planned", "building": "planned", "closed": "closed"}


class HackerspacesOrg(SemanticMediaWiki):
    """Pages of Category:Hackerspace."""

    info = SourceInfo(
        name="hackerspaces_org",
        title="Wiki of hackerspaces.org",
        homepage="https://wiki.hackerspaces.org/List_of_Hacker_Spaces",
        hosts=("wiki.hackerspaces.org",),
        coverage="world",
        terms=Terms(
            licence="LicenseRef-hackerspaces-org-unstated",
            attribution="wiki.hackerspaces.org contributors",
            terms_url="https://wiki.hackerspaces.org/Hackerspaces:General_disclaimer",
            checked_on=date(2026, 11, 1),
            fields_permitted="facts",
        ),
        scope="pages of the category Hackerspace, whatever their status; user groups without a room are none",
        rank=4,
        expectations=Expectations(listings=(3, 10_000), with_coordinates=0.4, filled={"url": 0.9, "status": 0.5}),
        contact="https://wiki.hackerspaces.org/Special:Contact",
    )
    api = "https://wiki.hackerspaces.org/w/api.php"
    conditions = "Category:Hackerspace"
    printouts = ("Country", "State", "City", "Website", "Hackerspace status", "Has coordinates", "Location", "Email",
                 "Phone", "SpaceAPI", "Modification date")  # fmt: skip
    reads = ("Country", "City", "Website", "Hackerspace status", "Has coordinates")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one page. "Modification date" is left out: bots touch it, so it shows no life."""
        if mapping(data).get("namespace", 0) != 0:
            raise OutOfScope("a page of the wiki about something else than a space", "namespace", data["namespace"])
        place = mapping(value(data, "Has coordinates"))
        status = str(value(data, "Hackerspace status") or "").strip().lower()
        websites = values(data, "Website")
        return {
            "source_key": data["fulltext"],
            "url": data.get("fullurl"),
            "name": data["fulltext"],
            "kinds": ["hackerspace"],
            "address": value(data, "Location"),
            "city": value(data, "City"),
            "country_code": value(data, "Country"),
            "lat": place.get("lat"),
            "lon": place.get("lon"),
            "website": websites,
            "links": [*websites[1:], *values(data, "SpaceAPI")],
            "email": values(data, "Email"),
            "phone": values(data, "Phone"),
            "status": STATUS.get(status, "unknown"),
        }
