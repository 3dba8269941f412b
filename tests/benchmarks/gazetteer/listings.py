"""A million fictional listings in real places, damaged the ways sources damage them."""

import numpy as np
import pyarrow as pa

from warehouse.gazetteer.communes import communes
from warehouse.gazetteer.world import cities

COLUMNS = (
    "source",
    "source_key",
    "address",
    "street",
    "postcode",
    "city",
    "commune_code",
    "country_code",
    "lat",
    "lon",
)


def listings(count: int, seed: int = 20260101) -> pa.Table:
    """Return so many listings: nine in ten in France, a tenth abroad, every tenth damaged."""
    random = np.random.default_rng(seed)
    france, world = communes(), cities()
    postcode_of = {index: code for code, found in france.by_postcode.items() for index in found}
    places = np.array([index for index in postcode_of if np.isfinite(france.lat[index])])
    at = random.choice(places, count)
    lat = np.round(france.lat[at] + random.normal(0, 0.004, count), 6)
    lon = np.round(france.lon[at] + random.normal(0, 0.004, count), 6)
    names = np.array(france.names, dtype=object)[at]
    postcodes = np.array([postcode_of[index] for index in at.tolist()], dtype=object)
    country = np.full(count, "FR", object)
    streets = np.array([f"{n} rue des Ateliers {n % 97}" for n in random.integers(1, 1_000, count)], dtype=object)
    abroad = np.flatnonzero(random.random(count) < 0.1)
    there = random.integers(0, world.table.num_rows, len(abroad))
    lat[abroad], lon[abroad] = world.lat[there], world.lon[there]
    names[abroad] = world.table["name"].take(pa.array(there)).to_pylist()
    country[abroad] = world.table["country_code"].take(pa.array(there)).to_pylist()
    postcodes[abroad] = None
    kind = random.integers(0, 60, count)
    swapped = kind == 0
    lat[swapped], lon[swapped] = lon[swapped].copy(), lat[swapped].copy()
    lat[(kind == 1) | (kind == 2)] = lon[(kind == 1) | (kind == 2)] = np.nan
    lon[kind == 3] += 0.3
    names[kind == 4] = [name.upper().replace("SAINT", "ST") + " CEDEX 2" for name in names[kind == 4]]
    names[kind == 5] = None
    address = np.full(count, None, object)
    whole = (kind == 6) | (kind == 7)
    address[whole] = [
        f"{s}, {p or ''} {n}" for s, p, n in zip(streets[whole], postcodes[whole], names[whole], strict=True)
    ]
    for column in (streets, postcodes, names):
        column[whole] = None
    keys = pa.array(np.arange(count).astype(str))
    return pa.table(
        {
            "source": pa.array(np.full(count, "bench")),
            "source_key": keys,
            "address": pa.array(address, pa.string()),
            "street": pa.array(streets, pa.string()),
            "postcode": pa.array(postcodes, pa.string()),
            "city": pa.array(names, pa.string()),
            "country_code": pa.array(country, pa.string()),
            "lat": pa.array(lat, from_pandas=True),
            "lon": pa.array(lon, from_pandas=True),
        }
    )
