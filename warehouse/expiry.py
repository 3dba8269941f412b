"""Last week's labs and this week's sources to the labs that leave because their sources were silent for too long."""

import pyarrow as pa
import pyarrow.compute as pc


def expired_labs(previous_lab_listings: pa.Table, sources: pa.Table) -> set[str]:
    """Return the labs all of whose listings stood in sources that are not well and give nothing any more.

    Their leaving was announced by eight stale weeks: it needs no gate of its own.
    """
    silent = sources.filter(pc.and_(pc.not_equal(sources["state"], "ok"), pc.equal(sources["listings"], 0)))["source"]
    is_silent = pc.is_in(previous_lab_listings["source"], value_set=silent.combine_chunks())
    leaving = set(previous_lab_listings["lab_id"].filter(is_silent).to_pylist())
    return leaving - set(previous_lab_listings["lab_id"].filter(pc.invert(is_silent)).to_pylist())
