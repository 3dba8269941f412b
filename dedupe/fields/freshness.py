"""How sources and the entries of their directories fared, to how fresh each listing is."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.ids import succession
from dedupe.keys.text import Array, Integers


@dataclass(frozen=True)
class Freshness:
    """Of each listing when it was read, and whether that was this week.

    Attributes:
        staleness: Weeks it is overdue: its own when its entry gave no answer, else its source's.
        fetched_at: When the page it stands on was fetched, UTC; null where nobody says.
        is_carried_forward: True for one that is kept from an earlier week.
    """

    staleness: Integers
    fetched_at: pa.Array
    is_carried_forward: Array

    @classmethod
    def of(cls, listings: pa.Table, sources: pa.Table | None, unanswered: pa.Table | None) -> Self:
        """Return the freshness of the listings, by the states of their sources and those of silent entries."""
        n = len(listings)
        staleness, is_carried = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
        fetched_at: pa.Array = pa.nulls(n, pa.timestamp("ms", "UTC"))
        if sources:
            place = pc.index_in(listings["source"], sources["source"].combine_chunks()).combine_chunks()
            staleness = _taken(sources["staleness_weeks"], place).fill_null(0).to_numpy(zero_copy_only=False)
            fetched_at = _taken(sources["fetched_at"], place).cast(fetched_at.type)
            state = pc.equal(_taken(sources["state"], place), "carried_forward")
            is_carried = state.fill_null(False).to_numpy(zero_copy_only=False)
        if unanswered and (kept := unanswered.filter(unanswered["is_kept"])).num_rows:
            place = pa.array(succession.row_of(succession.keys(listings), succession.keys(kept)))
            own = pc.greater_equal(place, 0)
            place = pc.if_else(own, place, None)
            is_own = own.to_numpy(zero_copy_only=False)
            staleness = np.where(is_own, _taken(kept["staleness_weeks"], place).fill_null(0), staleness)
            fetched_at = pc.if_else(own, _taken(kept["fetched_at"], place).cast(fetched_at.type), fetched_at)
            is_carried = is_carried | is_own
        return cls(staleness.astype(np.int64), fetched_at, is_carried)


def _taken(column: pa.ChunkedArray, place: pa.Array) -> pa.Array:
    return column.combine_chunks().take(place)
