"""A lab and its classification to whether it serves companies, and the words that say so."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Stems, French then English and German: enterprises and their trades, and what only they order.
_CUE = re.compile(
    r"\b(entreprises?|professionnel(?:le)?s?|artisans?|tpe|pme|start-?ups?|industriels?|prototypage|petites? séries?"
    r"|sur devis|prestations?|bureau d[’']études|compan(?:y|ies)|business(?:es)?|prototyping|small batch|sme"
    r"|unternehmen|prototypenbau)\b",
    re.IGNORECASE,
)

_OFFERS = ("services", "audiences", "kinds", "labels")
"""Columns in which a lab states whom it serves; a description may merely name a partner."""


def cue(lab: Mapping[str, Any], evidence: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the words that show a service to companies: of the lab's offer, else of a cue for archetype 5; or None."""
    for column in _OFFERS:
        for text in lab[column] or ():
            if found := _CUE.search(text):
                return found.group(0)
    for clue in evidence:
        if clue["archetype"] == "5" and clue["weight"] > 0:
            return str(clue["matched"])
    return None
