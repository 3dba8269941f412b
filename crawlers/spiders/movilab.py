"""Movilab: the wiki of tiers-lieux, by the pages of its category."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.platforms.mediawiki import MediaWikiCategory, prose, template_fields, wikitext
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.reading.text import mapping, sequence
from crawlers.source import OutOfScope


class Movilab(MediaWikiCategory):
    """Pages whose title or text attests fabrication."""

    info = SourceInfo(
        name="movilab",
        title="Movilab",
        homepage="https://movilab.org/wiki/Accueil",
        hosts=("movilab.org",),
        coverage="FR",
        terms=Terms(
            licence="CC-BY-SA-4.0",
            attribution="Movilab, contributeurs",
            terms_url="https://movilab.org/wiki/Accueil",
            checked_on=date(2026, 11, 1),
            is_share_alike=True,
            # BY-SA mixes with neither edition's licence: facts only
            fields_permitted="facts",
        ),
        scope="a title or text that attests fabrication; the wiki documents practices too",
        rank=8,
        cadence="monthly",
        expectations=Expectations(listings=(1, 3_000), filled={"url": 0.9}),
        contact="https://movilab.org/wiki/Accueil",
    )
    api = "https://movilab.org/api.php"
    category = "Catégorie:Tiers-Lieux"
    reads = ("title", "fullurl", "revisions")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one page; what its template names is read, all else is text."""
        if mapping(data).get("ns", 0) != 0:
            raise OutOfScope("a page of the wiki about something else than a place", "ns", data["ns"])
        text = wikitext(data)
        named, told = template_fields(text), prose(text)
        if fabrication(data["title"], told, *named.values()) is None:
            raise OutOfScope("neither title nor text attests fabrication", "title", data["title"])
        place = mapping(next(iter(sequence(data.get("coordinates"))), None))
        return {
            "source_key": str(data["pageid"]),
            "url": data.get("fullurl"),
            "name": data["title"],
            "kinds": ["Tiers-Lieux"],
            "description": told[:2_000],
            "street": named.get("adresse"),
            "postcode": named.get("code postal"),
            "city": named.get("ville") or named.get("commune"),
            "country_code": named.get("pays"),
            "lat": place.get("lat") or named.get("latitude"),
            "lon": place.get("lon") or named.get("longitude"),
            "website": named.get("site web") or named.get("site"),
            "updated_on": mapping(next(iter(sequence(data.get("revisions"))), None)).get("timestamp"),
        }
