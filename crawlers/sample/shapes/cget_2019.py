"""Listings to the thirty columns of the census of tiers-lieux of 2019."""

import csv
from io import StringIO

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer

_COLUMNS = (
    *("ID", "NOM_TL", "ADRESSE", "CP", "COMINIT", "INSEECOM", "NOMCOM", "WEB", "TWITTER", "FACEBOOK", "TYPO"),
    *("LAT", "LONG", "GEOCOD", "PRECISION", "CONTACT", "MAIL", "METRO", "NOMMETRO", "INSEEREG", "NOMREG"),
    *("INSEEMETRO", "INSEEDEP", "NOMCOMMETRO", "POPCOM", "COMCLASS", "INSEE_ZE", "NOM_ZE", "CLASS_ZE", "POP_ZE"),
)


def answer(listings: list[Listed]) -> Answer:
    """Return the CSV, served as plain text as GitHub serves raw files."""
    text = StringIO()
    rows = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    rows.writeheader()
    rows.writerows(_row(listed.facts) for listed in listings)
    return Answer(text.getvalue().encode(), "text/plain; charset=utf-8")


def _row(facts: Facts) -> dict[str, str]:
    lat, lon = facts["at"]
    insee = facts.get("insee", "0")
    geocoded = " ".join(facts[part] for part in ("street", "postcode", "city") if part in facts)
    said = {
        "ID": str(facts["key"]),
        "NOM_TL": facts["name"],
        "ADRESSE": facts.get("street", ""),
        "CP": facts.get("postcode", "0"),
        "COMINIT": facts["city"],
        "INSEECOM": insee,
        "NOMCOM": facts["city"],
        "WEB": facts.get("site", ""),
        "TYPO": f"Tiers lieux à dominante {facts['kind']}",
        "LAT": str(lat),
        "LONG": str(lon),
        "GEOCOD": geocoded,
        "PRECISION": "0.93",
        "METRO": "0",
        "INSEEMETRO": insee,
        "INSEEDEP": insee[: 3 if insee.startswith("97") else 2],
        "NOMCOMMETRO": facts["city"],
    }
    return {**said, **facts.get("raw", {})}
