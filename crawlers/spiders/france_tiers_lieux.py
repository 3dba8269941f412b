"""France Tiers-Lieux: the national map of tiers-lieux, a Communecter costum."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.platforms.communecter import CommunecterCostum
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope


class FranceTiersLieux(CommunecterCostum):
    """Tiers-lieux with a tag, type or text that attests fabrication."""

    info = SourceInfo(
        name="france_tiers_lieux",
        title="France Tiers-Lieux, cartographie",
        homepage="https://cartographie.francetierslieux.fr/",
        hosts=("cartographie.francetierslieux.fr",),
        coverage="FR",
        terms=facts_only(
            "LicenseRef-france-tiers-lieux-unstated",
            "France Tiers-Lieux",
            "https://francetierslieux.fr/mentions-legales/",
            date(2026, 11, 1),
        ),
        scope="tag Fablab / Atelier de Fabrication Numérique, or another tag, type or text that attests fabrication; "
        "records whose owner has not opened them as data are left out",
        rank=3,
        expectations=Expectations(listings=(1, 6_000), with_coordinates=0.6, filled={"city": 0.6}),
        contact="https://francetierslieux.fr/contact/",
    )
    api = "https://cartographie.francetierslieux.fr"
    costum = "franceTierslieux"
    reads = ("name", "address", "geo", "tags")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one tiers-lieu."""
        columns = super().fields(data)
        labels, kinds = columns["labels"] or [], columns["kinds"] or []
        told = (data.get("name"), data.get("shortDescription"), data.get("description"), *labels, *kinds)
        if fabrication(*told) is None:
            raise OutOfScope("neither tag, type, name nor text attests fabrication", "tags", labels)
        return columns | {"kinds": [*kinds, *labels], "labels": None}
