"""Hinaura: places of digital inclusion in Auvergne-Rhône-Alpes, a YesWiki form."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.yeswiki import YesWikiForm, choices
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope

FABLAB = "11"
KINDS = {"5": "Bibliothèque", "8": "Centre social", "10": "Association", FABLAB: "Fablab", "12": "Tiers-lieu",
         "13": "Tiers-lieu"}  # fmt: skip
"""Ids of the list Typelieu that a listing can be of; the others are offices."""


class Hinaura(YesWikiForm):
    """Entries of the type fablab, or whose text attests fabrication."""

    info = SourceInfo(
        name="hinaura",
        title="Hinaura, hub pour l'inclusion numérique en Auvergne-Rhône-Alpes",
        homepage="https://www.hinaura.fr/",
        hosts=("carto.hinaura.fr",),
        coverage="Auvergne-Rhône-Alpes",
        terms=licence_ouverte("Hinaura", date(2026, 11, 1)),
        scope="type of place fablab, or a name or text that attests fabrication",
        rank=6,
        expectations=Expectations(listings=(1, 3_000), with_coordinates=0.7, filled={"city": 0.8}),
        contact="https://www.hinaura.fr/",
    )
    wiki = "https://carto.hinaura.fr/"
    form = 8
    reads = ("id_fiche", "bf_titre", "bf_code_postal", "bf_ville", "bf_latitude", "bf_longitude")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one entry."""
        types = choices(data.get("checkboxListeTypelieu"))
        told = (data.get("bf_titre"), data.get("bf_info_div"), data.get("bf_resume"))
        if FABLAB not in types and fabrication(*told) is None:
            raise OutOfScope("no type of place and no text attests fabrication", "checkboxListeTypelieu", types)
        return super().fields(data) | {
            "kinds": [KINDS[kind] for kind in types if kind in KINDS],
            "country_code": "FR",
        }
