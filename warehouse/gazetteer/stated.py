"""The columns of listings that say where a lab is, as arrays; from any table that has some of them."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from warehouse.gazetteer.addresses import parse
from warehouse.gazetteer.cells import Objects, choose, each_once, either, is_none, objects, taken
from warehouse.gazetteer.coordinates import parse as parse_coordinates
from warehouse.gazetteer.countries import FRENCH_TERRITORIES, country_code
from warehouse.gazetteer.shapes import Floats

TERRITORIES = sorted(FRENCH_TERRITORIES.values())
"""ISO 3166-1 codes of the French overseas territories."""


@dataclass(frozen=True)
class Stated:
    """What each listing says, one entry a listing; None, or NaN, where it says nothing."""

    source: Objects
    street: Objects
    postcode: Objects
    city: Objects
    commune_code: Objects
    country: Objects
    """ISO 3166-1 code; FR for the overseas territories too."""
    territory: Objects
    """ISO 3166-1 code of the overseas territory."""
    lat: Floats
    lon: Floats
    notation: Objects
    """Issue of the coordinates' notation: translated, or unreadable."""

    def __len__(self) -> int:
        return len(self.lat)


def read(listings: pa.Table) -> Stated:
    """Return what the listings say; a column the table lacks says nothing."""
    lat, lon, notation = points(listings)
    stated = Stated(
        source=_texts(listings, "source"),
        street=_texts(listings, "street"),
        postcode=_texts(listings, "postcode"),
        city=_texts(listings, "city"),
        commune_code=_texts(listings, "commune_code"),
        country=_countries(_texts(listings, "country_code")),
        territory=objects([None] * listings.num_rows),
        lat=lat,
        lon=lon,
        notation=notation,
    )
    stated = _with_address(stated, _texts(listings, "address"))
    territory = choose(np.isin(stated.country, TERRITORIES), stated.country, None)
    return replace(stated, country=as_french(stated.country), territory=territory)


def as_french(country: Objects) -> Objects:
    """Return the codes with FR for the French overseas territories."""
    return choose(np.isin(country, TERRITORIES), "FR", country)


def texts(listings: pa.Table, name: str) -> pa.ChunkedArray:
    """Return a column as trimmed texts, null where it is empty or the table lacks it."""
    import pyarrow.compute as pc

    if name not in listings.column_names:
        return pa.chunked_array([pa.nulls(listings.num_rows, pa.string())])
    column = listings[name]
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = column.cast(pa.string())
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), None, column)


def _texts(listings: pa.Table, name: str) -> Objects:
    return np.asarray(texts(listings, name).to_numpy(zero_copy_only=False), dtype=object)


def _countries(column: Objects) -> Objects:
    codes, inverse = each_once(country_code, column)
    return taken(codes, inverse)


def points(listings: pa.Table) -> tuple[Floats, Floats, Objects]:
    """Return finite coordinates, NaN where there are none, and the issue of their notation."""
    count = listings.num_rows
    nothing = np.full(count, np.nan), np.full(count, np.nan), np.full(count, None, object)
    if not {"lat", "lon"} <= set(listings.column_names):
        return nothing
    columns = listings["lat"], listings["lon"]
    if not all(pa.types.is_floating(column.type) for column in columns):
        return _read_points(*(column.to_pylist() for column in columns))
    lat, lon = (column.cast(pa.float64()).to_numpy(zero_copy_only=False).copy() for column in columns)
    is_given = [column.is_valid().to_numpy(zero_copy_only=False) for column in columns]
    notation = nothing[2]
    notation[is_given[0] != is_given[1]] = "missing_half"
    finite = np.isfinite(lat) & np.isfinite(lon)
    notation[is_given[0] & is_given[1] & ~finite] = "not_finite"
    with np.errstate(invalid="ignore"):
        low, high = np.minimum(np.abs(lat), np.abs(lon)), np.maximum(np.abs(lat), np.abs(lon))
        notation[finite & (high == 0)] = "zero"
    # numbers no degree can be: metres are read, the rest is refused
    odd = np.flatnonzero(finite & ((high > 180) | (low > 90)))
    lat[~is_none(notation)] = lon[~is_none(notation)] = np.nan
    if len(odd):
        lat[odd], lon[odd], notation[odd] = _read_points(lat[odd].tolist(), lon[odd].tolist())
    return lat, lon, notation


def _read_points(lats: list[object], lons: list[object]) -> tuple[Floats, Floats, Objects]:
    found = [parse_coordinates(lat, lon) for lat, lon in zip(lats, lons, strict=True)]
    notation = objects([c.issue or (c.notation if c.notation != "pair" else None) for c in found])
    return (
        np.array([np.nan if c.lat is None else c.lat for c in found], np.float64),
        np.array([np.nan if c.lon is None else c.lon for c in found], np.float64),
        notation,
    )


def _with_address(stated: Stated, address: Objects) -> Stated:
    """Return the listings with postcode, city and country read out of one-line addresses that have no parts."""
    text = either(address, stated.street)
    lacks = is_none(stated.city) | (is_none(stated.postcode) & (as_french(stated.country) == "FR"))
    rows = np.flatnonzero(lacks & ~is_none(text))
    if len(rows) == 0:
        return stated
    parsed, inverse = each_once(parse, text[rows], stated.country[rows])
    columns = {name: getattr(stated, name).copy() for name in ("street", "postcode", "city", "country")}
    for name, column in columns.items():
        part = {"country": "country_code", "street": "line"}.get(name, name)
        read_out = taken([getattr(found, part) for found in parsed], inverse)
        # a street the whole address was written into gives way to the street read out of it
        is_whole = is_none(address[rows]) if name == "street" else np.zeros(len(rows), np.bool_)
        column[rows] = choose(is_whole, either(read_out, column[rows]), either(column[rows], read_out))
    return replace(stated, **columns)
