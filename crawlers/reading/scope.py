"""The words that attest a fabrication workshop, and those that attest something else only."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# Stems in the languages of the sources, compared without accents. A place that is a workshop by its name ...
_WORKSHOP = r"""
      fab[\s-]?lab | lab[\s-]?fab | fabmanager | maker\s?(?:space|lab)s? | hacker\s?space | hack\s?lab | tech\s?shop
      | open\s?bidouille | offene\s+werkstatt | fabrique\s+numerique
      | atelier\w*\s+(?:de\s+)?(?:fabrication|prototypage|partages?|mutualises?|mecanique)
"""
# ... a machine or a craft that is practised in one ...
_CRAFT = r"""
      fabrication\s+(?:numerique|digitale) | digital\s+fabrication | prototyp | stereolith | bidouill
      | (?:imprim\w+|impressions?)\s*3\s?-?d | 3\s?-?d[\s-]?(?:print|druck)
      | decoup\w*\s+(?:laser|vinyle?|numerique) | laser\s?(?:cut|schneid|grav) | graveuse\s+laser
      | fraiseuse | cnc\b | usinage | machines?[-\s]outils? | brodeuse\s+(?:numerique|electronique)
      | menuiserie | (?:atelier|travail)\s+(?:du\s+)?bois | woodwork | metalwork | ferronnerie
"""
# ... and what is taught or done for fun in many a library: one of these attests nothing, two do.
_HINT = r"""
      arduino | raspberry | robotique | soudure | bricolage | diy\b | elektronik | electronics | microcontroleur
      | (?:atelier\w*|cours|montages?|labo\w*)\s+(?:d.|de\s+|en\s+)?electronique
"""
_WORKSHOP_RE = re.compile(rf"(?<![a-z])(?:{_WORKSHOP})", re.VERBOSE)
_FABRICATION = re.compile(rf"(?<![a-z])(?:{_WORKSHOP} | {_CRAFT})", re.VERBOSE)
_HINT_RE = re.compile(rf"(?<![a-z])(?:{_HINT})", re.VERBOSE)
_NEGATION = re.compile(r"(?:\bsans|\bpas\s+d[e'’]|\bni|\bno|\bwithout|\bohne|\bni\s+de)\s*(?:\w+\s+){0,2}$")
# A single kind of thing is repaired or lent there; nothing says that anything is made.
_OTHER = re.compile(r"\brepair\s*-?\s*caf|\bcafe\s+reparation|\breparaturcafe|\bfreies\s+radio|\bcommunity\s+radio\b")


def fabrication(*texts: str | None) -> str | None:
    """Return the first words that attest a fabrication workshop, None when none does.

    "sans imprimante 3D" attests nothing, nor does one course in robotics; robotics and soldering together do.
    """
    plain = [folded(text) for text in texts]
    if found := next(_found(_FABRICATION, plain), None):
        return found
    hints = dict.fromkeys(_found(_HINT_RE, plain))
    return " + ".join(hints) if len(hints) > 1 else None


def words_of_fabrication(*texts: str | None) -> list[str]:
    """Return every word that attests or hints at fabrication, each once, in order."""
    plain = [folded(text) for text in texts]
    return list(dict.fromkeys([*_found(_FABRICATION, plain), *_found(_HINT_RE, plain)]))


def workshop(*texts: str | None) -> str | None:
    """Return the first words that name a workshop as a place (fablab, makerspace ...), None when none does."""
    return next(_found(_WORKSHOP_RE, [folded(text) for text in texts]), None)


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


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of the texts the pattern finds, unless a negation stands before them."""
    for text in texts:
        for match in pattern.finditer(text):
            if not _NEGATION.search(text[max(0, match.start() - 30) : match.start()]):
                yield match[0]
