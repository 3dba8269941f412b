"""The words that attest a fabrication workshop, and those that attest something else only."""

import re
import unicodedata
from collections.abc import Iterable

# Stems in the languages of the sources, compared without accents. A place that is a workshop by its name ...
_WORKSHOP = r"""
      fab[\s-]?lab | lab[\s-]?fab | fabmanager | maker\s?(?:space|lab)s? | hacker\s?space | hack\s?lab | tech\s?shop
      | open\s?bidouille | offene\s+werkstatt | fabrique\s+numerique
      | atelier\w*\s+(?:de\s+)?(?:fabrication|prototypage|partages?|mutualises?|mecanique)
"""
# ... and a machine or a craft that is practised in one.
_CRAFT = r"""
      fabrication\s+(?:numerique|digitale) | digital\s+fabrication | prototyp | stereolith | bidouill
      | (?:imprim\w+|impressions?)\s*3\s?-?d | 3\s?-?d[\s-]?(?:print|druck)
      | decoup\w*\s+(?:laser|vinyle?|numerique) | laser\s?(?:cut|schneid|grav) | graveuse\s+laser
      | fraiseuse | cnc\b | usinage | machines?[-\s]outils? | brodeuse\s+(?:numerique|electronique)
      | arduino | raspberry | robotique | electroni(?:que|cs|k)\b | soudure
      | menuiserie | (?:atelier|travail)\s+(?:du\s+)?bois | woodwork | metalwork | ferronnerie | bricolage | diy\b
"""
_WORKSHOP_RE = re.compile(rf"(?<![a-z])(?:{_WORKSHOP})", re.VERBOSE)
_FABRICATION = re.compile(rf"(?<![a-z])(?:{_WORKSHOP} | {_CRAFT})", re.VERBOSE)
_NEGATION = re.compile(r"(?:\bsans|\bpas\s+d[e'’]|\bni|\bno|\bwithout|\bohne|\bni\s+de)\s*(?:\w+\s+){0,2}$")
# A single kind of thing is repaired or lent there; nothing says that anything is made.
_OTHER = re.compile(r"\brepair\s*-?\s*caf|\bcafe\s+reparation|\breparaturcafe|\bfreies\s+radio|\bcommunity\s+radio\b")


def fabrication(*texts: str | None) -> str | None:
    """Return the first words that attest a fabrication workshop, None when none does; "sans imprimante 3D" does not."""
    return _first(_FABRICATION, texts)


def workshop(*texts: str | None) -> str | None:
    """Return the first words that name a workshop as a place (fablab, makerspace ...), None when none does."""
    return _first(_WORKSHOP_RE, texts)


def fabrication_in(texts: Iterable[str] | None) -> str | None:
    """Return the first words of the texts that attest a fabrication workshop."""
    return fabrication(*(texts or ()))


def other_place(*texts: str | None) -> str | None:
    """Return the words that say the place is a repair café or a radio, None when none does."""
    for text in texts:
        if match := _OTHER.search(folded(text)):
            return match[0]
    return None


def folded(text: str | None) -> str:
    """Return the text in lower case without accents, spaces collapsed, for comparison only."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).lower().split())


def _first(pattern: re.Pattern[str], texts: Iterable[str | None]) -> str | None:
    for text in texts:
        plain = folded(text)
        for match in pattern.finditer(plain):
            if not _NEGATION.search(plain[max(0, match.start() - 30) : match.start()]):
                return match[0]
    return None
