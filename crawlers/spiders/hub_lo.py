"""Hub-Lo: places of digital inclusion in Centre-Val de Loire, by their LaMednum file on data.gouv.fr."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.data_gouv import DataGouv
from crawlers.platforms.lamednum import columns
from crawlers.reading.fields import Fields
from crawlers.reading.text import mapping


class HubLo(DataGouv):
    """Records that attest fabrication."""

    info = SourceInfo(
        name="hub_lo",
        title="Hub-Lo, hub pour l'inclusion numérique en Centre-Val de Loire",
        homepage="https://www.hub-lo.fr/",
        hosts=("www.data.gouv.fr", "static.data.gouv.fr"),
        coverage="Centre-Val de Loire",
        terms=licence_ouverte("Hub-Lo, ANCT", date(2026, 11, 1)),
        scope="typologie FABLAB or FABRIQUE, or services, name or description that attest fabrication",
        rank=6,
        expectations=Expectations(listings=(1, 1_000), with_coordinates=0.7, filled={"city": 0.9}),
        contact="https://www.hub-lo.fr/",
    )
    slug = "lieux-de-mediation-numerique-sur-le-territoire-centre-val-de-loire-fournis-par-hub-lo-1"
    reads = ("id", "nom", "commune", "code_postal", "adresse", "latitude", "longitude")

    def requests(self) -> Iterator[Request]:
        """Ask for the dataset by its slug."""
        yield self.dataset(self.slug)

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record."""
        return columns(mapping(data))
