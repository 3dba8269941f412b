"""The places of the listings of a lab to one place, taken whole from one of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.fields.preference import Preference
from dedupe.ids import succession
from dedupe.keys.places import AGREE_KM
from dedupe.keys.text import Array, Integers
from warehouse.schema import Located
from warehouse.schema.located import Place

PLACE = tuple(Place.model_fields)
"""Columns that come from one located row together: coordinates are never averaged, nor mixed with another's commune."""

METHODS = {"source": 0, "geocoder": 1, "street": 2, "commune": 3, "none": 4}
"""How much a position is worth by what it rests on, best first."""


@dataclass(frozen=True)
class Settlement:
    """The place of each listing, and the listing whose place each lab takes (-1 for none)."""

    table: pa.Table
    rows: Integers


def settle(listings: pa.Table, located: pa.Table | None, wish: Preference) -> Settlement:
    """Return the places; of a lab's positions the one most others confirm, then the best founded, is taken."""
    table = _located(listings, located) if located is not None else _as_stated(listings)
    lat, lon = (np.array(table[name].to_numpy(), dtype=np.float64) for name in ("lat", "lon"))
    method = pc.index_in(table["geo_method"], pa.array(list(METHODS))).fill_null(len(METHODS)).to_numpy()
    order = np.lexsort((wish.order, wish.staleness, wish.rank, method, -_confirmed(lat, lon, wish), wish.lab))
    first = order[np.concatenate([[True], np.diff(wish.lab[order]) != 0])] if len(order) else order
    rows = np.full(wish.labs, -1, dtype=np.int64)
    rows[wish.lab[first]] = first
    return Settlement(table, rows)


def _confirmed(lat: Array, lon: Array, wish: Preference) -> Integers:
    """Return how many positions of its lab each position agrees with, itself included; 0 without a position."""
    rows = np.flatnonzero(~np.isnan(lat))
    rows = rows[np.argsort(wish.lab[rows], kind="stable")]
    lab = wish.lab[rows]
    counts = np.zeros(len(lat), dtype=np.int64)
    counts[rows] = 1
    alive = np.arange(len(rows))
    offset = 0
    while len(alive):
        offset += 1
        alive = alive[alive + offset < len(rows)]
        alive = alive[lab[alive] == lab[alive + offset]]
        one, two = rows[alive], rows[alive + offset]
        north = (lat[one] - lat[two]) * 111.195
        east = (lon[one] - lon[two]) * 111.195 * np.cos(np.radians(lat[one]))
        agree = np.hypot(north, east) <= AGREE_KM
        np.add.at(counts, one[agree], 1)
        np.add.at(counts, two[agree], 1)
    return counts


def _located(listings: pa.Table, located: pa.Table) -> pa.Table:
    rows = pc.index_in(succession.keys(listings), succession.keys(located))
    return located.select(list(PLACE)).take(rows)


def _as_stated(listings: pa.Table) -> pa.Table:
    """Return the places of listings nobody located: what they state, coordinates that cannot be are left out."""
    lat, lon = (np.array(listings[name].to_numpy(), dtype=np.float64) for name in ("lat", "lon"))
    with np.errstate(invalid="ignore"):
        is_point = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ~((lat == 0) & (lon == 0))
    columns = {
        "commune_code": listings["commune_code"],
        "country_code": listings["country_code"],
        "lat": pa.array(lat, mask=~is_point),
        "lon": pa.array(lon, mask=~is_point),
        "geo_method": pa.array(np.where(is_point, "source", "none").tolist(), pa.string()),
    }
    schema = Located.arrow_schema()
    return pa.table({name: columns.get(name, pa.nulls(len(listings), schema.field(name).type)) for name in PLACE})
