"""Free text to the telephone numbers in it, each in E.164 and judged: a mobile, or a line of the premises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType
from stdnum.fr import siret

FRENCH_TERRITORIES = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
"""Regions a number written the French way may belong to; the first under which it is valid wins."""

PERSONAL_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.PAGER, PhoneNumberType.PERSONAL_NUMBER})
"""FIXED_LINE_OR_MOBILE (North America) is kept: those plans do not tell them apart."""

PLACEHOLDERS = frozenset({"0123456789", "0102030405", "0601020304", "0612345678"})

_MAX_TEXT = 20_000
"""Characters of one text searched for numbers of any country; past it no field holds a contact."""

# Separators seen in French numbers, the slash of "02/99/12/34/56" (which the library takes for a date) included.
_SEPARATOR = r"[\s.\-/_·–\u00a0\u202f]{0,3}"
FRENCH_NATIONAL = re.compile(rf"(?<![\d+.,/-])0{_SEPARATOR}[1-9](?:{_SEPARATOR}\d){{8}}(?![\d]|[.,]\d)")
DATE = re.compile(r"\d{2}([/.\-])\d{2}\1(?:19|20)\d{2}")
"""`06/07/2023 10:30` is no number."""
FRENCH_MOBILE = re.compile(r"^(?:0|\+?(?:33|262|590|594|596|508)|00(?:33|262|590|594|596))0?[67]\d{8}$")
"""Mobile by its notation, whether or not its block is in use yet."""

_SIRET = re.compile(r"(?<!\d)\d{3}[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d{5}(?!\d)")


@dataclass(frozen=True, slots=True)
class Number:
    """One number found in a text."""

    e164: str
    is_mobile: bool
    start: int
    end: int


def numbers(text: str | int | float, country_code: str | None) -> list[Number]:
    """Return the numbers of the text in order of appearance.

    `country_code` (ISO 3166-1 alpha-2) reads numbers without a country prefix; a bare number that lost its leading
    zero in a spreadsheet is one when it is the whole field. A SIRET is never a number.
    """
    if isinstance(text, bool):
        return []
    whole = f"{text:.0f}" if isinstance(text, int | float) else str(text)[:_MAX_TEXT]
    masked = _SIRET.sub(lambda match: "x" * len(match[0]) if siret.is_valid(match[0]) else match[0], whole)
    country = (country_code or "").upper() or None
    found = [*_french(masked, country), *_any_country(masked, country)]
    if not found:
        found = list(_bare(masked, country))
    kept: list[Number] = []
    for number in sorted(found, key=lambda n: (n.start, n.start - n.end)):
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _french(text: str, country: str | None) -> Iterator[Number]:
    if country is not None and country not in FRENCH_TERRITORIES:
        return
    for match in FRENCH_NATIONAL.finditer(text):
        if DATE.match(match[0]):
            continue
        if number := _judged(re.sub(r"\D", "", match[0]), country or "FR", match.start(), match.end()):
            yield number


def _any_country(text: str, country: str | None) -> Iterator[Number]:
    for match in phonenumbers.PhoneNumberMatcher(text, country, max_tries=100):
        parsed = match.number
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if number := _judged(e164, country, match.start, match.end):
            yield number


def _bare(text: str, country: str | None) -> Iterator[Number]:
    """The whole field as one number: `479000000`, `33660324386`, `+33 262 12 34 56`, `0033 (0)2 99 ...`."""
    stripped = text.strip().removesuffix(".0")
    written = re.sub(r"\(0\)|(?i:^(?:t[ée]l(?:[ée]phone)?|phone|tel)\s*[.:]?)|^tel:", "", stripped)
    if not re.fullmatch(r"\+?[\d\s().\-/_\u00a0\u202f]{6,30}", written):
        return
    digits = ("+" if written.lstrip().startswith("+") else "") + re.sub(r"\D", "", written)
    if number := _judged(digits, country, 0, len(text)):
        yield number


def _judged(digits: str, country: str | None, start: int, end: int) -> Number | None:
    """Return the number under the first region it is valid in; a French mobile is one even in an unused block."""
    national = f"0{digits.removeprefix('+33').lstrip('0')}"
    if national in PLACEHOLDERS or len(set(national.lstrip("+0"))) <= 1:
        return None
    is_french = country in FRENCH_TERRITORIES
    if FRENCH_MOBILE.match(digits) or (is_french and re.fullmatch(r"[67]\d{8}", digits)):
        return Number(_as_e164(digits), True, start, end)
    regions = (country, *FRENCH_TERRITORIES) if is_french else (country,)
    for candidate in _prefixes(digits):
        for region in regions:
            try:
                parsed = phonenumbers.parse(candidate, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(parsed):
                is_mobile = phonenumbers.number_type(parsed) in PERSONAL_TYPES
                e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
                return Number(e164, is_mobile, start, end)
    return None


def _prefixes(digits: str) -> Iterator[str]:
    yield digits
    # overseas numbers written behind the metropolitan prefix: +33 262 ... is dialled +262 262 ...
    if match := re.match(r"^(?:\+|00)?33(?=(262|263|269|590|594|596)\d{6}$)", digits):
        code = "262" if match[1] in {"262", "263", "269"} else match[1]
        yield f"+{code}{digits[match.end() :]}"


def _as_e164(digits: str) -> str:
    return digits if digits.startswith("+") else f"+33{digits.lstrip('0').removeprefix('33')}"
