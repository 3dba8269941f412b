"""Mulhouse: who practises médiation numérique in the city, an Opendatasoft dataset."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.platforms.opendatasoft import OpendatasoftDataset, position
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.reading.text import joined, texts
from crawlers.source import OutOfScope, key_of


class Mulhouse(OpendatasoftDataset):
    """Records whose name, machines or courses attest fabrication."""

    info = SourceInfo(
        name="mulhouse",
        title="Acteurs de la médiation numérique à Mulhouse",
        homepage="https://data.mulhouse-alsace.fr/explore/dataset/68224_acteurs-de-la-mediation-numerique-a-mulhouse/",
        hosts=("data.mulhouse-alsace.fr",),
        coverage="Mulhouse",
        terms=licence_ouverte("Ville de Mulhouse", date(2026, 11, 1)),
        scope="machines, courses or a name that attest fabrication; computers and printers are none",
        rank=6,
        expectations=Expectations(listings=(1, 200), with_coordinates=0.7, filled={"city": 0.8}),
        contact="https://data.mulhouse-alsace.fr/",
    )
    domain = "data.mulhouse-alsace.fr"
    dataset = "68224_acteurs-de-la-mediation-numerique-a-mulhouse"
    reads = ("nom_structure", "adresse", "code_postal", "commune", "type_equipement", "geom")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record. It has no id: name and street are the key."""
        told = (data.get("nom_structure"), data.get("type_equipement"), data.get("contenu_niveau_formations_ateliers"))
        if fabrication(*told) is None:
            raise OutOfScope("neither name, machines nor courses attest fabrication", "type_equipement", told[1])
        lat, lon = position(data.get("geom"))
        return {
            "source_key": key_of(data.get("nom_structure"), data.get("adresse")),
            "name": data.get("nom_structure"),
            "kinds": [data.get("type_de_structure")],
            "street": joined(data.get("adresse"), data.get("compl_adresse"), by=", "),
            "postcode": data.get("code_postal"),
            "city": data.get("commune"),
            "country_code": "FR",
            "lat": lat,
            "lon": lon,
            "website": data.get("site_web"),
            "email": data.get("adresse_mail"),
            "phone": data.get("telephone"),
            "opening_hours": data.get("jours_horaires_ouverture"),
            "equipment": texts(data.get("type_equipement"), separator=r"\s*,\s*"),
            "services": texts(data.get("contenu_niveau_formations_ateliers"), separator=r"\s*,\s*"),
            "audiences": texts(data.get("type_public"), separator=r"\s*,\s*"),
            "fees": data.get("tarif_acces_equipement"),
        }
