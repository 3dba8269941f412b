"""How countries write postcode, city and house number: what an address line is read by."""

import re
from dataclasses import dataclass
from functools import cache

from warehouse.gazetteer.countries import FRENCH_TERRITORIES


@dataclass(frozen=True)
class Format:
    """The postal format of a country."""

    postcode: re.Pattern[str]
    is_city_first: bool = False
    """City before postcode ("London E2 8HD"), not after it ("69003 Lyon")."""
    is_number_last: bool = False
    """House number after the street ("Adlerstr. 12a")."""


# Countries that write the postcode before the city, by the shape of the postcode; a letter and a hyphen may stand
# before it ("F-69003", "L-4362"). Source: Universal Postal Union, postal addressing systems.
_POSTCODE_FIRST = {
    r"\d{2} ?\d{3}": "FR MC GP MQ GF RE PM YT BL MF WF PF NC",
    r"\d{5}": "DE ES IT FI EE LT TR MX HR RS BA ME UA MA TN DZ VA SM XK UY CU EG JO SA KW",
    r"\d{4}": "BE CH AT DK NO HU LU BG SI LI CY AL MK GE AM GL FO PH BD",
    r"\d{3} ?\d{2}": "CZ SK SE GR",
    r"\d{4} ?[A-Z]{2}": "NL",
    r"\d{4}-\d{3}": "PT",
    r"\d{2}-\d{3}": "PL",
    r"\d{6}": "RO RU BY KZ KG",
    r"\d{3}": "IS",
}
_CITY_FIRST = {
    r"\d{5}(?:-\d{4})?": "US PR",
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d": "CA",
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}": "GB JE GG IM",
    r"[A-Z]\d[\dW] ?[A-Z\d]{4}": "IE",
    r"\d{4}": "AU NZ ZA VE",
    r"\d{3} ?\d{3}": "IN SG CN VN EC CO",
    r"\d{5}-?\d{3}": "BR",
    r"〒?\d{3}-?\d{4}": "JP",
    r"\d{5}": "KR TH MY ID PK NP PE KE",
    r"[A-Z]?\d{4}(?:[A-Z]{3})?": "AR",
    r"\d{3} ?\d{4}": "CL",
    r"\d{5,7}": "IL IR TW",
    r"LV-\d{4}": "LV",
    r"[A-Z]{3} ?\d{4}": "MT",
}
_NUMBER_LAST = {
    *("DE", "AT", "CH", "LI", "NL", "BE", "DK", "NO", "SE", "FI", "IS", "PL", "CZ", "SK", "HU", "SI", "HR", "RS", "BA"),
    *("ME", "MK", "BG", "RO", "GR", "IT", "ES", "PT", "EE", "LV", "LT", "TR", "RU", "UA", "BR", "AR", "CL", "UY", "MX"),
    *("PE", "EC", "CO"),
}
FRENCH = frozenset({"FR", "MC", *FRENCH_TERRITORIES.values()})
"""Countries that write addresses the French way."""

_ELSEWHERE = r"\d{4,6}"


@cache
def format_of(country: str | None) -> Format:
    """Return the format of the country; of one that is not known, digits before the city."""
    shape, is_city_first = _ELSEWHERE, False
    for shapes, first in ((_POSTCODE_FIRST, False), (_CITY_FIRST, True)):
        for candidate, countries in shapes.items():
            if country in countries.split():
                shape, is_city_first = candidate, first
    prefix = "" if is_city_first else r"(?:[A-Z]{1,2}-)?"
    pattern = re.compile(rf"(?<![\w-]){prefix}({shape})(?![\w-])", re.IGNORECASE)
    return Format(pattern, is_city_first, country is None or country in _NUMBER_LAST)
