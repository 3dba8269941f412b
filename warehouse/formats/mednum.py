"""Labs to the national standard of places of digital mediation, version 1.0.2, for the labs that satisfy it.

Source: LaMednum/standard-mediation-num, read through guide/sources-france.md 4.1. Values of one cell are joined by
`|`. Contacts stay empty: they are published apart, and not for long. A lab that lacks a required value is left out and
counted; nothing is invented to let it in.
"""

import re
from collections.abc import Mapping
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.formats import delimited

FIELDS = (
    "id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse", "latitude",
    "longitude", "typologie", "telephone", "courriels", "site_web", "horaires", "presentation_resume",
    "presentation_detail", "source", "itinerance", "structure_parente", "date_maj", "services",
    "publics_specifiquement_adresses", "prise_en_charge_specifique", "frais_a_charge",
    "dispositif_programmes_nationaux", "formations_labels", "autres_formations_labels", "modalites_acces",
    "modalites_accompagnement", "fiche_acces_libre", "prise_rdv",
)  # fmt: skip
PATTERNS: Mapping[str, str] = {
    "pivot": r"[a-zA-Z0-9]{9,14}",
    "code_postal": r"\d{5}",
    "code_insee": r"([013-9]\d|2[AB1-9])\d{3}",
}
REQUIRED = ("id", "pivot", "nom", "commune", "code_postal", "adresse", "date_maj")

_SERVICE = "Loisirs et créations numériques"
"""The one service of the standard that making things with machines is."""
_FABLAB = re.compile(r"(?i)\bfab[ -]?labs?\b")
_SUMMARY = 280
_OPENING_HOURS = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su|PH|24/7)[A-Za-z0-9 ,:;+\-/\"\[\]()]*")
"""What looks like OSM syntax; hours in words stay out, as the standard wants no words."""


def write(labs: pa.Table, sink: IO[bytes]) -> int:
    """Write the labs that satisfy the standard as CSV; return how many there are."""
    candidates = labs.filter(
        pc.and_(labs["street"].is_valid(), pc.or_(labs["siret"].is_valid(), labs["rna"].is_valid()))
    )
    rows = [row for row in (_row(lab) for lab in candidates.to_pylist()) if satisfies(row)]
    schema = pa.schema([pa.field(name, pa.float64() if name.endswith("itude") else pa.string()) for name in FIELDS])
    delimited.write(pa.Table.from_pylist(rows, schema=schema), sink)
    return len(rows)


def table_schema() -> dict[str, Any]:
    """Return the Table Schema of what is written: names, types and constraints of the standard."""
    return {"fields": [_field(name) for name in FIELDS], "primaryKey": ["id"], "missingValues": [""]}


def satisfies(row: Mapping[str, Any]) -> bool:
    """Tell whether the row has every value the standard requires, and each in the form it asks for."""
    if any(row[name] is None for name in REQUIRED):
        return False
    return all(row[name] is None or re.fullmatch(pattern, row[name]) for name, pattern in PATTERNS.items())


def _row(lab: Mapping[str, Any]) -> dict[str, Any]:
    description = lab["description"]
    hours = lab["opening_hours"]
    updated = lab["updated_on"] or lab["last_confirmed_on"]
    called = [lab["name"], *(lab["kinds"] or []), *(lab["alt_names"] or [])]
    in_france = lab["country_code"] == "FR"
    row = dict.fromkeys(FIELDS) | {
        "id": lab["lab_id"],
        "pivot": (lab["siret"] or lab["rna"]) if in_france else None,
        "nom": lab["name"],
        "commune": lab["commune"] or lab["city"],
        "code_postal": lab["postcode"],
        "code_insee": lab["arrondissement_code"] or lab["commune_code"],
        "adresse": lab["street"],
        "latitude": lab["lat"],
        "longitude": lab["lon"],
        "typologie": "FABLAB" if any(_FABLAB.search(text) for text in called) else "TIERS_LIEUX",
        "site_web": lab["website"],
        "horaires": hours if hours and _OPENING_HOURS.fullmatch(hours) else None,
        "presentation_resume": _shortened(description) if description else None,
        "presentation_detail": description,
        "source": "lab-registry",
        "structure_parente": lab["operator"],
        "date_maj": updated.isoformat() if updated else None,
        "services": _SERVICE,
    }
    return {name: value.replace("\n", " ") if isinstance(value, str) else value for name, value in row.items()}


def _field(name: str) -> dict[str, Any]:
    kind = "number" if name.endswith("itude") else "date" if name == "date_maj" else "string"
    constraints: dict[str, Any] = {"required": True} if name in REQUIRED else {}
    if name in PATTERNS:
        constraints["pattern"] = f"^{PATTERNS[name]}$"
    if name == "presentation_resume":
        constraints["maxLength"] = _SUMMARY
    return {"name": name, "type": kind} | ({"constraints": constraints} if constraints else {})


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SUMMARY else plain[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"
