"""The columns of a file nobody declared to listing columns, or a refusal that names them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crawlers.reading.fields import Fields
from crawlers.reading.scope import folded

# Names seen in French open data, compared in lower-case words without accents; the first that is there counts.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "source_key": ("id", "identifiant", "gid", "objectid", "id lieu", "code", "recordid"),
    "name": ("nom", "name", "nom structure", "nom du lieu", "nom lieu", "nom de la structure", "nom tl", "titre",
             "title", "denomination", "raison sociale", "structure", "lieu", "libelle", "etablissement",
             "nom tiers lieu", "nom du tiers lieu", "nom etablissement", "nom site",
             "nom du lieu ou de la structure", "nom org"),
    "kinds": ("type", "categorie", "typologie", "type structure", "type de structure", "type lieu", "type de lieu",
              "typo", "nature", "categories"),
    "description": ("description", "presentation", "presentation detail", "descriptif", "commentaire", "activites",
                    "presentation resume", "texte"),
    "operator": ("structure porteuse", "porteur", "gestionnaire", "structure parente", "organisme", "operateur"),
    "siret": ("siret", "n siret", "numero siret"),
    "street": ("adresse", "address", "rue", "voie", "adresse postale", "adresse 1", "adresse1", "street", "num voie"),
    "postcode": ("code postal", "cp", "postal code", "codepostal", "code post"),
    "city": ("commune", "ville", "city", "nom commune", "localite", "com nom", "nom com"),
    "commune_code": ("code insee", "insee", "insee com", "code commune", "codeinsee", "com insee", "depcom"),
    "lat": ("latitude", "lat", "y wgs84", "y", "bf latitude"),
    "lon": ("longitude", "lon", "long", "lng", "x wgs84", "x", "bf longitude"),
    "point": ("geo point 2d", "geo point", "geolocalisation", "coordonnees", "geom", "geo shape", "coordonnees gps"),
    "website": ("site web", "site internet", "site", "web", "url", "website", "lien", "url site"),
    "email": ("courriel", "courriels", "mail", "email", "e mail", "adresse mail", "contact mail"),
    "phone": ("telephone", "tel", "phone", "num tel", "numero de telephone", "telephone fixe"),
    "opening_hours": ("horaires", "horaires d ouverture", "horaire", "jours horaires ouverture", "heures d ouverture"),
    "equipment": ("equipements", "equipement", "machines", "materiel", "materiels disponibles"),
    "services": ("services", "service", "services proposes"),
    "updated_on": ("date maj", "date de mise a jour", "maj", "updated at", "date modification", "derniere maj"),
}  # fmt: skip
"""Listing column to the names sources give it; `point` is a position in one cell."""

_PLACE = ("street", "city", "postcode", "lat", "point", "commune_code")


def column_map(names: Iterable[str]) -> dict[str, str] | None:
    """Return listing column -> the name the file gives it, None when it has no name of a place or no place."""
    by_words = {_words(name): name for name in names if isinstance(name, str)}
    found = {
        column: by_words[word]
        for column, words in SYNONYMS.items()
        if (word := next((word for word in words if word in by_words), None)) is not None
    }
    return found if "name" in found and any(column in found for column in _PLACE) else None


def mapped(record: Mapping[str, Any], names: Mapping[str, str]) -> Fields:
    """Return the values of a record by listing column; `point` stays for the caller to read."""
    return {column: record.get(name) for column, name in names.items()}


def _words(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", folded(name)))
