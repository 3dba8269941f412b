"""Wikidata: items that are a hackerspace, makerspace or fab lab, the classes found by their English labels."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.platforms.sparql import SparqlQuery, first
from crawlers.reading.fields import Fields
from crawlers.source import Refused


class Wikidata(SparqlQuery):
    """Items by instance of (P31). Labels, not ids, name the classes: a label says to a reader what is asked."""

    info = SourceInfo(
        name="wikidata",
        title="Wikidata",
        homepage="https://www.wikidata.org/",
        hosts=("query.wikidata.org",),
        coverage="world",
        terms=Terms(
            licence="CC0-1.0",
            attribution="Wikidata",
            terms_url="https://www.wikidata.org/wiki/Wikidata:Licensing",
            checked_on=date(2026, 11, 1),
        ),
        scope="instance of hackerspace, makerspace or fab lab",
        rank=5,
        cadence="monthly",
        expectations=Expectations(listings=(1, 5_000), with_coordinates=0.2),
        contact="https://www.wikidata.org/wiki/Wikidata:Contact_the_development_team",
        is_duplicate_free=True,
    )
    endpoint = "https://query.wikidata.org/sparql"
    sparql = """SELECT ?item ?name ?kind ?alias ?geo ?site ?country ?city ?start ?end ?edited WHERE {
  VALUES ?kind { "hackerspace"@en "makerspace"@en "fab lab"@en "fablab"@en }
  ?class rdfs:label ?kind . ?item wdt:P31 ?class .
  OPTIONAL { ?item rdfs:label ?french FILTER(LANG(?french) = "fr") }
  OPTIONAL { ?item rdfs:label ?english FILTER(LANG(?english) = "en") }
  OPTIONAL { ?item rdfs:label ?german FILTER(LANG(?german) = "de") }
  BIND(COALESCE(?french, ?english, ?german) AS ?name)
  OPTIONAL { ?item skos:altLabel ?alias FILTER(LANG(?alias) IN ("fr", "en")) }
  OPTIONAL { ?item wdt:P625 ?geo } OPTIONAL { ?item wdt:P856 ?site }
  OPTIONAL { ?item wdt:P17/wdt:P297 ?country }
  OPTIONAL { ?item wdt:P131/rdfs:label ?city FILTER(LANG(?city) = "fr") }
  OPTIONAL { ?item wdt:P571 ?start } OPTIONAL { ?item wdt:P576 ?end }
  OPTIONAL { ?item schema:dateModified ?edited }
}"""
    reads = ("item", "name")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one item; `geo` is "Point(lon lat)", an end date (P576) is a closed lab."""
        identity = self.position(data)
        if not first(data, "name"):
            raise Refused("no_name", "the item has no label in French, English or German", "name", identity)
        return {
            "source_key": identity,
            "url": f"https://www.wikidata.org/wiki/{identity}",
            "name": first(data, "name"),
            "alt_names": data.get("alias"),
            "kinds": data.get("kind"),
            "city": first(data, "city"),
            "country_code": first(data, "country"),
            "lat": first(data, "geo"),
            "website": data.get("site"),
            "status": "closed" if first(data, "end") else "unknown",
            "founded_on": first(data, "start"),
            "updated_on": first(data, "edited"),
        }
