"""Fab Labs Québec: a Semantic MediaWiki in French, by Special:Ask."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.platforms.semantic_mediawiki import SpecialAsk, value
from crawlers.reading.fields import Fields
from crawlers.reading.text import mapping

POSITION = "A les coordonnées géographiques"
SITE = "A l adresse web"
TOWN = "Est situé dans la localité"
STREET = "A l adresse physique"


class QuebecFablabs(SpecialAsk):
    """Pages of the category Fab Lab au Québec."""

    info = SourceInfo(
        name="quebec_fablabs",
        title="Fab Labs Québec, wiki",
        homepage="https://wiki.fablabs.quebec/",
        hosts=("wiki.fablabs.quebec",),
        coverage="CA-QC",
        terms=facts_only(
            "LicenseRef-fablabs-quebec-unstated", "Fab Labs Québec", "https://wiki.fablabs.quebec/", date(2026, 11, 1)
        ),
        scope="pages of the category Fab Lab au Québec",
        rank=6,
        expectations=Expectations(listings=(1, 300), with_coordinates=0.3, filled={"url": 0.9}),
        contact="https://fablabs.quebec/",
    )
    ask = "https://wiki.fablabs.quebec/index.php/Spécial:Requêter"
    conditions = "[[Catégorie:Fab Lab au Québec]]"
    printouts = (POSITION, SITE, TOWN, STREET)
    reads = printouts

    def fields(self, data: Any) -> Fields:
        """Return the columns of one page."""
        place = mapping(value(data, POSITION))
        return {
            "source_key": data["fulltext"],
            "url": data.get("fullurl"),
            "name": data["fulltext"],
            "kinds": ["Fab Lab"],
            "address": value(data, STREET),
            "city": value(data, TOWN),
            "country_code": "CA",
            "lat": place.get("lat"),
            "lon": place.get("lon"),
            "website": value(data, SITE),
        }
