"""A place name as people write it to keys two spellings of one place share; for comparison, never published."""

import re
from functools import lru_cache

from anyascii import anyascii

_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "mt": "mont", "gd": "grand"}
_ARTICLES = ("le ", "la ", "les ", "l ")
# What La Poste and writers put beside the name of a place
_POSTAL = re.compile(r"\b(?:cedex|cdx)\b(?: ?\d{1,2}\b)?|\b(?:bp|cs|tsa|po box)\b ?\d[\d ]*")
_ORDINALS = re.compile(r"\b(\d{1,2}) ?(?:er|e|eme|ieme|nd|nde|de)\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_ROMAN |= {f"x{roman}": 10 + number for roman, number in _ROMAN.items()} | {"xx": 20}
_ARRONDISSEMENT = re.compile(
    r"(paris|lyon|marseille) (\d{1,2}|[ivx]{1,5})(?: (?:arr|arrdt|arrond|arrondissement))?(?: .*)?"
)


@lru_cache(maxsize=200_000)
def place_key(text: str) -> str:
    """Return the name in lower-case ASCII words: abbreviations written out, CEDEX and boxes removed."""
    # what stands where an accent was lost is no border between words
    plain = anyascii(re.sub(r"[?\ufffd_]", "", text)).lower().replace("&", " et ")
    plain = re.sub(r"\bs/ ?s\b", "sous", plain)
    plain = re.sub(r"\bs(?:ur)?/ ?", "sur ", plain)
    plain = " ".join(re.findall(r"[a-z0-9]+", plain))
    plain = _POSTAL.sub(" ", plain)
    return " ".join(_ABBREVIATIONS.get(word, word) for word in plain.split())


def without_article(key: str) -> str:
    """Return the key without a leading French article: "le mans" and "mans" are one place."""
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article) + 1:
            return key[len(article) :]
    return key


def arrondissement(key: str) -> tuple[str, int] | None:
    """Return city and number of a key that names an arrondissement of Paris, Lyon or Marseille."""
    match = _ARRONDISSEMENT.fullmatch(_ORDINALS.sub(r"\1", key))
    if not match:
        return None
    number = int(match[2]) if match[2].isdigit() else _ROMAN.get(match[2], 0)
    return (match[1], number) if 1 <= number <= {"paris": 20, "lyon": 9, "marseille": 16}[match[1]] else None


def spellings(text: str) -> list[str]:
    """Return the keys the text may name a place by, the most literal first.

    Of "Albi (81)", "Nantes, France" and "La Duranne - Aix" each part may be meant, the first before the others;
    "Paris 75011" has its number removed.
    """
    parts = [text]
    if "(" in text:
        parts.append(re.sub(r"\([^)]*\)?", " ", text))
    parts += re.split(r"[,/;\n]| - ", text)
    keys = [place_key(part) for part in parts]
    keys += [re.sub(r"\b\d{4,6}\b", " ", key) for key in keys]
    keys = [" ".join(key.split()) for key in keys]
    return list(dict.fromkeys(key for key in keys if key))
