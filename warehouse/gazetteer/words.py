"""What the words of a listing, postcode and city, say about its commune."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from warehouse.gazetteer.communes import NONE, Communes, arrondissement_code, communes
from warehouse.gazetteer.countries import FRENCH_TERRITORIES
from warehouse.gazetteer.names import arrondissement, spellings, without_article

_POSTCODE = re.compile(r"(?:F|FR)?[- ]?(\d{4,5})(?:\.0)?", re.IGNORECASE)
# Two spellings of one name within one postcode: 85 of 100 keeps "Orlans" for "Orléans" and refuses "Le Mesnil" for
# "Le Meslay". The runner-up must be clearly worse, or the name decides nothing.
_ALIKE = 85
_MARGIN = 8
# So many of the likest names show whether one stands alone.
_NEAREST = 5
# Among the hundreds of names of a département chance likeness is commoner than among the few of a postcode.
_ALIKE_IN_FULL = 91


Names = tuple[list[str], list[int]]
"""Names and the communes they name, side by side."""


@dataclass(frozen=True)
class Words:
    """The commune words name: strong when postcode and name agree, weak when one of them stands alone."""

    commune: int = NONE
    arrondissement: str | None = None
    is_strong: bool = False
    candidates: tuple[int, ...] = ()
    """Communes of the postcode, or of the name, that a point can choose between."""
    departements: tuple[str, ...] = ()
    """Départements the postcode lies in; empty when there is no postcode of France."""
    is_padded: bool = False
    """A leading zero was put back."""
    issues: tuple[str, ...] = ()


@lru_cache(maxsize=100_000)
def by_words(postcode: str | None, city: str | None, territory: str | None = None) -> Words:
    """Return what postcode and city name, taken to be French; of the overseas territory where one is stated.

    Raises: GazetteerUnavailable.
    """
    france = communes()
    keys = spellings(city) if city else []
    code, is_padded, is_foreign = _read_postcode(postcode)
    if code is None and (inside := re.search(r"(?<!\d)\d{5}(?!\d)", city or "")):
        code = inside[0]
    issues: list[str] = ["postcode_unknown"] if is_foreign else []
    departements = france.departements_of(code) if code else ()
    in_postcode = france.by_postcode.get(code, ()) if code else ()
    if in_postcode:
        # some communes are served from across the border of their département
        departements = tuple(sorted({france.departement_codes[index] for index in in_postcode}))
    district = next((read for key in keys if (read := arrondissement(key))), None)
    if district:
        keys = [district[0], *keys]
    found, is_strong, candidates = NONE, False, in_postcode
    in_departement = _in_departement(keys, departements, france)
    if (agreed := _named(keys, in_postcode, france)) != NONE:
        found, is_strong = agreed, True
    elif in_departement != NONE and not in_postcode:
        found, is_strong = in_departement, True
        issues.append("cedex")
    elif in_departement != NONE:
        # the postcode says one commune and the name another beside it: a point decides, else the name
        found, candidates = in_departement, (*in_postcode, in_departement)
        issues.append("postcode_of_neighbour")
    elif len(in_postcode) == 1 and not is_padded:
        found = in_postcode[0]
    elif not in_postcode or is_padded:
        candidates = _anywhere(keys, territory, france)
        found = candidates[0] if len(candidates) == 1 else NONE
        if code and not in_postcode:
            issues.append("postcode_unknown")
    if is_padded and is_strong:
        issues.append("lost_zero")
    return Words(
        commune=found,
        arrondissement=_district(found, code, district, france),
        is_strong=is_strong,
        candidates=candidates,
        departements=departements if is_strong or not is_padded else (),
        is_padded=is_padded,
        issues=tuple(issues),
    )


def _read_postcode(text: str | None) -> tuple[str | None, bool, bool]:
    """Return the five digits, whether a zero was put back, and whether there is a postcode no French one."""
    if not text or not text.strip(" 0-.#/NDnd"):
        return None, False, False
    compact = re.sub(r"(?<=\d) (?=\d)", "", text.strip())
    match = _POSTCODE.match(compact)
    if not match or re.match(r"\d|[A-Za-z]{2}\b", compact[match.end() :]):
        return None, False, True
    return match[1].zfill(5), len(match[1]) == 4, False


def _named(keys: list[str], among: tuple[int, ...], france: Communes) -> int:
    """Return the one commune of `among` the keys name: in full, its beginning, a part, something like it."""
    names = [(name, index) for index in among for name in france.names_of[index]]
    for key in keys:
        for form in (lambda k: k, without_article):
            exact = {index for name, index in names if form(name) == form(key)}
            if len(exact) == 1:
                return exact.pop()
    for key in keys:
        starting = {index for name, index in names if len(key) > 4 and name.startswith(key)}
        if len(starting) == 1:
            return starting.pop()
    # a slip of the pen in the whole name before a part of it: "Chavannes-sur-Reyssuze" is not Reyssouze
    if (alike := _alike(keys, _bare(names), _ALIKE_IN_FULL)) != NONE:
        return alike
    for key in keys:
        words = set(key.split())
        part = {index for name, index in names if _is_part(set(name.split()), words)}
        if len(part) == 1:
            return part.pop()
    return _alike(keys, _bare(names))


# Words many names share: alone they name nothing.
_COMMON = frozenset(
    {"saint", "sainte", "saints", "le", "la", "les", "l", "de", "du", "des", "d", "en", "sur", "sous", "et", "a", "au"}
    | {"aux", "mont", "ville", "villers", "grand", "grande", "petit", "petite", "val", "vieux", "haut", "haute", "bas"}
    | {"basse", "neuf", "neuve", "centre"}
)


def _is_part(name: set[str], words: set[str]) -> bool:
    """Tell whether one is part of the other by more than common words."""
    return bool((name <= words or words <= name) and (name & words) - _COMMON)


def _alike(keys: list[str], names: Names, at_least: float = _ALIKE) -> int:
    """Return the one commune whose name is like a key, the runner-up clearly less."""
    from rapidfuzz import fuzz, process

    bare, indices = names
    best: dict[int, float] = {}
    for key in keys:
        near = process.extract(
            without_article(key), bare, scorer=fuzz.ratio, score_cutoff=at_least - _MARGIN, limit=_NEAREST
        )
        for _, score, place in near:
            index = indices[place]
            best[index] = max(best.get(index, 0.0), score)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < at_least:
        return NONE
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN:
        return NONE
    return ranked[0][0]


def _in_departement(keys: list[str], departements: tuple[str, ...], france: Communes) -> int:
    """Return the one commune of the départements the keys name: exactly, else by likeness."""
    for key in keys:
        for form in (key, *(article + without_article(key) for article in ("le ", "la ", "les ", "l ", ""))):
            named = {i for i in france.by_name.get(form, ()) if france.departement_codes[i] in departements}
            if len(named) == 1:
                return named.pop()
            if named:
                return NONE
    return _alike(keys, _names_in(departements), _ALIKE_IN_FULL) if keys else NONE


@cache
def _names_in(departements: tuple[str, ...]) -> Names:
    """Return the names of all communes of the départements."""
    france = communes()
    within = (i for i, code in enumerate(france.departement_codes) if code in departements)
    return _bare([(name, index) for index in within for name in france.names_of[index]])


def _bare(names: list[tuple[str, int]]) -> Names:
    """Return the names without articles, and the communes they name."""
    return [without_article(name) for name, _ in names], [index for _, index in names]


def _anywhere(keys: list[str], territory: str | None, france: Communes) -> tuple[int, ...]:
    """Return the communes of France, or of the territory, the keys name exactly."""
    within = next((code for code, iso in FRENCH_TERRITORIES.items() if iso == territory), None)
    for key in keys:
        named = france.by_name.get(key, ())
        if named := tuple(i for i in named if within in (None, france.departement_codes[i])):
            return named
    return ()


def _district(commune: int, postcode: str | None, named: tuple[str, int] | None, france: Communes) -> str | None:
    """Return the arrondissement: by its own postcode, else by the number beside the city's name."""
    if commune == NONE:
        return None
    by_postcode = france.arrondissement_by_postcode.get(postcode or "")
    code = by_postcode or (arrondissement_code(*named) if named else None)
    return code if code and france.index_of.get(code) == commune else None
