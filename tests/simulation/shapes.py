"""What a source of the simulation lists to the answers of its host, in the shape of the real one."""

from collections.abc import Callable
from datetime import UTC, datetime

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes import cget_2019, fablabs_io, hackerspaces_org, maplabbzh, openstreetmap
from crawlers.sample.shapes.answer import Answer, as_json
from crawlers.source import key_of

HOSTS = {
    "fablabs_io": "www.fablabs.io",
    "hackerspaces_org": "wiki.hackerspaces.org",
    "openstreetmap": "overpass-api.de",
    "maplabbzh": "gitlab.com",
    "cget_2019": "raw.githubusercontent.com",
    "makery": "makery.gogocarto.fr",
    "mulhouse": "data.mulhouse-alsace.fr",
}
"""The sources of the simulation and where each is asked."""

_ASKED_AT = datetime(2026, 5, 11, 3, tzinfo=UTC)


def answer(source: str, url: str, listings: list[Listed]) -> Answer:
    """Return what the host of the source answers to a URL that lists the labs."""
    if source == "fablabs_io" and url.endswith("/sitemap.xml.gz"):
        return fablabs_io.sitemap(listings)
    return _SHAPES[source](url, listings)


def listed(source: str, lab: Facts, key: str) -> Facts:
    """Return what the source says of a lab: its facts, less what this source seldom or never knows."""
    facts = dict(lab) | {"key": int(key) if source == "fablabs_io" else key}
    unknown = _UNKNOWN[source]
    # a property of the listing, not of the week: a field that comes and goes would be drift
    lacks = {name for place, name in enumerate(unknown) if (lab["number"] + place * 7) % 3 == 0}
    facts = {name: value for name, value in facts.items() if name not in lacks}
    if source == "hackerspaces_org":
        facts["country"] = lab.get("country_name", "France")
    return facts


def own_key(source: str, facts: Facts) -> str:
    """Return the source's key of a listing; Mulhouse has none, so its spider makes one."""
    return key_of(facts["name"], facts["street"]) if source == "mulhouse" else str(facts["key"])


def _makery(_: str, listings: list[Listed]) -> Answer:
    elements = []
    for row in listings:
        facts = row.facts
        lat, lon = facts["at"]
        parts = {
            "streetAddress": facts.get("street"),
            "postalCode": facts.get("postcode"),
            "addressLocality": facts["city"],
            "addressCountry": facts.get("country", "FR"),
        }
        elements.append(
            {
                "id": facts["key"],
                "name": facts["name"],
                "geo": {"latitude": lat, "longitude": lon},
                "address": parts,
                "createdAt": "2019-04-02T10:00:00+02:00",
                "status": 1,
                "categories": ["Fablab"],
                "description": facts.get("about"),
                "site_web": facts.get("site"),
                "email": facts.get("email"),
                "telephone": facts.get("phone"),
            }
        )
    return as_json({"licence": "https://opendatacommons.org/licenses/odbl/summary/", "ontology": "gogofull",
                    "data": elements}, "application/json")  # fmt: skip


def _mulhouse(_: str, listings: list[Listed]) -> Answer:
    records = []
    for row in listings:
        facts = row.facts
        lat, lon = facts["at"]
        records.append(
            {
                "nom_structure": facts["name"],
                "type_de_structure": "Association",
                "adresse": facts["street"],
                "compl_adresse": None,
                "code_postal": facts["postcode"],
                "commune": facts["city"],
                "telephone": facts.get("phone"),
                "adresse_mail": facts.get("email"),
                "site_web": facts.get("site"),
                "type_equipement": "Imprimante 3D, découpe laser",
                "geom": {"lon": lon, "lat": lat},
            }
        )
    return as_json(records)


_SHAPES: dict[str, Callable[[str, list[Listed]], Answer]] = {
    "fablabs_io": lambda _, listings: fablabs_io.answer(listings),
    "hackerspaces_org": hackerspaces_org.answer,
    "openstreetmap": lambda _, listings: openstreetmap.answer(listings, _ASKED_AT, is_timed_out=False),
    "maplabbzh": lambda _, listings: maplabbzh.answer(listings, has_later_columns=True),
    "cget_2019": lambda _, listings: cget_2019.answer(listings),
    "makery": _makery,
    "mulhouse": _mulhouse,
}

_UNKNOWN: dict[str, tuple[str, ...]] = {
    "fablabs_io": ("phone", "email"),
    "hackerspaces_org": ("phone",),
    "openstreetmap": ("phone", "site", "street"),
    "maplabbzh": ("phone",),
    "cget_2019": ("site",),
    "makery": ("email", "phone", "street"),
    "mulhouse": ("phone",),
}
