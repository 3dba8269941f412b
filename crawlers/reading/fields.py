"""Raw values by listing column to clean ones: the one place where personal data, markup and placeholders end."""

import re
from collections.abc import Mapping
from typing import Any

from stdnum.fr import siret

from crawlers.guards.failures import printable
from crawlers.guards.personal_data.contacts import contact, scrub
from crawlers.guards.personal_data.names import without_names
from crawlers.reading.dates import day
from crawlers.reading.links import own_site_first, web_addresses
from crawlers.reading.text import one_line, plain, texts
from warehouse.gazetteer.coordinates import parse
from warehouse.gazetteer.countries import country_code

Fields = dict[str, Any]
"""Listing columns with the values as the source writes them; `lat` and `lon` in any notation."""

_LINES = ("url", "operator", "address", "street", "postcode", "city", "commune_code", "fees", "opening_hours")
_LISTS = ("alt_names", "kinds", "equipment", "services", "audiences", "labels")
_RNA = re.compile(r"W[0-9A-Z]\d{8}")
_SAYS = re.compile(r"[^\W_0]")
"""A letter or digit: "???" is no city, and "0" is how a spreadsheet writes an empty postcode or INSEE code."""
_LONGEST_VALUE = 200


def cleaned(fields: Mapping[str, Any]) -> Fields:
    """Return the fields as a listing holds them: plain text, real URLs, role addresses, landlines, dates, degrees."""
    out: Fields = dict(fields)
    if isinstance(key := out.get("source_key"), int) and not isinstance(key, bool):
        out["source_key"] = str(key)
    for column in _LINES:
        if column in out:
            text = one_line(out[column])
            out[column] = impersonal(text) if text is not None and _SAYS.search(text) else None
    for column in _LISTS:
        if column in out:
            out[column] = [impersonal(text) for text in texts(out[column]) or [] if _SAYS.search(text)]
    out["name"] = impersonal(one_line(out.get("name")) or "")
    description = plain(out.get("description"))
    out["description"] = impersonal(description) if description is not None else None
    out["country_code"] = _country(out.get("country_code"))
    place = parse(out.get("lat"), out.get("lon"))
    out["lat"], out["lon"] = place.lat, place.lon
    addresses = own_site_first(web_addresses(out.get("website")))
    out["website"] = addresses[0] if addresses else None
    out["links"] = [
        link for link in web_addresses([*addresses[1:], *(texts(out.get("links")) or [])]) if link != out["website"]
    ]
    out["email"], out["phone"] = contact(_all(out.get("email")), _all(out.get("phone")), out["country_code"])
    for column in ("founded_on", "updated_on"):
        out[column] = day(out.get(column))
    out["siret"], out["rna"] = _siret(out.get("siret")), _rna(out.get("rna"))
    return out


def disclosed(value: Any) -> str | None:
    """Return a value of a rejection as text that may be kept: personal data cut, one line, at most 200 characters."""
    if value is None:
        return None
    return printable(impersonal(str(value)[: 4 * _LONGEST_VALUE]), _LONGEST_VALUE) or None


def impersonal(text: str) -> str:
    """Return the text without e-mail addresses, telephone numbers and the names of persons given for contacts."""
    return without_names(scrub(text))


def _all(value: Any) -> str | None:
    """Return every text of a contact field: one mobile or personal address among several silences them all."""
    values = value if isinstance(value, list | tuple) else [value]
    return "; ".join(text for text in (plain(item) for item in values) if text) or None


def _country(value: Any) -> str | None:
    """Return the country a source states. Two letters are a code: "NC" is New Caledonia, not "non communiqué"."""
    text = value.strip() if isinstance(value, str) else ""
    return country_code(text if len(text) == 2 else plain(value))


def _siret(value: Any) -> str | None:
    digits = "".join(re.findall(r"\d", plain(value) or ""))
    return digits if digits.strip("0") and siret.is_valid(digits) else None


def _rna(value: Any) -> str | None:
    text = (plain(value) or "").replace(" ", "").upper()
    return text if _RNA.fullmatch(text) else None
