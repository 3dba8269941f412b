"""Paris: the city's network of digital inclusion, an Opendatasoft dataset read by its labels."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, odbl
from crawlers.platforms.opendatasoft import OpendatasoftLabels, position
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope, key_of

MACHINES = ("Imprimantes 3D", "Casques de réalité virtuelle", "Ordinateurs", "Imprimantes", "Scanners")


class Paris(OpendatasoftLabels):
    """Rows that own a 3D printer, or whose name or remarks attest fabrication."""

    info = SourceInfo(
        name="paris",
        title="Réseau parisien d'inclusion numérique",
        homepage="https://opendata.paris.fr/explore/dataset/reseau-parisien-dinclusion-numerique/",
        hosts=("opendata.paris.fr",),
        coverage="Paris",
        terms=odbl("Ville de Paris", date(2026, 11, 1)),
        scope="a 3D printer, or a name or remark that attests fabrication",
        rank=6,
        expectations=Expectations(listings=(1, 1_000), with_coordinates=0.7),
        contact="https://opendata.paris.fr/",
    )
    domain = "opendata.paris.fr"
    dataset = "reseau-parisien-dinclusion-numerique"
    reads = ("NOM STRUCTURE", "CODE POSTAL", "Adresse", "geo_point_2d", "TYPE STRUCTURE")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one row; it has neither id nor town."""
        told = (data["NOM STRUCTURE"], data.get("Remarque formation public"))
        if data.get("Imprimantes 3D") != "Oui" and fabrication(*told) is None:
            raise OutOfScope("no 3D printer, and neither name nor remark attests fabrication", "Imprimantes 3D")
        lat, lon = position(data["geo_point_2d"])
        return {
            "source_key": key_of(data["NOM STRUCTURE"], data["Adresse"]),
            "name": data["NOM STRUCTURE"],
            "kinds": [data["TYPE STRUCTURE"], data.get("Type de structure (Catégorie 3)")],
            "description": data.get("Remarque formation public"),
            "street": data["Adresse"],
            "postcode": data["CODE POSTAL"],
            "city": "Paris",
            "country_code": "FR",
            "lat": lat,
            "lon": lon,
            "website": data.get("SITE WEB"),
            "email": data.get("ADRESSE MAIL"),
            "phone": data.get("Téléphone"),
            "opening_hours": data.get("Jours et horaires d'ouverture"),
            "equipment": [machine for machine in MACHINES if data.get(machine) == "Oui"],
            "fees": "Gratuit" if data.get("Gratuit") == "Oui" else None,
        }
