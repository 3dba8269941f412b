"""Which listing of a lab is asked first for a field: by rank, freshness, agreement and completeness."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text
from dedupe.keys.text import Array, Integers
from dedupe.policy import Policy
from dedupe.policy import of as policy_of

NO_DATE = -(1 << 30)


@dataclass(frozen=True)
class Preference:
    """The listings of labs, with what decides which one is asked first.

    Attributes:
        lab: Number of the lab of each listing.
        labs: How many labs there are.
        rank: Declared rank of each listing's source, 1 first.
        staleness: Weeks each listing is overdue.
        order: Rank among all listings when nothing is known of the field: lower is asked first.
        is_facts_only: True where the source's terms allow facts alone.
    """

    lab: Integers
    labs: int
    rank: Integers
    staleness: Integers
    order: Integers
    is_facts_only: Array

    def best(self, usable: Array, agreement: Integers | None = None) -> Integers:
        """Return for each lab the usable listing asked first, -1 where it has none.

        Args:
            usable: True for the listings that have the field and may give it.
            agreement: How many listings of the lab say the same; of equally trusted and fresh listings those whose
                value most others share come first.
        """
        rows = np.flatnonzero(usable)
        agree = np.zeros(len(rows), dtype=np.int64) if agreement is None else -agreement[rows]
        order = np.lexsort((self.order[rows], agree, self.staleness[rows], self.rank[rows], self.lab[rows]))
        rows = rows[order]
        first = np.concatenate([[True], np.diff(self.lab[rows]) != 0]) if len(rows) else np.empty(0, dtype=bool)
        result = np.full(self.labs, -1, dtype=np.int64)
        result[self.lab[rows[first]]] = rows[first]
        return result

    def agreement(self, value: Integers) -> Integers:
        """Return for each listing how many of its lab have its value; values are numbers, -1 for none."""
        pair = text.mix(self.lab, value)
        _, inverse, counts = np.unique(pair, return_inverse=True, return_counts=True)
        return np.where(value >= 0, counts[inverse], 0)


def preference(listings: pa.Table, lab: Integers, staleness: Integers, policy: Policy) -> Preference:
    """Return the preference among listings in canonical order."""
    names = listings["source"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy()
    declared = [policy_of(policy, source) for source in names.dictionary.to_pylist()]
    rank = np.array([own.rank for own in declared], dtype=np.int64)[codes]
    filled = np.zeros(len(listings), dtype=np.int64)
    for name in listings.column_names:
        filled += listings[name].is_valid().to_numpy()
    updated = days(listings["updated_on"])
    order = np.empty(len(listings), dtype=np.int64)
    order[np.lexsort((np.arange(len(listings)), -filled, -updated, staleness, rank))] = np.arange(len(listings))
    is_facts_only = np.array([own.licence_layer == "facts" for own in declared], dtype=bool)[codes]
    return Preference(lab, int(lab.max(initial=-1)) + 1, rank, staleness, order, is_facts_only)


def days(column: pa.ChunkedArray | pa.Array) -> Integers:
    """Return dates as days since 1970, `NO_DATE` for null."""
    numbers: Integers = column.cast(pa.date32()).cast(pa.int32()).fill_null(NO_DATE).to_numpy().astype(np.int64)
    return numbers


def folded(column: pa.ChunkedArray) -> Integers:
    """Return a number a value, equal for texts that differ only in case, accents and punctuation; -1 for null."""
    return text.encode(column).map(text.fold).codes.astype(np.int64)


def has(column: pa.ChunkedArray | pa.Array) -> Array:
    """Return True where there is a value."""
    valid = column.is_valid()
    if pa.types.is_list(column.type):
        valid = pc.and_(valid, pc.greater(pc.list_value_length(column), 0).fill_null(False))
    answer: Array = np.asarray(valid)
    return answer
