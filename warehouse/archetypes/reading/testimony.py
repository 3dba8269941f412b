"""A lab's listings to its testimony: every cue, with where it stands and how direct it is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from warehouse.archetypes.reading.lexicon import Lexicon, fold
from warehouse.archetypes.reading.passages import Passage, code_of, is_cut, passages
from warehouse.archetypes.reading.text import GENITIVE, HOST, MENTION, STATED, Reader

IDENTITY_ROLES = frozenset({"name", "operator", "address", "web"})
"""Where a body named is the host (codebook §6 trap 3)."""

_ROLE_STRENGTH = {
    "name": 1.0,
    "operator": 1.0,
    "address": 1.0,
    "web": 0.9,
    "kind": 1.0,
    "legal": 1.0,
    "text": 1.0,
    "offer": 0.9,
    "equipment": 1.0,
    "label": 0.7,
    "audience": 0.7,
    "access": 1.0,
    "hours": 0.7,
    "fees": 0.8,
    "ambition": 0.4,
}
TICKED = 0.5
"""A ticked category counts half of a described activity (ruling 3)."""
DIRECTNESS_STRENGTH = {HOST: 1.0, GENITIVE: 0.85, STATED: 0.65, MENTION: 0.4}
"""Host versus mention (codebook §6 trap 3: full weight for the host, 0.6-0.85 elsewhere, less for a partner)."""
_SEVERAL = 0.6
"""Several of a kind ("les lycées") are neighbours or publics, not the host."""

COMBINED = frozenset({"third_place", "coworking", "fabrication", "community_lab", "combined_category"})
"""Categories that sources join with a slash into one ("Tiers-lieu / Coworking / FabLab"): it carries none (trap 1)."""
OF_HOURS = frozenset({"open_lab", "opening_slots", "membership", "open_to_all"})
"""What opening hours can say; "Tu" is a day there."""
_STREET_WORD = re.compile(r"(stra(?:ss|ß)e|str|straat|weg|platz|gasse|allee|laan|plein)\.?$", re.IGNORECASE)
"""Inside it: "Universitätsstraße"."""
_NUMBERED = re.compile(r"\s*\d+\s*[a-z]?,?\s+(du|des|de la|de l['’])\s*$", re.IGNORECASE)
"""A street without the word: "999 du Collège"."""
_STREET = re.compile(
    r"\b(rue|r\.|avenue|av\.?|boulevard|bd|bvd|place|pl\.|all[ée]e|chemin|impasse|quai|route|square|cours|passage|mail"
    r"|sentier|jl\.?|jalan|ul\.|via|viale|piazza|corso|calle|plaza|carrer|street|road|lane)\b[^,|<–\n]*$",
    re.IGNORECASE,
)
"""Before an institution in an address: "rue de l'Université" is a street."""
_STREET_AFTER = re.compile(
    r"\s+(street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|blvd|boulevard|square|court|place|pl|hwy|straat|laan|weg|str|circle|parkway|pkwy|loop|row|terrace|crescent|highway)\b",
    re.IGNORECASE,
)
"""After it: "College Road" is one too."""
_SHARED_HOSTS = re.compile(
    r"(?:^|\.)(facebook|twitter|instagram|linkedin|google|youtube|youtu|github|fablabs|wordpress|blogspot|gmail"
    r"|wixsite|weebly|meetup|yahoo|hotmail|orange|wanadoo|laposte|free|outlook|medium|tumblr|bit|goo)\.[a-z.]+$"
)


class Cue(NamedTuple):
    """One cue of one listing."""

    concept: str
    matched: str
    role: str
    field: str
    source: str
    source_key: str
    directness: str
    is_several: bool
    is_ticked: bool
    share: float = 1.0
    """Share of the weight a category code gives."""

    @property
    def place_strength(self) -> float:
        """How much of a rule's weight the field gives, 0-1."""
        return _ROLE_STRENGTH[self.role] * (TICKED if self.is_ticked else 1.0) * self.share

    @property
    def host_strength(self) -> float:
        """The same for an institution: in prose only the host counts in full."""
        strength = self.place_strength
        if self.role in {"text", "offer", "access", "ambition", "audience", "hours", "fees"}:
            strength *= DIRECTNESS_STRENGTH[self.directness] * (_SEVERAL if self.is_several else 1.0)
        return strength


class Testimony:
    """What all listings of one lab say."""

    def __init__(self, cues: Iterable[Cue], *, is_cut: bool, has_text: bool) -> None:
        self.is_cut = is_cut
        self.has_text = has_text
        self.by_concept: dict[str, list[Cue]] = {}
        for cue in cues:
            self.by_concept.setdefault(cue.concept, []).append(cue)

    def of(self, *concepts: str) -> list[Cue]:
        """Return the cues of the concepts, in the order of the listings."""
        return [cue for concept in concepts for cue in self.by_concept.get(concept, ())]

    def says(self, *concepts: str) -> bool:
        """Tell whether any of the concepts is there at all."""
        return any(concept in self.by_concept for concept in concepts)


def hear(listings: Iterable[Mapping[str, Any]], reader: Reader, lexicon: Lexicon) -> Testimony:
    """Return the testimony of one lab's listings, whatever their order."""
    cues: list[Cue] = []
    cut = has_text = False
    for listing in sorted(listings, key=lambda row: (row.get("source") or "", row.get("source_key") or "")):
        source, source_key = listing.get("source") or "", listing.get("source_key") or ""
        country = listing.get("country_code") or ""
        languages = lexicon.countries.get(country, 0)
        cut = cut or is_cut(listing)
        for passage in passages(listing):
            if passage.role == "web":
                cues.extend(_domain_cues(passage, country, lexicon, (source, source_key)))
                continue
            has_text = has_text or passage.role not in {"name", "kind", "legal", "address", "operator"}
            cues.extend(_text_cues(passage, reader, languages, (source, source_key)))
    return Testimony(cues, is_cut=cut, has_text=has_text)


def _text_cues(passage: Passage, reader: Reader, languages: int, listing: tuple[str, str]) -> Iterable[Cue]:
    """Yield what the words of a passage say; a known category code says what the table of codes says."""
    code = code_of(passage.text) if passage.role == "kind" else None
    if code is not None:
        yield Cue(code[0], passage.text, "kind", passage.field, *listing, STATED, False, passage.is_ticked, code[1])
        return
    cues = reader.read(passage.text, languages)
    if passage.role == "kind" and "/" in passage.text and len(COMBINED & {found.concept for found in cues}) > 1:
        yield Cue("combined_category", passage.text, "kind", passage.field, *listing, STATED, False, passage.is_ticked)
        return
    for found in cues:
        if passage.role == "hours" and found.concept not in OF_HOURS:
            continue
        if passage.role == "address" and _is_street(passage.text, found.start, found.end):
            continue
        matched = passage.text[found.start : found.end]
        yield Cue(
            found.concept,
            matched,
            passage.role,
            passage.field,
            *listing,
            GENITIVE
            if found.is_opening and found.directness == STATED and passage.role == "text"
            else found.directness,
            found.is_several,
            passage.is_ticked,
        )


def _is_street(address: str, start: int, end: int) -> bool:
    return bool(
        _STREET.search(address, 0, start)
        or _STREET_AFTER.match(address, end)
        or _STREET_WORD.search(address, start, end)
        or _NUMBERED.match(address, 0, start)
    )


def _domain_cues(passage: Passage, country: str, lexicon: Lexicon, listing: tuple[str, str]) -> Iterable[Cue]:
    """Yield what the host name says; shared platforms and domains of another country say nothing."""
    host = host_of(passage.text)
    if not host or _SHARED_HOSTS.search(host):
        return
    top = host.rpartition(".")[2]
    if len(top) == 2 and country and top not in {country.lower(), "eu", "io", "co", "me", "tv", "cc", "uk"}:
        return
    match = lexicon.domains.search(host)
    if match and match.lastgroup:
        yield Cue(match.lastgroup, host, "web", passage.field, *listing, HOST, False, False)


def host_of(address: str) -> str:
    """Return the host name of a URL, a bare domain or an e-mail address, folded; empty when there is none."""
    first = address.strip().split()[0] if address.strip() else ""
    if "@" in first and "/" not in first:
        first = first.rpartition("@")[2]
    try:
        host = urlsplit(first if "//" in first else f"//{first}").hostname or ""
    except ValueError:
        return ""
    return fold(host).removeprefix("www.")
