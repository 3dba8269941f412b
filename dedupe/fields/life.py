"""The listings of a lab to its state: active, planned, closed or unknown, and when it last gave a sign of life."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.fields.preference import NO_DATE, Preference, days
from dedupe.identity import monday
from dedupe.keys.text import Integers

STATES = ("active", "planned", "closed")


def life(listings: pa.Table, wish: Preference, fetched_at: pa.Array, week: str) -> tuple[dict[str, pa.Array], Integers]:
    """Return status with its evidence, last_confirmed_on, staleness_weeks, updated_on and sources of each lab.

    And the listing whose word the status is, -1 where none has one. `fetched_at`: when each listing was read.

    The freshest word counts. A source that says closed says so now, so an undated `closed` is as fresh as its source's
    listings; an undated `active` may be years old, so it is the weakest word.
    """
    sunday = monday(week) + timedelta(days=6)
    today = (sunday - timedelta(days=6)).toordinal() - 719_163
    seen = _seen_on(fetched_at, today)
    updated = days(listings["updated_on"])
    updated = np.where(updated > today + 6, NO_DATE, updated)
    state = pc.index_in(listings["status"], pa.array(STATES)).fill_null(-1).to_numpy().astype(np.int64)
    word_on = np.where(updated > NO_DATE, updated, np.where(state == 2, seen, NO_DATE))
    # of equally fresh words closed wins, then active
    weight = np.array([1, 0, 2])[np.maximum(state, 0)]
    told = np.flatnonzero(state >= 0)
    order = told[np.lexsort((wish.order[told], -weight[told], -word_on[told], wish.lab[told]))]
    first = order[np.concatenate([[True], np.diff(wish.lab[order]) != 0])] if len(order) else order
    status = np.full(wish.labs, "unknown", dtype=object)
    status[wish.lab[first]] = np.array(STATES, dtype=object)[state[first]]
    rows = np.full(wish.labs, -1, dtype=np.int64)
    rows[wish.lab[first]] = first
    sign = np.where(state == 2, NO_DATE, np.where(updated > NO_DATE, updated, seen))
    columns = {
        "status": pa.array(status, pa.string()),
        **_evidence(
            listings["source"], wish, sign, updated, np.where(status[wish.lab] == "closed", rows[wish.lab], -1)
        ),
        "last_confirmed_on": _dates(_highest(sign, wish)),
        "updated_on": _dates(_highest(updated, wish)),
        "staleness_weeks": pa.array(-_highest(-wish.staleness, wish), pa.int64()),
        "sources": _sources(listings["source"], wish),
    }
    return columns, rows


def _evidence(
    sources: pa.ChunkedArray, wish: Preference, sign: Integers, updated: Integers, closing: Integers
) -> dict[str, pa.Array]:
    """Return what the state of each lab rests on, and which source said it: its end, else its newest sign of life.

    `closing`: of each listing, the one whose word closed its lab, -1 where none did.
    """
    order = np.lexsort((wish.order, -sign, wish.lab))
    order = order[np.concatenate([[True], np.diff(wish.lab[order]) != 0])] if len(order) else order
    newest = np.where(closing[order] >= 0, closing[order], order)
    touched = np.where(updated[order] > NO_DATE, "source_touched", "still_listed")
    words = np.where(closing[order] >= 0, "source_says_closed", touched)
    return {"status_evidence": pa.array(words, pa.string()), "confirmed_by": sources.take(pa.array(newest))}


def _seen_on(fetched_at: pa.Array, today: int) -> Integers:
    """Return the day each listing was last read at its source, days since 1970; today where nobody says."""
    seen = days(fetched_at.cast(pa.timestamp("ms")))
    return np.where(seen > NO_DATE, seen, today)


def _highest(values: Integers, wish: Preference) -> Integers:
    result = np.full(wish.labs, NO_DATE, dtype=np.int64)
    np.maximum.at(result, wish.lab, values)
    return result


def _dates(values: Integers) -> pa.Array:
    return pa.array(values.astype(np.int32), pa.int32(), mask=values == NO_DATE).cast(pa.date32())


def _sources(column: pa.ChunkedArray, wish: Preference) -> pa.Array:
    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    by_name = np.argsort(np.argsort(np.asarray(names, dtype=object), kind="stable"), kind="stable")
    codes = by_name[encoded.indices.to_numpy()] if len(names) else np.empty(0, dtype=np.int64)
    pair = np.unique(wish.lab * (len(names) + 1) + codes)
    lab, code = pair // (len(names) + 1), pair % (len(names) + 1)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(lab, minlength=wish.labs))])
    values = pa.array(sorted(names), pa.string()).take(pa.array(code))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
