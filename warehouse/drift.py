"""What is measured of a source's week, and its own history to the band the next week is expected in.

A band is learned, not given: how far the source has moved from one good week to the next sets how far it may fall
now. With little history a prior speaks in its place, so the band is sensible from the second week on. Only falling is
bounded: pausing on growth has annoyed everyone who tried it (GBIF, portal-feedback#1152).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

HISTORY_WEEKS = 26
"""How many weeks back a band looks: half a year, so that a change of habit is forgotten."""

_PRIOR_SPREAD = 0.05
"""Week-to-week spread assumed of an unknown source: three of it make the 15 % at which GBIF's users ask for a hold."""
_PRIOR_WEEKS = 4
"""How many weeks of observation the prior weighs as much as."""
_SPREADS = 3.0
_NARROWEST, _WIDEST = 0.05, 0.25
"""The tolerated fall stays within these: a source that never moved may lose 5 %, one that always moves 25 %."""
_SMALL_LOSS = 2.0
"""Labs a small source may lose in a step whatever the share, but never more than a third of them."""


FILL_FIELDS = ("street", "postcode", "city", "country_code", "website", "description", "email")
"""Columns whose fill rate shows that a source renamed or dropped a field."""

KNOWN_AGAIN = "known_again_share"
"""How many of a source's listings of last week are found again, of as many as could be: a fall is the count's."""


@dataclass(frozen=True)
class Band:
    """The lowest value that passes, and in words where it comes from."""

    lower: float
    basis: str


def count_band(history: Sequence[float], *, steps: float = 1) -> Band:
    """Return the band of a count so many steps after the last of the good weeks `history`, oldest first, at least one.

    What moves by a spread in a step moves by its root of n in n steps: a source that was silent for long may have lost
    more meanwhile, though never more than the widest fall.
    """
    last = history[-1]
    share = _tolerated(history, steps)
    loss = max(share * last, min(_SMALL_LOSS, last / 3) * math.sqrt(steps))
    # A source that had something and has nothing has failed, however small it is.
    lower = max(last - loss, 1.0 if last >= 1 else 0.0)
    return Band(lower, f"last good week {last:g}, tolerated loss {loss:.1f} ({len(history)} good weeks)")


def share_band(history: Sequence[float], rows: int, *, steps: float = 1, adds_up: bool = False) -> Band:
    """Return the band of a share 0-1 measured over `rows` rows, so many steps after the good weeks `history`.

    The share may fall by what the source's shares have varied, and by three standard errors of a share over so few
    rows: one lab of eight without a street is no drift. After a silence of weeks the first is wider, as of a count;
    where it `adds_up`, as what comes and goes does, it is what so many steps one by one would each have let pass.
    """
    usual = median(history[-8:])
    spread = 1.4826 * median([abs(value - usual) for value in history]) if len(history) > 1 else 0.0
    error = math.sqrt(max(usual * (1 - usual), 0.25 / max(rows, 1)) / max(rows, 1))
    moved = min(max(0.10, _SPREADS * spread), 1.0)
    loss = max(1 - (1 - moved) ** steps if adds_up else moved * math.sqrt(steps), _SPREADS * error)
    return Band(max(usual - loss, 0.0), f"usual {usual:.2f}, tolerated fall {loss:.2f} ({len(history)} good weeks)")


def measure(listings: pa.Table, previous: pa.Table | None = None) -> dict[str, float]:
    """Return what is measured of one source's listings: a count, and shares 0-1 of the rows."""
    rows = listings.num_rows
    measures = {"count": float(rows)}
    if rows:
        placed = pc.and_(listings["lat"].is_valid(), listings["lon"].is_valid())
        measures["coordinates_share"] = pc.sum(placed).as_py() / rows
        for field in FILL_FIELDS:
            measures[f"filled_{field}_share"] = 1 - listings[field].null_count / rows
        if told := rows - listings["description"].null_count:
            # a consent banner or an error text in every record fills the field, and turns every archetype
            measures["distinct_description_share"] = pc.count_distinct(listings["description"]).as_py() / told
        counts = listings["country_code"].drop_null().value_counts()
        measures["top_country_share"] = (pc.max(counts.field("counts")).as_py() or 0) / rows
    if rows and previous is not None and previous.num_rows:
        # of the smaller week: what fell by a third knows all it has, and one override lets it pass
        measures[KNOWN_AGAIN] = min(_known_again(listings, previous) / min(rows, previous.num_rows), 1.0)
    return measures


def _known_again(listings: pa.Table, previous: pa.Table) -> int:
    """Return how many listings of last week are found again, by key, or by name and place where keys were renumbered.

    A CMS that gives every record a new key is no new source (ThemeParks/parksapi#543); one that answers with somebody
    else's records is.
    """
    keys = set(listings["source_key"].to_pylist())
    said = set(_said(listings))
    before = zip(previous["source_key"].to_pylist(), _said(previous), strict=True)
    return sum(key in keys or what in said for key, what in before)


def _said(listings: pa.Table) -> list[tuple[str, str | None]]:
    columns = (listings[name].to_pylist() for name in ("name", "postcode", "city"))
    return [(name.casefold(), postcode or city) for name, postcode, city in zip(*columns, strict=True)]


def _tolerated(history: Sequence[float], steps: float) -> float:
    moves = [abs(math.log(after / before)) for before, after in itertools.pairwise(history) if before and after]
    observed = (1.4826 * median(moves)) ** 2 if moves else 0.0
    spread = math.sqrt((_PRIOR_WEEKS * _PRIOR_SPREAD**2 + len(moves) * observed) / (_PRIOR_WEEKS + len(moves)))
    return min(max(1 - math.exp(-_SPREADS * spread * math.sqrt(steps)), _NARROWEST), _WIDEST)
