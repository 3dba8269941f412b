"""Last week's listings to this week's: the same key unless it was given to another lab, else the same text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import comparison
from dedupe.candidates import Candidates
from dedupe.comparison import FEATURES
from dedupe.features.spread import settled
from dedupe.keys import frequencies, text
from dedupe.keys.text import Array, Integers
from dedupe.normalize import COMPARED, normalize, with_all_columns

NONE = -1

MOVED_KM = 1.0
"""Distance within which a listing with nothing else in common still stands for the lab it stood for."""

UNLIKE = 0.6
"""Likeness of letters below which two names are other names."""


def successors(old: pa.Table, new: pa.Table) -> tuple[Integers, Array]:
    """Return for each old listing the row of the new one that continues it, `NONE` for none, and if it says the same.

    That is the listing with its key unless it stands for another lab, or the same text under another key of the source.
    """
    if not len(old) or not len(new):
        return np.full(len(old), NONE, dtype=np.int64), np.zeros(len(old), dtype=bool)
    old, new = with_all_columns(old), with_all_columns(new)
    old_text, new_text = contents(old), contents(new)
    same_key = row_of(keys(old), keys(new))
    continues = np.where((same_key >= 0) & (old_text == new_text[same_key]), same_key, NONE)
    _renumbered(continues, old_text, new_text)
    taken = np.zeros(len(new), dtype=bool)
    taken[continues[continues >= 0]] = True
    rows = np.flatnonzero((continues == NONE) & (same_key >= 0) & ~taken[same_key])
    rows = rows[~_is_reused(old.take(pa.array(rows)), new.take(pa.array(same_key[rows])))]
    continues[rows] = same_key[rows]
    return continues, (continues >= 0) & (old_text == new_text[continues])


def keys(listings: pa.Table) -> pa.Array:
    """Return source and source key as one text."""
    joined = pc.binary_join_element_wise(listings["source"], listings["source_key"], pa.scalar("\x00"))
    return text.flat(joined)


def row_of(wanted: pa.Array, among: pa.Array) -> Integers:
    """Return where each value stands among distinct ones, `NONE` where it does not."""
    rows: Integers = pc.index_in(wanted, among).fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def contents(listings: pa.Table) -> Integers:
    """Return a hash of what matching reads of each listing but its key."""
    return text.row_hashes(listings.select(["source", *COMPARED]))


def _renumbered(continues: Integers, old_text: Integers, new_text: Integers) -> None:
    """Set the successor of old listings whose text stands under exactly one new key that continues no other."""
    is_left = np.ones(len(new_text), dtype=bool)
    is_left[continues[continues >= 0]] = False
    sides = []
    for texts, rows in ((old_text, np.flatnonzero(continues == NONE)), (new_text, np.flatnonzero(is_left))):
        values, first, counts = np.unique(texts[rows], return_index=True, return_counts=True)
        sides.append((values[counts == 1], rows[first[counts == 1]]))
    (old_values, old_rows), (new_values, new_rows) = sides
    _, mine, theirs = np.intersect1d(old_values, new_values, assume_unique=True, return_indices=True)
    continues[old_rows[mine]] = new_rows[theirs]


def _is_reused(old: pa.Table, new: pa.Table) -> Array:
    """Return True where a key now stands for another lab: other name, other place and no contact in common."""
    n = len(old)
    records = settled(normalize(pa.concat_tables([old, new]), None, frequencies.shipped()))
    pairs = Candidates(np.arange(n), np.arange(n) + n, np.zeros(n, dtype=np.int32))
    features = dict(zip(FEATURES, comparison.compare(records, pairs), strict=True))
    other_name = (features["name_shared"] == 0) & (features["name_core"] < UNLIKE)
    distance = features["distance_km"]
    elsewhere = np.where(np.isnan(distance), features["city_ratio"] < UNLIKE, distance > MOVED_KM)
    contact = np.fmax.reduce(
        [features[name] for name in ("site_equal", "email_equal", "phone_equal", "register_equal")]
    )
    is_reused: Array = other_name & elsewhere & ~(contact > 0)
    return is_reused
