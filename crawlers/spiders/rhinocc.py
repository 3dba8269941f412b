"""RhinOcc: places of digital inclusion in Occitanie, on GoGoCarto."""

from datetime import date
from typing import Any, ClassVar

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.gogocarto import GoGoCarto
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope


class RhinOcc(GoGoCarto):
    """Elements of a category, or with a text, that attests fabrication."""

    info = SourceInfo(
        name="rhinocc",
        title="RhinOcc, hub pour l'inclusion numérique en Occitanie",
        homepage="https://rhinoccc.gogocarto.fr/",
        hosts=("rhinoccc.gogocarto.fr",),
        coverage="Occitanie",
        terms=licence_ouverte("RhinOcc", date(2026, 11, 1)),
        scope="category FabLab or fabrication numérique, or a name or text that attests fabrication",
        rank=6,
        expectations=Expectations(listings=(1, 2_000), with_coordinates=0.7),
        contact="https://rhinocc.fr/",
    )
    map_host = "rhinoccc.gogocarto.fr"
    query: ClassVar = {"categories": "", "excludeExternal": "true"}

    def fields(self, data: Any) -> Fields:
        """Return the columns of one element, with the fields of this map; categories are types and services in one."""
        columns = super().fields(data)
        if fabrication(data.get("name"), data.get("prez_lieu"), *columns["kinds"]) is None:
            raise OutOfScope("neither category, name nor text attests fabrication", "categories", columns["kinds"])
        return columns | {
            "description": data.get("prez_lieu"),
            "operator": data.get("struct_port"),
            "siret": data.get("siret"),
            "website": data.get("url"),
            "email": data.get("emailpub"),
            "phone": data.get("tel"),
            "fees": data.get("tarif"),
            "labels": data.get("autre_labels"),
            "links": [data.get("prise_rdv")],
            "country_code": columns["country_code"] or "FR",
        }
