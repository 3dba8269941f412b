"""How many places each contact value serves: a network's web site or a switchboard says little about which lab."""

import numpy as np

from dedupe import text
from dedupe.normalize import Records
from dedupe.places import cells
from dedupe.text import Array, Integers

PLACE_M = 50_000
"""Size of the cells that count as one place: names of cities alone count a town and its suburb twice."""


STEPS = np.array([1, 2, 3, 4, 6, 10, 20], dtype=np.float32)
"""Numbers of places that are told apart: one more town of a large network changes no pair of it."""


def spreads(records: Records) -> dict[str, Array]:
    """Return for each contact column the number of places or names a record's value stands for, float32."""
    n, where = len(records), records.places
    ways = [where.city.hashes, cells(where, PLACE_M, 0.0), cells(where, PLACE_M, 0.5)]
    places = [np.where(records.followers, -1, way) for way in ways]
    words = np.where(records.followers, -1, records.names.words[:n, 0].astype(np.int64))
    columns = {
        "site": records.site.codes,
        "mail_host": records.mail_host.codes,
        "name": records.names.spelled.codes[:n],
    }
    # the fewest by any way of counting: a grid line or a second spelling must not make two places of one
    counted = {name: np.minimum.reduce([spread(codes, place) for place in places]) for name, codes in columns.items()}
    named = {"phone": records.phone.codes, "email": records.email.codes, "site_name": records.site.codes}
    return {**counted, **{name: spread(codes, words) for name, codes in named.items()}}


def spread(codes: Array, place: Integers) -> Array:
    """Return for each row the number of distinct places of all rows with its code, down to the step."""
    rows = np.flatnonzero((codes >= 0) & (place >= 0))
    counts = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.float32)
    order = np.lexsort((place[rows], codes[rows]))
    code, where = codes[rows][order], place[rows][order]
    if len(code):
        is_new = np.concatenate([[True], (code[1:] != code[:-1]) | (where[1:] != where[:-1])])
        np.add.at(counts, code[is_new], 1)
    return STEPS[np.searchsorted(STEPS, np.maximum(text.take(counts, codes, 1), 1), side="right") - 1]
