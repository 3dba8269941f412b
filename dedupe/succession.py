"""Last week's listings to this week's: the same key unless it was given to another lab, else the same lab elsewhere."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import blocking, comparison, scoring, text
from dedupe.blocking import Candidates
from dedupe.comparison import FEATURES
from dedupe.frequencies import Frequencies
from dedupe.normalize import COMPARED, Records, normalize, with_all_columns
from dedupe.scoring import Model
from dedupe.spread import settled
from dedupe.text import Array, Integers

NONE = -1

MOVED_KM = 1.0
"""Distance within which a listing with nothing else in common still stands for the lab it stood for."""

UNLIKE = 0.6
"""Likeness of letters below which two names are other names."""


def successors(old: pa.Table, new: pa.Table, frequencies: Frequencies, model: Model) -> tuple[Integers, Integers]:
    """Return for each old listing the row of the new one that continues it, and the one that stands for the same lab.

    The first is the same listing: same key and not another lab, or the same text under another key of the source. The
    second is only asked of old listings without the first: the new listing, of whatever source, that most likely is
    the same lab. `NONE` where there is none.
    """
    nobody = np.full(len(old), NONE, dtype=np.int64)
    if not len(old) or not len(new):
        return nobody, nobody
    old, new = with_all_columns(old), with_all_columns(new)
    old_text, new_text = contents(old), contents(new)
    old_key, new_key = keys(old), keys(new)
    same_key = pc.index_in(old_key, new_key).fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    continues = np.where((same_key >= 0) & (old_text == new_text[same_key]), same_key, NONE)
    _renumbered(continues, (old, new), (old_text, new_text))
    rows = np.flatnonzero((continues == NONE) & (same_key >= 0) & ~np.isin(same_key, continues))
    rows = rows[~_is_reused(old.take(pa.array(rows)), new.take(pa.array(same_key[rows])), frequencies)]
    continues[rows] = same_key[rows]
    return continues, _same_lab(continues, old, new, (frequencies, model))


def keys(listings: pa.Table) -> pa.Array:
    """Return source and source key as one text."""
    joined = pc.binary_join_element_wise(listings["source"], listings["source_key"], pa.scalar("\x00"))
    return text.flat(joined)


def contents(listings: pa.Table) -> Integers:
    """Return a hash of what matching reads of each listing but its key."""
    return text.row_hashes(listings.select(["source", *COMPARED]))


def _renumbered(continues: Integers, tables: tuple[pa.Table, pa.Table], texts: tuple[Integers, Integers]) -> None:
    """Set the successor of old listings whose text stands under exactly one new key that continues no other."""
    old_rows = np.flatnonzero(continues == NONE)
    new_rows = np.setdiff1d(np.arange(len(tables[1])), continues)
    for side, rows in ((0, old_rows), (1, new_rows)):
        values, counts = np.unique(texts[side][rows], return_counts=True)
        unique = np.isin(texts[side][rows], values[counts == 1])
        if side == 0:
            old_rows = rows[unique]
        else:
            new_rows = rows[unique]
    _, mine, theirs = np.intersect1d(texts[0][old_rows], texts[1][new_rows], assume_unique=True, return_indices=True)
    continues[old_rows[mine]] = new_rows[theirs]


def _is_reused(old: pa.Table, new: pa.Table, frequencies: Frequencies) -> Array:
    """Return True where a key now stands for another lab: other name, other place and no contact in common."""
    n = len(old)
    records = settled(normalize(pa.concat_tables([old, new]), None, frequencies))
    pairs = Candidates(np.arange(n), np.arange(n) + n, np.zeros(n, dtype=np.int32))
    features = dict(zip(FEATURES, comparison.compare(records, pairs), strict=True))
    other_name = (features["name_shared"] == 0) & (features["name_joined"] < UNLIKE)
    distance = features["distance_km"]
    elsewhere = np.where(np.isnan(distance), features["city_ratio"] < UNLIKE, distance > MOVED_KM)
    contact = np.fmax.reduce(
        [features[name] for name in ("site_equal", "email_equal", "phone_equal", "register_equal")]
    )
    is_reused: Array = other_name & elsewhere & ~(contact > 0)
    return is_reused


def _same_lab(continues: Integers, old: pa.Table, new: pa.Table, means: tuple[Frequencies, Model]) -> Integers:
    """Return the new row that most likely is the lab of each old listing without a successor."""
    result = np.full(len(old), NONE, dtype=np.int64)
    gone = np.flatnonzero(continues == NONE)
    if not len(gone):
        return result
    frequencies, model = means
    records = settled(normalize(pa.concat_tables([old.take(pa.array(gone)), new]), None, frequencies))
    pairs = _between(records, len(gone))
    features = comparison.compare(records, pairs)
    # that a source seldom lists a lab twice says nothing about two weeks of it
    features[list(FEATURES).index("same_source")] = 0
    score = scoring.probability(scoring.log_odds(features, model))
    score[scoring.vetoes(features) > 0] = 0
    likely = np.flatnonzero(score >= 0.5)
    order = likely[np.lexsort((pairs.right[likely], -score[likely], pairs.left[likely]))]
    left = pairs.left[order]
    first = order[np.concatenate([[True], left[1:] != left[:-1]])] if len(order) else order
    result[gone[pairs.left[first]]] = pairs.right[first] - len(gone)
    return result


def _between(records: Records, split: int) -> Candidates:
    """Return the candidate pairs of a row below the split with one above it."""
    pairs = blocking.candidates(records)
    return pairs.take((pairs.left < split) & (pairs.right >= split))
