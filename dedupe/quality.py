"""Clusters to what is doubtful about them: weak links, wide spread, few links for many listings."""

from dataclasses import dataclass

import numpy as np

from dedupe.resolve import Resolution
from dedupe.text import Array

WIDE_KM = 20.0
"""Distance between two listings of a lab from which a person should look."""

WEAK = 0.2
"""Probability of a pair inside a cluster from which it counts against it."""

LARGE = 20
"""Listings of a lab that no real network of lists has reached: the largest real one is 8."""


@dataclass(frozen=True)
class Doubt:
    """A lab whose listings may not be one.

    Attributes:
        lab_id: The lab.
        listings: How many it has.
        mean_score: Mean probability of its compared pairs.
        least_score: The lowest.
        compared_share: Share of its pairs that some rule compared.
        widest_km: Largest distance between two compared listings, None where no two have a position.
        reasons: Why it is doubtful: weak_link, wide, sparse, large.
    """

    lab_id: str
    listings: int
    mean_score: float
    least_score: float
    compared_share: float
    widest_km: float | None
    reasons: tuple[str, ...]


def doubts(resolution: Resolution) -> list[Doubt]:
    """Return the doubtful labs, those of most listings and lowest mean first."""
    decided = resolution.decided
    cluster, pairs = decided.cluster, decided.pairs
    inside = np.flatnonzero(cluster[pairs.left] == cluster[pairs.right])
    name = cluster[pairs.left[inside]]
    size = np.bincount(cluster, minlength=len(cluster))
    count, total = _per(name, np.ones(len(name)), len(size)), _per(name, decided.score[inside], len(size))
    least = np.ones(len(size))
    np.minimum.at(least, name, decided.score[inside])
    wide = np.full(len(size), -1.0)
    km = decided.features.column("distance_km")[inside]
    np.maximum.at(wide, name, np.nan_to_num(km, nan=-1.0))
    possible = np.maximum(size * (size - 1) // 2, 1)
    flags = {
        "weak_link": (size > 1) & (least < WEAK),
        "wide": wide > WIDE_KM,
        "sparse": (size > 2) & (count / possible < 0.5),
        "large": size > LARGE,
    }
    lab_ids = resolution.assignments["lab_id"]
    found = [
        Doubt(
            lab_id=lab_ids[int(row)].as_py(),
            listings=int(size[row]),
            mean_score=round(float(total[row] / max(count[row], 1)), 4),
            least_score=round(float(least[row]), 4),
            compared_share=round(float(count[row] / possible[row]), 4),
            widest_km=round(float(wide[row]), 3) if wide[row] >= 0 else None,
            reasons=tuple(reason for reason, flag in flags.items() if flag[row]),
        )
        for row in np.flatnonzero(np.any(list(flags.values()), axis=0))
    ]
    return sorted(found, key=lambda doubt: (-doubt.listings, doubt.mean_score, doubt.lab_id))


def _per(name: Array, values: Array, n: int) -> Array:
    return np.bincount(name, weights=values, minlength=n)
