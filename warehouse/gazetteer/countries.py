"""A country written freely, in any of many languages, to its ISO 3166-1 alpha-2 code."""

import re
from functools import cache, lru_cache

from anyascii import anyascii

FRENCH_TERRITORIES: dict[str, str] = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""INSEE prefix of the overseas territories to their ISO 3166-1 code. Source: INSEE, code officiel géographique."""

# Reviewed by hand: spellings met in sources that no library knows, or knows as something else. Keys are compared
# after `_plain`. "Guyane" is French Guiana in every source of ours; CLDR of some languages calls Guyana so.
_SPELLINGS: dict[str, str] = {
    "angleterre": "GB",
    "bretagne": "FR",
    "catalunya": "ES",
    "corse": "FR",
    "ecosse": "GB",
    "euskadi": "ES",
    "basque country": "ES",
    "pays basque": "FR",
    "el": "GR",
    "england": "GB",
    "france metropolitaine": "FR",
    "metropole": "FR",
    "great britain": "GB",
    "guyane": "GF",
    "guyane francaise": "GF",
    "ile de la reunion": "RE",
    "la reunion": "RE",
    "kanaky": "NC",
    "northern ireland": "GB",
    "pays de galles": "GB",
    "republique francaise": "FR",
    "sakartvelo": "GE",
    "scotland": "GB",
    "tahiti": "PF",
    "uk": "GB",
    "us of a": "US",
    "wales": "GB",
}
_NO_COUNTRY = {"eu", "europe", "europa", "world", "monde", "earth", "planet earth", "zz", "un", "en", "paris"}

# The languages of the countries labs of our sources stand in, most frequent first; loaded when the others fail.
_LANGUAGES = (
    *("fr", "en", "de", "es", "it", "nl", "pt", "ca", "eu", "gl", "br", "co", "pl", "cs", "sk", "sl", "hr", "sr"),
    *("bs", "sv", "da", "nb", "nn", "is", "fi", "et", "lv", "lt", "hu", "ro", "bg", "mk", "sq", "el", "ru", "uk"),
    *("be", "tr", "az", "ka", "hy", "he", "ar", "fa", "ur", "hi", "ja", "ko", "zh", "zh_Hant", "vi", "th", "id", "ms"),
)


@lru_cache(maxsize=4096)
def country_code(text: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code the text names, or None.

    Codes in either case, names in the languages of Europe and its neighbours, and constituent countries (Scotland is
    GB, Catalonia ES) are read; French overseas territories keep their own code (RE), and Kosovo is XK. A text that
    names two countries names none.
    """
    if text is None:
        return None
    whole = _plain(text)
    if not whole or len(whole) > 100:
        return None
    if code := _named(text):
        return code
    without = re.sub(r"\([^)]*\)", " ", text)
    parts = [without, *re.findall(r"\(([^)]*)\)", text)] if without != text else re.split(r"[/|;]", text)
    codes = {code for part in parts if (code := _named(part))} if len(parts) > 1 else set()
    return codes.pop() if len(codes) == 1 else None


def _named(text: str) -> str | None:
    """Return the code of a text that is one name or one code."""
    plain = _plain(text).removeprefix("the ")
    if not plain or plain in _NO_COUNTRY:
        return None
    if code := _SPELLINGS.get(plain):
        return code
    if match := re.fullmatch(r"([a-z]{2}) [a-z0-9]{1,3}", plain) if "-" in text else None:
        return match[1].upper() if match[1].upper() in _codes() else None  # a subdivision of ISO 3166-2: "ES-CT"
    # dots between single letters are an abbreviation: "U.S.A." is "USA"
    letters = plain.replace(" ", "") if re.fullmatch(r"(?:\w )+\w", plain) else plain
    if len(letters) == 2 and letters.isascii():
        code = letters.upper()
        return code if code in _codes() else _SPELLINGS.get(letters)
    import countrynames

    for spelling in dict.fromkeys((text.strip(), letters)):
        found = countrynames.to_code(spelling)
        # subdivisions ("GB-SCT") stand in their country
        if found and found[:2] in _codes():
            return str(found[:2])
    return _names_in_many_languages().get(plain)


def _plain(text: str) -> str:
    """Return the text in lower-case ASCII words."""
    return " ".join(re.findall(r"\w+", anyascii(text).lower()))


@cache
def _codes() -> frozenset[str]:
    from babel import Locale

    # regions of CLDR that are no country of ISO 3166-1: unions, unknown, exceptional reservations, pseudo-locales
    reserved = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    return frozenset(str(code) for code in Locale.parse("en").territories if len(str(code)) == 2) - reserved


@cache
def _names_in_many_languages() -> dict[str, str]:
    """Return plain name to code for every name that means one country in all the languages."""
    from babel import Locale

    names: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if str(code) in _codes():
                names.setdefault(_plain(str(name)), set()).add(str(code))
    return {name: codes.pop() for name, codes in names.items() if len(codes) == 1}
