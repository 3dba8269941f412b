"""What a source declares about itself: terms, scope, trust, cadence and what a good answer looks like. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

LicenceLayer = Literal["open", "share_alike", "facts"]
Cadence = Literal["weekly", "monthly", "frozen"]

WEEKS_BETWEEN: Mapping[Cadence, int] = MappingProxyType({"weekly": 1, "monthly": 4, "frozen": 52})
"""Weeks from one crawl to the next. A frozen file changes no more, but it may be withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms a source may be used, and when a person last read them."""

    licence: str
    """SPDX id, or LicenseRef-... where the terms have none."""
    attribution: str
    """Credit line the terms ask for, or that courtesy does."""
    terms_url: str
    checked_on: date
    is_share_alike: bool = False
    """True when the terms bind the whole database (ODbL, BY-SA)."""
    fields_permitted: Literal["all", "facts"] = "all"
    """`facts`: name, place, URL and status only may be published; description and contacts in no edition."""

    @property
    def layer(self) -> LicenceLayer:
        """Return which editions the rows may stand in: open, share_alike, or facts only."""
        if self.fields_permitted == "facts":
            return "facts"
        return "share_alike" if self.is_share_alike else "open"


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What an answer must look like to be believed; wide bands, as drift is judged from the source's own history."""

    listings: tuple[int, int]
    """Fewest and most listings of one week."""
    with_coordinates: float = 0.0
    """Smallest share of listings with coordinates, 0-1."""
    filled: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Smallest share of listings with a value, by listing column: what a renamed field would empty."""


@dataclass(frozen=True, kw_only=True)
class SourceInfo:
    """One source. `name` is its key in every table and the name of its file in `crawlers/spiders/`."""

    name: str
    title: str
    homepage: str
    hosts: tuple[str, ...]
    """Hosts asked first; a directory source asks the hosts it lists too."""
    coverage: str
    """Where its labs are: an ISO 3166-1 code, a region, or `world`."""
    terms: Terms
    scope: str
    """Which of its records are labs, in words."""
    rank: int
    """Trust when sources disagree: 1 is the most trusted."""
    cadence: Cadence = "weekly"
    expectations: Expectations
    contact: str
    """Whom to write to about the source's data."""
    is_duplicate_free: bool = False
    """True when the source promises one record a lab, so two of its records are never one lab."""
    contributes: Literal["listings", "facts_about_listings"] = "listings"

    @property
    def weeks_between(self) -> int:
        """Return how many weeks lie between two crawls by the declared cadence."""
        return WEEKS_BETWEEN[self.cadence]


def licence_ouverte(attribution: str, checked_on: date) -> Terms:
    """Return the terms of the Licence Ouverte 2.0: attribution, nothing more."""
    url = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    return Terms(licence="etalab-2.0", attribution=attribution, terms_url=url, checked_on=checked_on)


def odbl(attribution: str, checked_on: date) -> Terms:
    """Return the terms of the ODbL 1.0: attribution, and the database shared alike."""
    url = "https://opendatacommons.org/licenses/odbl/1-0/"
    return Terms(licence="ODbL-1.0", attribution=attribution, terms_url=url, checked_on=checked_on, is_share_alike=True)


def facts_only(licence: str, attribution: str, terms_url: str, checked_on: date) -> Terms:
    """Return terms without an open licence: facts may be taken, description and contacts stand in no edition."""
    return Terms(
        licence=licence,
        attribution=attribution,
        terms_url=terms_url,
        checked_on=checked_on,
        fields_permitted="facts",
    )
