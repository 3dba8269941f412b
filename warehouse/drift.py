"""A source's own history to the band its next week is expected in.

A band is learned, not given: how far the source has moved from one good week to the next sets how far it may fall
now. With little history a prior speaks in its place, so the band is sensible from the second week on. Only falling is
bounded: pausing on growth has annoyed everyone who tried it (GBIF, portal-feedback#1152).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

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
"""Labs a small source may lose whatever the share, but never more than a third of them."""


@dataclass(frozen=True)
class Band:
    """The lowest value that passes, and in words where it comes from."""

    lower: float
    basis: str


def count_band(history: Sequence[float]) -> Band:
    """Return the band of a count after the good weeks `history`, oldest first, at least one."""
    last = history[-1]
    share = _tolerated(history)
    loss = max(share * last, min(_SMALL_LOSS, last / 3))
    # A source that had something and has nothing has failed, however small it is.
    lower = max(last - loss, 1.0 if last >= 1 else 0.0)
    return Band(lower, f"last good week {last:g}, tolerated loss {loss:.1f} ({len(history)} good weeks)")


def share_band(history: Sequence[float], rows: int) -> Band:
    """Return the band of a share 0-1 measured over `rows` rows, after the good weeks `history`, at least one.

    The share may fall by what the source's shares have varied, and by three standard errors of a share over so few
    rows: one lab of eight without a street is no drift.
    """
    usual = median(history[-8:])
    spread = 1.4826 * median([abs(value - usual) for value in history]) if len(history) > 1 else 0.0
    error = math.sqrt(max(usual * (1 - usual), 0.25 / max(rows, 1)) / max(rows, 1))
    loss = max(0.10, _SPREADS * spread, _SPREADS * error)
    return Band(max(usual - loss, 0.0), f"usual {usual:.2f}, tolerated fall {loss:.2f} ({len(history)} good weeks)")


def _tolerated(history: Sequence[float]) -> float:
    steps = [abs(math.log(after / before)) for before, after in itertools.pairwise(history) if before and after]
    observed = (1.4826 * median(steps)) ** 2 if steps else 0.0
    spread = math.sqrt((_PRIOR_WEEKS * _PRIOR_SPREAD**2 + len(steps) * observed) / (_PRIOR_WEEKS + len(steps)))
    return min(max(1 - math.exp(-_SPREADS * spread), _NARROWEST), _WIDEST)
