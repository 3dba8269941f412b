"""The sentences that decide: gates, tie-breaks, rulings and guards of codebook.toml, and the names of archetypes."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

Language = Literal["fr", "en"]

TITLES: Mapping[str, Mapping[Language, str]] = {
    "1": {"fr": "Nouveaux espaces de médiation numérique", "en": "New digital-mediation places"},
    "2": {"fr": "Place de village 4.0", "en": "Village square 4.0"},
    "3": {"fr": "Fablabs génériques", "en": "Generic fab labs"},
    "4": {"fr": "Laboratoires territoriaux d'innovation", "en": "Territorial innovation laboratories"},
    "5": {
        "fr": "Bureaux d'étude et ateliers de prototypage professionnels",
        "en": "Engineering offices and professional prototyping workshops",
    },
    "6": {"fr": "Nouveaux espaces de formation numérique", "en": "New digital-training places"},
    "unclassified": {"fr": "Non classé", "en": "Unclassified"},
}
"""Names of the archetypes. Source: DGE study of 2020; codebook §3."""

FINALITES: Mapping[str, Mapping[Language, str]] = {
    "economic": {"fr": "économique", "en": "economic"},
    "social": {"fr": "sociale", "en": "social"},
    "general_public": {"fr": "grand public", "en": "general public"},
}


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("codebook.toml").read_text("utf-8"))


def decisions() -> Mapping[str, Mapping[Language, str]]:
    """Return the sentence of every gate, tie-break and ruling, by its name and language."""
    sentences: Mapping[str, Mapping[Language, str]] = _read()["decision"]
    return sentences


def guards() -> Mapping[str, Mapping[Language, str]]:
    """Return the sentence of every guard, by its name and language."""
    sentences: Mapping[str, Mapping[Language, str]] = _read()["guard"]
    return sentences
