"""Transiscope: 48,000 places of transition on GoGoCarto, asked for the categories that are workshops only."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, odbl
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.gogocarto import GoGoCarto
from crawlers.reading.fields import Fields
from crawlers.reading.formats import json_of
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope, Output


class Transiscope(GoGoCarto):
    """Elements of a category, or with a text, that attests fabrication."""

    info = SourceInfo(
        name="transiscope",
        title="Transiscope",
        homepage="https://transiscope.org/",
        hosts=("transiscope.gogocarto.fr",),
        coverage="FR",
        terms=odbl("Transiscope et ses cartes partenaires", date(2026, 11, 1)),
        scope="a category, name or text that attests fabrication; the categories are looked up in the taxonomy",
        rank=8,
        cadence="monthly",
        expectations=Expectations(listings=(1, 10_000), with_coordinates=0.8),
        contact="https://transiscope.org/contact/",
    )
    map_host = "transiscope.gogocarto.fr"

    def requests(self) -> Iterator[Request]:
        """Ask for the taxonomy first: the ids of categories differ from map to map."""
        yield self.get(f"https://{self.map_host}/api/taxonomy.json", self.taxonomy)

    def taxonomy(self, response: Response) -> Output:
        """Ask for the elements of the categories that are workshops."""
        found = sorted({str(option["id"]) for option in _options(json_of(response)) if fabrication(option["name"])})
        if not found:
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no category attests fabrication")
        yield self.elements({"categories": ",".join(found), "excludeExternal": "false"})

    def fields(self, data: Any) -> Fields:
        """Return the columns of one element; `website` is text, a list, or "NULL"."""
        columns = super().fields(data)
        description = data.get("description") or data.get("abstract")
        if fabrication(data.get("name"), description, *columns["kinds"]) is None:
            raise OutOfScope("neither category, name nor text attests fabrication", "categories", columns["kinds"])
        return columns | {"description": description, "website": data.get("website"), "links": [data.get("showUrl")]}


def _options(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every named option of a taxonomy, however deep."""
    if isinstance(node, list):
        for child in node:
            yield from _options(child)
    elif isinstance(node, dict):
        if "id" in node and isinstance(node.get("name"), str):
            yield node
        for child in node.values():
            if isinstance(child, list | dict):
                yield from _options(child)
