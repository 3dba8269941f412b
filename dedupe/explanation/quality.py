"""Clusters to what is doubtful about them: weak links, wide spread, few links for many listings."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe.clustering import Scored
from dedupe.ids import succession
from dedupe.keys import text
from dedupe.keys.text import Array
from dedupe.resolve import Resolution

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
    km = decided.features.column("distance_km")
    pairs = Scored(decided.pairs.left, decided.pairs.right, decided.score)
    return _doubts(text.flat(resolution.assignments["lab_id"]), pairs, km)


def doubts_in(assignments: pa.Table, matches: pa.Table) -> list[Doubt]:
    """Return the same of a week's tables; pairs of listings that have left are of no lab."""
    listings = succession.keys(assignments)
    sides = (
        matches.select([f"{side}_source", f"{side}_source_key"]).rename_columns(["source", "source_key"])
        for side in ("left", "right")
    )
    left, right = (succession.row_of(succession.keys(side), listings) for side in sides)
    known = np.flatnonzero((left >= 0) & (right >= 0))
    score, km = (matches[name].to_numpy()[known] for name in ("score", "distance_km"))
    return _doubts(text.flat(assignments["lab_id"]), Scored(left[known], right[known], score), km)


def _doubts(lab_ids: pa.Array, pairs: Scored, km: Array) -> list[Doubt]:
    labs = text.encode(lab_ids)
    lab, size = labs.codes, np.bincount(labs.codes, minlength=len(labs.values))
    inside = np.flatnonzero(lab[pairs.left] == lab[pairs.right])
    name, score = lab[pairs.left[inside]], pairs.score[inside].astype(np.float64)
    count, total = (np.bincount(name, weights, len(size)) for weights in (np.ones(len(name)), score))
    least, wide = np.ones(len(size)), np.full(len(size), -1.0)
    np.minimum.at(least, name, score)
    np.maximum.at(wide, name, np.nan_to_num(km[inside], nan=-1.0))
    possible = np.maximum(size * (size - 1) // 2, 1)
    flags = {
        "weak_link": (size > 1) & (least < WEAK),
        "wide": wide > WIDE_KM,
        "sparse": (size > 2) & (count / possible < 0.5),
        "large": size > LARGE,
    }
    found = [
        Doubt(
            lab_id=labs.values[int(row)].as_py(),
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
