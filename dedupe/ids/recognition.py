"""Labs that lost all their listings to this week's listings: the one that most likely is the lab, for each of theirs.

Only listings that share a key, a contact or a point with one that is gone are looked at, and what is counted of them
was counted this week already, so the cost follows what is gone. It comes to what comparing those that are gone with all
of the week would come to.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from dedupe import blocking, comparison, scoring
from dedupe.blocking import Stirred
from dedupe.candidates import Candidates
from dedupe.comparison import FEATURES
from dedupe.features import spread
from dedupe.keys import frequencies, places
from dedupe.keys.imprint import CONTACTS, KEYS, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers
from dedupe.last_week.known import Known
from dedupe.normalize import normalize, with_all_columns

NONE = -1

LIKELY = 0.5
"""Probability from which a listing is the heir of a lab with nothing else left: a doubtful one is better than none."""

_COUNTED = ("name", "point")
"""Numbers that are no keys of blocks and yet are counted."""


@dataclass(frozen=True)
class Seen:
    """This week's listings as matching knows them.

    Attributes:
        listings: In canonical order.
        known: What was known of them before any was compared.
        followers: True for share-alike listings, which count for nothing.
    """

    listings: pa.Table
    known: Known
    followers: Array


@dataclass(frozen=True)
class _Neighbours:
    """The listings that are gone, and after them the listings of the week that share a number with one of them.

    Attributes:
        rows: Row of each of the latter.
        imprints: Of both.
        is_centroid: What the point of each stands for.
        spread: How many places the contact values of each serve.
    """

    rows: Integers
    imprints: Imprints
    is_centroid: Array
    spread: Array


def recognised(gone: pa.Table, is_lost: Array, seen: Seen, eligible: Array) -> Integers:
    """Return the row of the eligible listing that most likely is the lab of each lost listing, `NONE` for all others.

    Args:
        gone: Listings that are gone.
        is_lost: True for those of labs that lost them all. The others are asked for nothing, but what a site or a name
            stands for is seen in them too.
        seen: This week's listings.
        eligible: True for those of them that may be such a lab.
    """
    result = np.full(len(gone), NONE, dtype=np.int64)
    if not is_lost.any() or not eligible.any():
        return result
    gone = with_all_columns(gone)
    near = _neighbours(gone, seen)
    pairs = _between(near, is_lost, eligible)
    score = _score(gone, seen, near, pairs)
    likely = np.flatnonzero(score >= LIKELY)
    order = likely[np.lexsort((pairs.right[likely], -score[likely], pairs.left[likely]))]
    first = order[np.diff(pairs.left[order], prepend=NONE) != 0]
    result[pairs.left[first]] = near.rows[pairs.right[first] - len(gone)]
    return result


def _neighbours(gone: pa.Table, seen: Seen) -> _Neighbours:
    own = imprint(normalize(gone, None, frequencies.shipped()))
    week = seen.known.imprints
    numbers = {name: own[name] for name in (*KEYS, *_COUNTED)}
    is_near = blocking.in_blocks(week, numbers)
    for name in _COUNTED:
        is_near |= Touched(numbers[name]).among(week[name])
    rows = np.flatnonzero(is_near)
    followers = np.concatenate([np.zeros(len(gone), dtype=bool), seen.followers[rows]])

    def both(before: Array) -> Array:
        """Return what this week has counted of the neighbours, zero for those that are gone: they are counted below."""
        missing = np.zeros((*before.shape[:-1], len(gone)), dtype=before.dtype)
        return np.concatenate([missing, before[..., rows]], axis=-1)

    imprints = Imprints(np.concatenate([own.numbers, week.numbers[:, rows]], axis=1), both(week.is_nowhere))
    on_point = Touched(numbers["point"]).among(imprints["point"])
    points = spread.points(imprints, followers)
    is_centroid = np.where(on_point, points.is_centroid, both(seen.known.is_centroid))
    imprints = Imprints(imprints.numbers, np.where(on_point, points.is_nowhere, imprints.is_nowhere))
    counted = spread.counted_again(imprints, followers, both(seen.known.spread), numbers)
    return _Neighbours(rows, imprints, is_centroid, counted)


def _between(near: _Neighbours, is_lost: Array, eligible: Array) -> Candidates:
    """Return the candidate pairs of a lost listing and an eligible one."""
    gone = len(is_lost)
    asked = np.concatenate([np.arange(gone), gone + np.flatnonzero(eligible[near.rows])])
    imprints = Imprints(near.imprints.numbers[:, asked], near.imprints.is_nowhere[asked])
    is_asked = np.append(is_lost, np.zeros(len(asked) - gone, dtype=bool))
    # a lost listing is asked about as a new one is
    stirred = Stirred(is_asked, np.zeros(len(asked), dtype=np.int32))
    pairs = blocking.pairs(imprints, np.zeros(len(asked), dtype=bool), stirred)
    pairs = pairs.take(is_asked[pairs.left] & (pairs.right >= gone))
    return Candidates(pairs.left, asked[pairs.right], pairs.rules)


def _score(gone: pa.Table, seen: Seen, near: _Neighbours, pairs: Candidates) -> Array:
    """Return the probability of each pair."""
    asked, place = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    old, new = asked[asked < len(gone)], near.rows[asked[asked >= len(gone)] - len(gone)]
    listings = with_all_columns(seen.listings.take(pa.array(new)))
    records = normalize(pa.concat_tables([gone.take(pa.array(old)), listings]), None, frequencies.shipped())
    where = places.settled(records.places, near.is_centroid[asked], near.imprints.is_nowhere[asked])
    left, right = place.reshape(2, -1)
    served = dict(zip(CONTACTS, near.spread[:, asked], strict=True))
    features = comparison.compare(replace(records, places=where), Candidates(left, right, pairs.rules), served)
    # that a source seldom lists a lab twice says nothing about two weeks of it
    features[list(FEATURES).index("same_source")] = 0
    score = scoring.probability(scoring.log_odds(features, scoring.shipped()))
    return np.where(scoring.vetoes(dict(zip(FEATURES, features, strict=True))) > 0, np.float32(0), score)
