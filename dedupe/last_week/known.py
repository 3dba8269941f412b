"""This week's listings beside last week's: which are as they were, and what is touched by those that are not."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe import blocking, normalize
from dedupe.blocking import Stirred
from dedupe.candidates import Candidates
from dedupe.features import spread
from dedupe.features.spread import Points
from dedupe.keys import places, text
from dedupe.keys.frequencies import Frequencies
from dedupe.keys.imprint import KEYS, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers
from dedupe.last_week.memory import Memory
from dedupe.normalize import Records

NEW = -1


@dataclass(frozen=True)
class Given:
    """What a week starts from: the listings in canonical order, their places, and which of them follow."""

    listings: pa.Table
    located: pa.Table | None
    followers: Array
    frequencies: Frequencies

    def records(self, rows: Integers) -> Records:
        """Return the normalised listings at those rows, each by itself."""
        whole = len(rows) == len(self.listings)
        listings = self.listings if whole else self.listings.take(pa.array(rows))
        return normalize.normalize(listings, self.located, self.frequencies, self.followers[rows])

    def digests(self) -> Integers:
        """Return a hash of all that is read of each listing: its key, its text, its place, whether it follows."""
        columns = dict(zip(normalize.READ, normalize.with_all_columns(self.listings).columns, strict=True))
        columns |= {f"located_{name}": column for name, column in (places.aligned(self.listings, self.located)).items()}
        return text.row_hashes(pa.table({**columns, "follows": self.followers}))


@dataclass(frozen=True)
class Known:
    """What is known of this week's listings before any pair is compared.

    Attributes:
        digest: A hash of each listing.
        old: Row of last week of each listing that is as it was, `NEW` for the others.
        now: Row of this week of each listing of last week, `NEW` for those that are gone or changed.
        imprints: The numbers of each.
        is_centroid: True where its point is one.
        spread: Places its contact values serve (contacts x listings).
        spread_before: The same last week, of listings that are as they were.
        stirred: What may have new pairs; None when all are new.
        is_restated: True for those that are new, changed, or on a point that stands for something else than last week.
    """

    digest: Integers
    old: Integers
    now: Integers
    imprints: Imprints
    is_centroid: Array
    spread: Array
    spread_before: Array
    stirred: Stirred | None
    is_restated: Array

    def tells_otherwise(self, pairs: Candidates) -> Array:
        """Return True for the pairs of which a feature may be another than last week."""
        result: Array = self.is_restated[pairs.left] | self.is_restated[pairs.right]
        recounted = (self.spread != self.spread_before).any(axis=0) & ~self.is_restated
        rest = np.flatnonzero((recounted[pairs.left] | recounted[pairs.right]) & ~result)
        left, right = pairs.left[rest], pairs.right[rest]
        result[rest] = spread.tells_otherwise(self.imprints, left, right, (self.spread_before, self.spread))
        return result


def know(given: Given, memory: Memory) -> tuple[Records, Known]:
    """Return the normalised listings that are new or changed, and what is known of all."""
    n = len(given.listings)
    digest = given.digests()
    old = _old_rows(memory.digest, digest)
    kept, fresh = np.flatnonzero(old >= 0), np.flatnonzero(old < 0)
    records = given.records(fresh)
    numbers = imprint(records).numbers
    if len(kept):
        numbers = _beside(numbers, memory.numbers, old)
    gone = np.setdiff1d(np.arange(len(memory.digest)), old[kept], assume_unique=True)
    was = Points(_carried(memory.is_centroid, old), _carried(memory.is_nowhere, old))
    points = _points_again(Imprints(numbers, np.zeros(n, dtype=bool)), given.followers, was, (fresh, memory, gone))
    # a point that stands for something else than last week changes keys: such a listing counts as a new one
    flipped = kept[points.is_nowhere[kept] != was.is_nowhere[kept]]
    moved, gone = np.concatenate([fresh, flipped]), np.concatenate([gone, old[flipped]])
    old[flipped] = NEW
    imprints, before = Imprints(numbers, points.is_nowhere), Imprints(memory.numbers, memory.is_nowhere)
    changed = {name: _changed(name, (imprints, moved), (before, gone)) for name in (*KEYS, "name")}
    counted_before = np.stack([_carried(served, old) for served in memory.spread])
    spread_ = spread.counted_again(imprints, given.followers, counted_before, changed)
    is_restated = (old < 0) | (points.is_centroid != was.is_centroid)
    stirred = Stirred(old < 0, blocking.stirred_blocks(imprints, changed)) if len(kept) else None
    now = np.full(len(memory.digest), NEW, dtype=np.int64)
    now[old[old >= 0]] = np.flatnonzero(old >= 0)
    return records, Known(digest, old, now, imprints, points.is_centroid, spread_, counted_before, stirred, is_restated)


def _old_rows(before: Integers, now: Integers) -> Integers:
    """Return the row of last week with each digest, `NEW` for none."""
    rows = np.full(len(now), NEW, dtype=np.int64)
    by_digest, by_now = np.argsort(before), np.argsort(now)
    if len(before):
        # in order on both sides, so that the search walks memory instead of jumping in it
        found = np.minimum(np.searchsorted(before[by_digest], now[by_now]), len(before) - 1)
        place = by_digest[found]
        rows[by_now] = np.where(before[place] == now[by_now], place, NEW)
    return rows


def _beside(fresh: Integers, before: Integers, old: Integers) -> Integers:
    """Return last week's columns where a listing is as it was, and the fresh ones where not."""
    columns = np.empty((len(before), len(old)), dtype=np.int64)
    place, new = np.maximum(old, 0), np.flatnonzero(old < 0)
    for column, was, now in zip(columns, before, fresh, strict=True):
        np.take(was, place, out=column, mode="clip")
        column[new] = now
    return columns


def _carried(before: Array, old: Integers) -> Array:
    """Return last week's value of each listing, zero for new ones."""
    if not len(before):
        return np.zeros(len(old), dtype=before.dtype)
    result = np.take(before, np.maximum(old, 0), mode="clip")
    result[old < 0] = 0
    return result


def _changed(name: str, now: tuple[Imprints, Integers], before: tuple[Imprints, Integers]) -> Integers:
    """Return the values of that number which some listing gained or lost."""
    return np.concatenate([imprints.only((name,), rows)[name] for imprints, rows in (now, before)])


def _points_again(
    imprints: Imprints, followers: Array, was: Points, change: tuple[Integers, Memory, Integers]
) -> Points:
    """Return what each point stands for: counted where a listing came to it or left it, else as it was."""
    fresh, memory, gone = change
    touched = Touched(_changed("point", (imprints, fresh), (Imprints(memory.numbers, memory.is_nowhere), gone)))
    rows = np.flatnonzero(touched.among(imprints["point"]))
    now = spread.points(imprints.only(("point", "line", "city"), rows), followers[rows])
    result = Points(was.is_centroid.copy(), was.is_nowhere.copy())
    result.is_centroid[rows], result.is_nowhere[rows] = now.is_centroid, now.is_nowhere
    return result
