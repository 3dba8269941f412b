"""Listings to the GeoJSON of MapLabBZH, whose properties are all texts and grew two columns in W42."""

from typing import Any

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer, as_json

_COLUMNS = ("id", "name", "organisation", "structure", "adresse", "cp", "ville", "web", "twitter", "facebook")
_CONTACTS = ("email", "tel", "rss")
_LATER = ("mastodon", "instagram")


def answer(listings: list[Listed], *, has_later_columns: bool) -> Answer:
    """Return the feature collection, served as plain text as GitLab serves raw files."""
    columns = (*_COLUMNS, *(_LATER if has_later_columns else ()), *_CONTACTS)
    features = [_feature(listed.facts, columns) for listed in listings]
    return as_json({"type": "FeatureCollection", "features": features}, "text/plain; charset=utf-8", indent=1)


def _feature(facts: Facts, columns: tuple[str, ...]) -> dict[str, Any]:
    said = {
        "id": facts["key"],
        "name": facts["name"],
        "organisation": facts.get("operator", ""),
        "structure": facts["kind"],
        "adresse": facts.get("street", ""),
        "cp": facts.get("postcode", ""),
        "ville": facts.get("city", ""),
        "web": facts.get("site", ""),
        "email": facts.get("email", ""),
        "tel": facts.get("phone", ""),
    } | facts.get("raw", {})
    lat, lon = facts["at"]
    properties = {column: said.get(column, "") for column in columns}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
