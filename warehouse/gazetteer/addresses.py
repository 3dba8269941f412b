"""An address in one string to its parts, for comparison and display."""

import re
from dataclasses import dataclass

from warehouse.gazetteer.countries import FRENCH_TERRITORIES, country_code


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; None where the text has none."""

    house_number: str | None = None
    street: str | None = None
    complement: str | None = None
    postcode: str | None = None
    city: str | None = None
    country_code: str | None = None


def parse(text: str | None, country: str | None = None) -> Address:
    """Return the parts (stand-in until the parser lands)."""
    m = re.search(r"(?<!\d)(\d{5})\s+([^\d,;\n]+)", text or "")
    if m and country in (None, "FR", *FRENCH_TERRITORIES.values()):
        return Address(postcode=m[1], city=m[2].strip(), country_code=country_code((text or "").split(",")[-1]))
    return Address()
