"""Makery's map of labs, kept by the magazine on GoGoCarto."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, odbl
from crawlers.platforms.gogocarto import GoGoCarto
from crawlers.reading.fields import Fields


class Makery(GoGoCarto):
    """Every element of the map: the magazine lists labs only."""

    info = SourceInfo(
        name="makery",
        title="Makery, carte des labs",
        homepage="https://www.makery.info/labs-map/",
        hosts=("makery.gogocarto.fr",),
        coverage="world",
        terms=odbl("Makery", date(2026, 11, 1)),
        scope="every element that moderators have published",
        rank=5,
        expectations=Expectations(listings=(1, 5_000), with_coordinates=0.8, filled={"kinds": 0.3}),
        contact="https://www.makery.info/contact/",
    )
    map_host = "makery.gogocarto.fr"

    def fields(self, data: Any) -> Fields:
        """Return the columns of one element, with the fields of this map."""
        return super().fields(data) | {
            "description": data.get("description") or data.get("description_courte"),
            "website": data.get("site_web"),
            "links": [data.get("article_makery")],
            "email": data.get("email"),
            "phone": data.get("telephone"),
            "operator": data.get("affiliation"),
        }
