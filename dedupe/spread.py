"""How many places each contact value serves: a network's web site or a switchboard says little about which lab."""

import numpy as np

from dedupe import text
from dedupe.normalize import Records
from dedupe.places import cells
from dedupe.text import Array, Integers

PLACE_M = 20_000
"""Size of the cell that stands for the city of a record without one."""


def spreads(records: Records) -> dict[str, Array]:
    """Return for each contact column the number of places (phone: of names) a record's value stands for, float32."""
    n = len(records)
    cell = cells(records.places, PLACE_M, 0.0)
    place = np.where(records.places.city.codes >= 0, records.places.city.hashes, cell)
    place[records.followers] = -1
    words = np.where(records.followers, -1, records.names.words[:n, 0].astype(np.int64))
    return {
        "site": spread(records.site.codes, place),
        "mail_host": spread(records.mail_host.codes, place),
        "phone": spread(records.phone.codes, words),
        "name": spread(records.names.spelled.codes[:n], place),
    }


def spread(codes: Array, place: Integers) -> Array:
    """Return for each row the number of distinct places of all rows with its code; at least 1."""
    rows = np.flatnonzero((codes >= 0) & (place >= 0))
    counts = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.float32)
    order = np.lexsort((place[rows], codes[rows]))
    code, where = codes[rows][order], place[rows][order]
    if len(code):
        is_new = np.concatenate([[True], (code[1:] != code[:-1]) | (where[1:] != where[:-1])])
        np.add.at(counts, code[is_new], 1)
    return np.maximum(text.take(counts, codes, 1), 1).astype(np.float32)
