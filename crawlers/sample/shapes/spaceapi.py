"""Listings to the SpaceAPI directory and to the endpoint of each space, in the versions 12 to 15."""

from typing import Any

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer, as_json, not_found

ROBOTS_OF_A_SPACE = b"User-agent: *\nDisallow: /wiki/Special:\n"
ROBOTS_THAT_FORBID = b"User-agent: *\nDisallow: /\n"
_LOGIN = b'<!DOCTYPE html>\n<html>\n<head>\n  <meta charset="utf-8">\n  <title>Portal</title>\n</head>\n<body>\n'


def directory(listings: list[Listed], unanswered: list[Facts]) -> Answer:
    """Return the directory: name to endpoint, sorted."""
    entries = [listed.facts for listed in listings] + unanswered
    return as_json({e["key"]: e["endpoint"] for e in sorted(entries, key=lambda e: str(e["key"]).casefold())}, indent=2)


def endpoint(facts: Facts) -> Answer:
    """Return what one endpoint answers."""
    match facts.get("answer", "ok"):
        case "ok":
            return as_json(_SHAPES[facts["version"]](facts) | facts.get("raw", {}), "application/json")
        case "html":
            return Answer(_LOGIN + b"  <form action='/login'></form>\n</body>\n</html>\n")
        case "empty":
            return Answer(b"", "application/json")
        case "503":
            return Answer(b"Service Unavailable\n", "text/plain", status=503)
        case _:
            return not_found()


def _head(facts: Facts) -> dict[str, Any]:
    site = str(facts["site"]).rstrip("/")
    return {"space": facts["name"], "logo": f"{site}/logo.png", "url": facts["site"]}


def _place(facts: Facts) -> dict[str, Any]:
    lat, lon = facts["at"]
    return {"address": facts["address"], "lat": lat, "lon": lon}


def _contact(facts: Facts) -> dict[str, Any]:
    return {name: facts[name] for name in ("email", "phone") if name in facts}


def _state(facts: Facts) -> dict[str, Any]:
    return {"open": facts["open"], "lastchange": facts["lastchange"]}


def _v12(facts: Facts) -> dict[str, Any]:
    icon = {"open": f"{facts['site']}open.png", "closed": f"{facts['site']}closed.png"}
    flat = {**_place(facts), **_state(facts), "icon": icon}
    return {"api": "0.12", **_head(facts), **flat, "contact": _contact(facts)}


def _v13(facts: Facts) -> dict[str, Any]:
    body = {**_head(facts), "location": _place(facts), "state": _state(facts), "contact": _contact(facts)}
    return {"api": "0.13", **body, "issue_report_channels": ["email"]}


def _v13_14(facts: Facts) -> dict[str, Any]:
    return {"api_compatibility": ["13", "14"], **_v13(facts)}


def _v14(facts: Facts) -> dict[str, Any]:
    place = {**_place(facts), "timezone": "Europe/Paris"}
    body = {**_head(facts), "location": place, "state": _state(facts), "contact": _contact(facts)}
    return {"api_compatibility": ["14"], **body, "links": [{"name": "Wiki", "url": f"{facts['site']}wiki"}]}


def _v15(facts: Facts) -> dict[str, Any]:
    place = {**_place(facts), "country_code": facts.get("country", "FR"), "hint": "porte verte, au fond de la cour"}
    plans = [{"name": "soutien", "value": 10, "currency": "EUR", "billing_interval": "monthly"}]
    body = {**_head(facts), "location": place, "state": _state(facts), "contact": _contact(facts)}
    return {"api_compatibility": ["15"], **body, "membership_plans": plans}


_SHAPES = {"12": _v12, "13": _v13, "13+14": _v13_14, "14": _v14, "15": _v15}
