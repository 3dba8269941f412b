"""Listings to the answer of Overpass: nodes with coordinates, then ways with their centre."""

import re
from datetime import datetime
from typing import Any

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer, as_json

TIMED_OUT = 'runtime error: Query timed out in "query" at line 3 after 121 seconds.'
_HOUSE = re.compile(r"^(\d+\S*) (.+)$|^(.+?) (\d+\S*)$")


def answer(listings: list[Listed], asked_at: datetime, *, is_timed_out: bool) -> Answer:
    """Return the elements; a query that ran out of time has none, a remark, and the status of a success."""
    elements = [] if is_timed_out else [_element(listed.facts) for listed in listings]
    copyright_line = (
        "The data included in this document is from www.openstreetmap.org. The data is made available under ODbL."
    )
    stamp = {"timestamp_osm_base": f"{asked_at:%Y-%m-%dT%H:%M:%SZ}", "copyright": copyright_line}
    document: dict[str, Any] = {"version": 0.6, "generator": "Overpass API 0.7.62.5", "osm3s": stamp}
    document["elements"] = sorted(elements, key=lambda element: (element["type"], element["id"]))
    if is_timed_out:
        document["remark"] = TIMED_OUT
    return as_json(document, "application/json", indent=1)


def _element(facts: Facts) -> dict[str, Any]:
    kind, _, number = str(facts["key"]).partition("/")
    lat, lon = facts["at"]
    place = {"lat": lat, "lon": lon}
    where = place if kind == "node" else {"center": place}
    return {"type": kind, "id": int(number), **where, "tags": dict(sorted(_tags(facts).items()))}


def _tags(facts: Facts) -> dict[str, str]:
    tags = {"leisure": "hackerspace"}
    named = (("name", "name"), ("website", "site"), ("phone", "phone"), ("opening_hours", "hours"))
    tags |= {tag: facts[fact] for tag, fact in (*named, ("addr:postcode", "postcode")) if facts.get(fact)}
    if facts.get("city"):
        tags["addr:city"] = facts["city"]
    if found := _HOUSE.match(facts.get("street", "")):
        tags["addr:housenumber"] = found[1] or found[4]
        tags["addr:street"] = found[2] or found[3]
    elif facts.get("street"):
        tags["addr:street"] = facts["street"]
    return {**tags, **facts.get("raw", {})}
