"""The labs of every snapshot to one table of versions, so that the labs as of a day are one filter."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.changes import differing_ids
from warehouse.columns import replaced
from warehouse.schema import conform
from warehouse.schema.lab import CALENDAR_COLUMNS, LabVersion

_KEY = [(name, "ascending") for name in LabVersion.key]


def extended(history: pa.Table | None, labs: pa.Table, monday: date) -> pa.Table:
    """Return the history with one more snapshot: a lab that differs gets a new version, one that left an end."""
    if history is None:
        history = LabVersion.arrow_schema().empty_table()
    is_open = history["valid_to"].is_null()
    current, ended = history.filter(is_open), history.filter(pc.invert(is_open))
    now = labs.drop_columns(list(CALENDAR_COLUMNS))
    shared = set(current["lab_id"].to_pylist()) & set(now["lab_id"].to_pylist())
    same = pa.array(sorted(shared - differing_ids(current, now, shared)), pa.string())
    goes_on = pc.is_in(current["lab_id"], value_set=same)
    ends = current.filter(pc.invert(goes_on))
    ends = replaced(ends, "valid_to", [monday] * ends.num_rows)
    begins = now.filter(pc.invert(pc.is_in(now["lab_id"], value_set=same)))
    begins = begins.append_column("valid_from", pa.array([monday] * begins.num_rows, pa.date32()))
    parts = [ended, current.filter(goes_on), ends, conform(begins, LabVersion)]
    return conform(pa.concat_tables(parts), LabVersion).sort_by(_KEY).combine_chunks()
