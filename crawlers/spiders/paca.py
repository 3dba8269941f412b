"""Provence-Alpes-Côte d'Azur: the region's own list of digital places, a Windows-1252 CSV on data.gouv.fr."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.files import CsvFile
from crawlers.platforms.lamednum import is_shifted
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.reading.text import joined, texts
from crawlers.source import OutOfScope, Refused, key_of

WORKSHOPS = ("fablab", "hackerspace")


class Paca(CsvFile):
    """Rows of the type fablab or hackerspace, or whose services or machines attest fabrication."""

    info = SourceInfo(
        name="paca",
        title="Lieux de médiation numérique en Provence-Alpes-Côte d'Azur",
        homepage="https://www.data.gouv.fr/fr/datasets/r/8483ce08-a82a-4d44-b227-eb82ed2f9712",
        hosts=("www.data.gouv.fr", "static.data.gouv.fr"),
        coverage="Provence-Alpes-Côte d'Azur",
        terms=licence_ouverte("Région Provence-Alpes-Côte d'Azur", date(2026, 11, 1)),
        scope="type or status fablab or hackerspace, or services, machines or text that attest fabrication",
        rank=6,
        expectations=Expectations(listings=(1, 2_000), with_coordinates=0.6, filled={"city": 0.8}),
        contact="https://www.data.gouv.fr/",
    )
    file_url = "https://www.data.gouv.fr/fr/datasets/r/8483ce08-a82a-4d44-b227-eb82ed2f9712"
    delimiter = ";"
    reads = ("nom", "adresse_commune", "adresse_code_postal", "adresse_rue", "latitude", "longitude", "type_lieu")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one row; date_maj is 1970 on every one, so it is not read."""
        if is_shifted(data["nom"]):
            raise Refused("shifted_row", "the columns of the row are displaced", "nom", data["nom"])
        kinds = texts(f"{data['type_lieu'] or ''},{data.get('statut') or ''}", separator=r"\s*[,;]\s*") or []
        told = (data["nom"], data.get("description"), data.get("services"), data.get("materiels_disponibles"))
        is_workshop = any(word in kind.lower() for word in WORKSHOPS for kind in kinds)
        if not is_workshop and fabrication(*told) is None:
            raise OutOfScope("neither type, services, machines nor text attest fabrication", "type_lieu", kinds)
        return {
            "source_key": key_of(data["nom"], data["adresse_commune"], data["adresse_rue"]),
            "name": data["nom"],
            "kinds": kinds,
            "description": data.get("description"),
            "operator": data.get("structure_porteuse"),
            "street": joined(data.get("adresse_numero"), data["adresse_rue"]),
            "postcode": data["adresse_code_postal"],
            "city": data["adresse_commune"],
            "commune_code": data.get("adresse_code_insee"),
            "country_code": "FR",
            "lat": data["latitude"],
            "lon": data["longitude"],
            "website": data.get("contact_web"),
            "email": data.get("contact_email"),
            "phone": data.get("contact_telephone"),
            "opening_hours": data.get("horaires_ouverture_brut"),
            "equipment": texts(data.get("materiels_disponibles"), separator=r"\s*[,;]\s*"),
            "services": texts(data.get("services"), separator=r"\s*[,;]\s*"),
            "audiences": texts(data.get("public_cible"), separator=r"\s*[,;]\s*"),
            "labels": texts(data.get("labels"), separator=r"\s*[,;]\s*"),
        }
