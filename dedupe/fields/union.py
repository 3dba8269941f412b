"""Lists of the listings of each lab to one list a lab, without repeats, values of the listing asked first in front."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.fields.preference import Preference
from dedupe.keys import text
from dedupe.keys.text import Array, Integers


def flattened(lists: pa.ChunkedArray) -> tuple[Integers, pa.Array]:
    """Return the values of all lists, and the row each is of."""
    column = text.flat(lists)
    return pc.list_parent_indices(column).to_numpy().astype(np.int64), pc.list_flatten(column)


def union(
    row: Integers, values: pa.Array, may_give: Array, wish: Preference, without: pa.ChunkedArray | None = None
) -> tuple[pa.Array, Integers]:
    """Return the list of each lab, null where empty, and the listings that gave a value.

    Two values are one when they differ only in case, accents and punctuation.

    Args:
        row: The listing each value is of.
        values: The values, those of a listing in its order.
        may_give: True for the listings whose values may be used.
        wish: Which listing is asked first.
        without: A value a lab that its list must not repeat.
    """
    texts = values if without is None else pa.concat_arrays([values, text.flat(without)])
    codes = text.encode(texts).map(text.fold).codes.astype(np.int64)
    same, own = codes[: len(values)], codes[len(values) :]
    usable = np.flatnonzero(may_give[row] & (same >= 0))
    if without is not None:
        usable = usable[same[usable] != own[wish.lab[row[usable]]]]
    usable = usable[np.lexsort((usable, wish.order[row[usable]], wish.lab[row[usable]]))]
    key = text.mix(wish.lab[row[usable]], same[usable])
    _, first = np.unique(key, return_index=True)
    kept = usable[np.sort(first)]
    counts = np.bincount(wish.lab[row[kept]], minlength=wish.labs)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    result = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), values.take(pa.array(kept)), mask=pa.array(counts == 0)
    )
    return result, np.unique(row[kept])
