"""Listings to the pages of an askargs query, as the Semantic MediaWiki of hackerspaces.org writes them."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer, as_json

ROBOTS = b"User-agent: *\nDisallow: /Special:Random\nDisallow: /w/index.php?\n"
WIKI = "https://wiki.hackerspaces.org/"
PAGE = 12
"""The wiki gives fewer results than asked for and says where the next begin: only the absent key ends the list."""


def answer(url: str, listings: list[Listed]) -> Answer:
    """Return one page of the query, with the offset of the next where there is one."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    parameters = dict(part.split("=", 1) for part in asked.get("parameters", "").split("|") if "=" in part)
    labels = [label.strip().replace("_", " ") for label in asked.get("printouts", "").split("|") if label.strip()]
    offset = int(parameters.get("offset", "0"))
    rows = sorted(listings, key=lambda listed: listed.source_key)
    results = {row.source_key: _page(row.facts, labels) for row in rows[offset : offset + PAGE]}
    query: dict[str, Any] = {"printrequests": [{"label": label, "typeid": "_txt", "mode": 1} for label in labels]}
    query |= {"results": results or [], "serializer": "SMW\\Serializers\\QueryResultSerializer", "version": 2}
    more = {"query-continue-offset": offset + PAGE} if offset + PAGE < len(rows) else {}
    return as_json({**more, "query": query})


def _page(facts: Facts, labels: list[str]) -> dict[str, Any]:
    title = facts["key"]
    said = _printouts(facts)
    printouts = {label: said.get(label, []) for label in labels}
    return {**_link(title), "printouts": printouts}


def _printouts(facts: Facts) -> dict[str, list[Any]]:
    """Return every property as the wiki types it: always an array, empty when nothing is said."""
    said: dict[str, list[Any]] = {
        "Country": [_link(facts.get("country", "France"))],
        "City": [_link(facts["city"])],
        "Hackerspace status": [{**_link(facts.get("status", "active")), "fullurl": ""}],
    }
    if "state" in facts:
        said["State"] = [_link(facts["state"])]
    if "at" in facts:
        lat, lon = facts["at"]
        said["Has coordinates"] = [{"lat": lat, "lon": lon}]
    for label, fact in (("Website", "site"), ("Phone", "phone"), ("SpaceAPI", "spaceapi")):
        if fact in facts:
            said[label] = [facts[fact]]
    if "email" in facts:
        said["Email"] = [f"mailto:{facts['email']}"]
    if "modified" in facts:
        said["Modification date"] = [{"timestamp": str(facts["modified"])}]
    return {**said, **facts.get("raw", {})}


def _link(title: str) -> dict[str, Any]:
    return {"fulltext": title, "fullurl": WIKI + quote(title.replace(" ", "_")), "namespace": 0, "exists": "1"}
