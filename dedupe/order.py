"""Listings in canonical order, by source and source key: so that the order they come in changes nothing."""

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text

KEY = ("source", "source_key")


def canonical(listings: pa.Table) -> pa.Table:
    """Return the listings sorted by source and source key, in one piece; texts have offsets of 32 bits."""
    wide = [field.name for field in listings.schema if pa.types.is_large_string(field.type)]
    for name in wide:
        listings = listings.set_column(listings.column_names.index(name), name, listings[name].cast(pa.string()))
    if not _is_canonical(listings):
        listings = listings.sort_by([(name, "ascending") for name in KEY])
    return listings.combine_chunks()


def _is_canonical(listings: pa.Table) -> bool:
    """Return True when no listing stands before one that comes before it; asking costs far less than sorting."""
    source, source_key = (text.flat(listings[name]) for name in KEY)
    last = max(len(source) - 1, 0)
    before, after = ((source.slice(at, last), source_key.slice(at, last)) for at in (0, 1))
    in_order = pc.or_(
        pc.less(before[0], after[0]),
        pc.and_(pc.equal(before[0], after[0]), pc.less_equal(before[1], after[1])),
    )
    return bool(pc.all(in_order, min_count=0).as_py())
