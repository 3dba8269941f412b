"""An address in one string to its parts, for comparison and display."""

import re
from dataclasses import dataclass

from warehouse.gazetteer.countries import country_code
from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.postal import FRENCH, Format, format_of


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; None where the text has none."""

    house_number: str | None = None
    street: str | None = None
    """Name of the way without its number; in France with its kind written out."""
    complement: str | None = None
    """Building, floor, business park, box: what stands beside number, way and place."""
    postcode: str | None = None
    city: str | None = None
    country_code: str | None = None

    @property
    def line(self) -> str | None:
        """Return number and street as the country writes them."""
        parts = [self.house_number, self.street]
        if self.country_code and format_of(self.country_code).is_number_last:
            parts.reverse()
        return " ".join(part for part in parts if part) or None


_LONGEST = 500
_SEPARATORS = re.compile(r"\s*(?:[,;|\n\r\t]|<br\s*/?>| [-–—] )\s*", re.IGNORECASE)
# Words of three letters and fewer are read as a country only where nothing else is called so: CA and DE are states.
_SURE_CODES = {"FR", "UK", "USA", "US", "GB"}

_KINDS: dict[str, str] = {
    "all": "allée",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "che": "chemin",
    "chem": "chemin",
    "crs": "cours",
    "esp": "esplanade",
    "fbg": "faubourg",
    "fg": "faubourg",
    "imp": "impasse",
    "pass": "passage",
    "pl": "place",
    "prom": "promenade",
    "r": "rue",
    "rte": "route",
    "sq": "square",
}
_KIND_NAMES = [
    *sorted(set(_KINDS.values())),
    "quai",
    "villa",
    "cité",
    "sente",
    "venelle",
    "mail",
    "parvis",
    "rond-point",
]
_KIND = "|".join(sorted([*_KINDS, *_KIND_NAMES], key=len, reverse=True))
_ABBREVIATED = re.compile(rf"^({'|'.join(sorted(_KINDS, key=len, reverse=True))})(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
# the letter of a house ends at h: "12 r. des Lilas" has a kind of way behind its number
_ONE_NUMBER = r"\d{1,5}(?:\s?(?:bis|ter|quater|[a-h])(?![\w'’.]))?"
_NUMBER = rf"{_ONE_NUMBER}(?:\s?(?:[-/&]|et|à)\s?{_ONE_NUMBER})?"
_NUMBER_FIRST = re.compile(rf"^(?:n[°º]\s*)?({_NUMBER})[\s,.]+(?=\D)(.+)$", re.IGNORECASE)
_NUMBER_LAST = re.compile(rf"^(.*[^\W\d].*?)[\s,]+({_NUMBER})$", re.IGNORECASE)
# "Bâtiment B 12 rue des Lilas": the way begins inside the part
_WAY_INSIDE = re.compile(rf"^(.+?)\s+({_NUMBER}[\s,]+(?:{_KIND})\b.*)$", re.IGNORECASE)
_HAS_WAY = re.compile(rf"(?:^|\s)(?:{_KIND})\b", re.IGNORECASE)
_BOX = re.compile(r"\b(?:BP|CS|TSA|B\.P\.|P\.? ?O\.? ?Box)\s*n?°?\s*\d[\d ]*", re.IGNORECASE)
_POSTCODE_SPACE = re.compile(r"^(\d{2}) (\d{3})$")
_STATE = re.compile(r"[\s,]+[A-Z]{2,3}$")


def parse(text: str | None, country: str | None = None) -> Address:
    """Return the parts of an address in one string.

    `country` is the ISO 3166-1 alpha-2 code stated beside it, and goes before a country the text ends with.
    Postcode and city are found by the postal format of the country; without one, as digits before the city.
    """
    parts = [" ".join(part.split()).strip(" .") for part in _SEPARATORS.split((text or "")[:_LONGEST])]
    parts = _joined_numbers([part for part in parts if part])
    named = _named_country(parts)
    if named and country in (None, named):
        parts.pop()
        country = named
    form = format_of(country)
    postcode, city, rest = _postcode_and_city(parts, form)
    if city is None and len(rest) > 1 and not any(c.isdigit() for c in rest[-1]) and not _HAS_WAY.search(rest[-1]):
        city = rest.pop()
    number, street, complement = _way(rest, form, is_french=country is None or country in FRENCH)
    number, street, complement, city = (
        part.strip() or None if part else None for part in (number, street, complement, city)
    )
    return Address(number, street, complement, postcode, city, country)


def _named_country(parts: list[str]) -> str | None:
    """Return the country the last part names, when it names nothing else."""
    last = parts[-1] if len(parts) > 1 else ""
    if not last or any(c.isdigit() for c in last) or (len(last) <= 3 and last.upper() not in _SURE_CODES):
        return None
    return country_code(last)


def _postcode_and_city(parts: list[str], form: Format) -> tuple[str | None, str | None, list[str]]:
    """Return postcode, city and the parts that are left; the last postcode that has a city beside it counts."""
    for index in range(len(parts) - 1, -1, -1):
        for match in reversed(list(form.postcode.finditer(parts[index]))):
            before, after = parts[index][: match.start()].strip(" ,-"), parts[index][match.end() :].strip(" ,-")
            if after and _HAS_WAY.match(after):
                continue  # a house number of five digits
            city, rest = _beside(before, after, index, parts, form)
            if city or len(parts) == 1:
                return _POSTCODE_SPACE.sub(r"\1\2", match[1].upper()), city, rest
    return None, None, parts


def _beside(before: str, after: str, index: int, parts: list[str], form: Format) -> tuple[str | None, list[str]]:
    """Return the city beside a postcode, where the country writes it or else on the other side, and what is left."""
    head, tail = parts[:index], parts[index + 1 :]
    if form.is_city_first:
        before = _without_state(before)
    kept = [*head, *([before] if before else []), *([after] if after else []), *tail]
    last, following = (head[-1] if head and not before else ""), (tail[0] if tail and not after else "")
    places = (
        [before, _without_state(last), after, following] if form.is_city_first else [after, before, following, last]
    )
    for place in places:
        if place and not any(c.isdigit() for c in place) and (place == after or not _HAS_WAY.search(place)):
            return place, [part for part in kept if place not in (part, _without_state(part))]
    # "Grenoble Cedex 9": digits behind a postcode are still its place
    return (after, [part for part in kept if part != after]) if after and not form.is_city_first else (None, parts)


def _without_state(text: str) -> str:
    """Return the text without the letters of a state at its end: "Philomath OR"."""
    return _STATE.sub("", f" {text}").strip()


def _way(parts: list[str], form: Format, *, is_french: bool) -> tuple[str | None, str | None, str | None]:
    """Return house number, street and complement of what is left of an address."""
    complements = []
    kept: list[str] = []
    for part in parts:
        for box in _BOX.findall(part):
            complements.append(box.strip())
        without = _BOX.sub(" ", part).strip(" ,-")
        if inside := _WAY_INSIDE.match(without) if is_french else None:
            kept += [inside[1], inside[2]]
        elif without:
            kept.append(without)
    ranked = sorted(range(len(kept)), key=lambda i: (_street_rank(kept[i], form, is_french=is_french), i))
    if not ranked or _street_rank(kept[ranked[0]], form, is_french=is_french) == _NO_WAY:
        return None, None, ", ".join([*kept, *complements]) or None
    street = kept.pop(ranked[0])
    number = None
    if match := _NUMBER_FIRST.match(street):
        number, street = match[1], match[2]
    elif match := _NUMBER_LAST.match(street) if form.is_number_last else None:
        street, number = match[1], match[2]
    if is_french and (abbreviated := _ABBREVIATED.match(street)):
        street = f"{_KINDS[abbreviated[1].lower()]} {street[abbreviated.end() :]}"
    return number, street.strip(" ,"), ", ".join([*kept, *complements]) or None


_NO_WAY = 3


def _street_rank(part: str, form: Format, *, is_french: bool) -> int:
    """Return how surely a part is a street: number and way, way, number, neither."""
    has_number = bool(_NUMBER_FIRST.match(part) or (form.is_number_last and _NUMBER_LAST.match(part)))
    has_way = bool(is_french and _HAS_WAY.search(part))
    if has_way and has_number:
        return 0
    return 1 if has_way else 2 if has_number else _NO_WAY


def _joined_numbers(parts: list[str]) -> list[str]:
    """Return the parts with a number that stands alone put to its street: "12, rue des Lilas", "Rua Brasil, 205"."""
    joined: list[str] = []
    for part in parts:
        last = joined[-1] if joined else ""
        numbers_next = re.fullmatch(_NUMBER, last, re.IGNORECASE) and not part[:1].isdigit()
        numbers_last = last and re.fullmatch(r"\d{1,3}", part) and not any(c.isdigit() for c in last)
        if numbers_next or numbers_last:
            joined[-1] = f"{last} {part}"
        else:
            joined.append(part)
    return joined


def street_key(street: str | None) -> str | None:
    """Return the street in lower-case words for comparison: kinds written out in French, no number, no box."""
    if not street:
        return None
    parsed = parse(street, "FR")
    return place_key(parsed.street or parsed.complement or "") or None
