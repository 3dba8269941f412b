"""The standard of médiation numérique (LaMednum) to listing columns, version 0 and version 1."""

import re
from typing import Any

from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.reading.text import joined, texts
from crawlers.source import OutOfScope, Refused

# version 1 separates values by "|", version 0 by ";", and some producers by " / "
_SEPARATOR = r"\s*[|;]\s*|\s+/\s+"
_WORKSHOPS = {"FABLAB", "FABRIQUE"}
"""Typologies that are workshops; TIERS_LIEUX may be anything."""
# a number with a decimal part is a coordinate that slipped into the column before it
_SHIFTED = re.compile(r"-?\d{1,3}[.,]\d+")


def columns(data: dict[str, Any]) -> Fields:
    """Return the listing columns of one record. `pivot` is the SIRET of the body that runs it: no key of a place.

    Raises: OutOfScope when nothing attests fabrication; Refused when the columns of the record are displaced.
    """
    name = data.get("nom")
    if is_shifted(name):
        raise Refused("shifted_row", "the columns of the record are displaced: its name is a coordinate", "nom", name)
    kinds = texts(data.get("typologie"), separator=_SEPARATOR) or []
    services = texts(data.get("services"), separator=_SEPARATOR)
    told = data.get("presentation_detail") or data.get("presentation_resume")
    described = (name, told, data.get("presentation_resume"), *kinds, *(services or ()))
    if not _WORKSHOPS & set(kinds) and fabrication(*map(_text, described)) is None:
        raise OutOfScope("neither typology, services, name nor description attests fabrication", "typologie", kinds)
    return {
        "source_key": data.get("id"),
        "name": name,
        "kinds": kinds,
        "description": told,
        "operator": data.get("structure_parente"),
        "siret": data.get("pivot"),
        "rna": data.get("pivot"),
        "street": joined(data.get("adresse"), data.get("complement_adresse"), by=", "),
        "postcode": data.get("code_postal"),
        "city": data.get("commune"),
        "commune_code": data.get("code_insee"),
        "country_code": "FR",
        "lat": data.get("latitude"),
        "lon": data.get("longitude"),
        "website": texts(data.get("site_web"), separator=r"\s*\|\s*"),
        "email": data.get("courriels") or data.get("courriel"),
        "phone": data.get("telephone"),
        "opening_hours": data.get("horaires"),
        "services": services,
        "audiences": texts(
            data.get("publics_specifiquement_adresses") or data.get("publics_accueillis"), separator=_SEPARATOR
        ),
        "labels": [
            label
            for field in ("dispositif_programmes_nationaux", "formations_labels", "autres_formations_labels",
                          "labels_nationaux", "labels_autres")
            for label in texts(data.get(field), separator=_SEPARATOR) or ()
        ],
        "fees": data.get("frais_a_charge") or data.get("conditions_acces"),
        "links": [data.get("prise_rdv"), data.get("fiche_acces_libre")],
        "updated_on": data.get("date_maj"),
    }  # fmt: skip


def is_shifted(name: Any) -> bool:
    """Tell whether a name is a coordinate: the columns of its row stand one place off."""
    return _SHIFTED.fullmatch(str(name).strip()) is not None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
