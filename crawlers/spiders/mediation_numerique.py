"""Cartographie nationale de la médiation numérique: LaMednum files on data.gouv.fr, found in the catalogue."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from scrapy import Request

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.data_gouv import DataGouv
from crawlers.platforms.lamednum import columns
from crawlers.reading.fields import Fields
from crawlers.reading.text import mapping

ORGANISATION = "cartographie-nationale-des-lieux-de-mediation-numerique"
PREFIX = "lieux-de-mediation-numerique-"
# producers that are sources of their own here; their files would only say the same once more
OWN_SOURCES = ("fournis-par-hinaura", "fournis-par-hub-lo", "fournis-par-rhinocc", "fournis-par-paca",
               "fournis-par-mulhouse", "fournis-par-paris", "fournis-par-france-tiers-lieux",
               "fournis-par-la-cartographie-nationale")  # fmt: skip


class MediationNumerique(DataGouv):
    """Records of the producers' files that attest fabrication."""

    info = SourceInfo(
        name="mediation_numerique",
        title="Cartographie nationale des lieux d'inclusion numérique",
        homepage="https://cartographie.societenumerique.gouv.fr/",
        hosts=("www.data.gouv.fr", "static.data.gouv.fr"),
        coverage="FR",
        terms=licence_ouverte("ANCT, Cartographie nationale des lieux d'inclusion numérique", date(2026, 11, 1)),
        scope="typologie FABLAB or FABRIQUE, or services, name or description that attest fabrication",
        rank=4,
        expectations=Expectations(listings=(1, 20_000), with_coordinates=0.7, filled={"city": 0.9, "postcode": 0.8}),
        contact="https://cartographie.societenumerique.gouv.fr/",
    )
    reads = ("id", "nom", "commune", "code_postal", "adresse", "latitude", "longitude")

    def requests(self) -> Iterator[Request]:
        """Ask the catalogue for the files of the organisation."""
        yield self.search(organization=ORGANISATION)

    def chosen(self, datasets: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Return the producers' files: the deduplicated national one would hide who says what."""
        wanted = (item for item in super().chosen(datasets) if str(item.get("slug", "")).startswith(PREFIX))
        return [item for item in wanted if not any(own in item["slug"] for own in OWN_SOURCES)]

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record."""
        return columns(mapping(data))
