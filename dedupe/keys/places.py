"""Addresses and coordinates to comparison keys."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text
from dedupe.keys.text import Array, Coded, Integers
from dedupe.keys.vocabulary import CITY_WORDS, STREET_WORDS

SHARED_POINT = 3
"""Different addresses on one exact point from which the point is taken for a centroid (dedupe.md 6)."""

STREET_WORDS_KEPT = 4
"""Words of a street that are compared."""

AGREE_KM = 1.0
"""Distance within which two positions confirm each other."""

CENTROID_M = 5_000.0
"""Radius of what a centroid stands for, metres."""

EARTH_KM = 6371.0088
"""Mean radius of the earth (Source: IUGG 1980)."""

_STREET = rf"\b(?:{STREET_WORDS})\b"


@dataclass(frozen=True)
class Places:
    """Where records are, one row a record; lat and lon are NaN where unknown.

    Attributes:
        country, postcode, city: Folded, as the source writes them.
        district: First two characters of the postcode.
        commune: Code of the commune, where the listing was located.
        street: Street line without the words that name no street, digits included.
        number: First house number.
        street_word: Longest word of the street.
        street_words: Codes of its words of four and more letters, -1 where it has fewer (records x STREET_WORDS_KEPT).
        line: Hash of the street line or address, -1 for none.
        lat, lon: WGS84 degrees.
        precision_m: Radius the record is within, metres; NaN where unknown.
    """

    country: Coded
    postcode: Coded
    district: Coded
    city: Coded
    commune: Coded
    street: Coded
    number: Coded
    street_word: Coded
    street_words: Array
    line: Integers
    lat: Array
    lon: Array
    precision_m: Array


def places(listings: pa.Table, located: pa.Table | None) -> Places:
    """Return the places of the listings, from `located` where it has them, each by itself: see `settled`."""
    proven = aligned(listings, located)
    country = proven["country_code"] if proven else None
    city = text.encode(listings["city"]).map(_fold_city)
    address = pc.coalesce(listings["street"], listings["address"])
    written = text.encode(address)
    line = written.map(text.fold)
    street = line.map(_street_key)
    postcode = text.encode(pc.coalesce(listings["postcode"], _postcode_in(written))).map(_fold_postcode)
    lat, lon, precision = _coordinates(listings, proven)
    return Places(
        country=text.encode(pc.coalesce(country, listings["country_code"]) if proven else listings["country_code"]),
        postcode=postcode,
        district=postcode.map(lambda values: text.slice_start(values, 2)),
        city=city,
        commune=text.encode(proven["commune_code"]) if proven else _none(city),
        street=street,
        number=line.map(_number),
        street_word=street.map(_longest_word),
        street_words=_words_of(street),
        line=line.hashes,
        lat=lat,
        lon=lon,
        precision_m=precision,
    )


def _none(like: Coded) -> Coded:
    return Coded(np.full(len(like.codes), text.MISSING, dtype=np.int32), pa.array([], pa.string()))


def aligned(listings: pa.Table, located: pa.Table | None) -> dict[str, pa.ChunkedArray]:
    """Return the located columns in the order of the listings, null where one was not located; none if none is."""
    if located is None or not located.num_rows:
        return {}
    separator = pa.scalar("\x00")
    mine = pc.binary_join_element_wise(listings["source"], listings["source_key"], separator)
    theirs = pc.binary_join_element_wise(
        located["source"].cast(pa.string()), located["source_key"].cast(pa.string()), separator
    )
    rows = pc.index_in(mine, theirs.combine_chunks() if isinstance(theirs, pa.ChunkedArray) else theirs)
    wanted = ("country_code", "commune_code", "lat", "lon", "geo_method", "geo_precision_m")
    return {name: located[name].take(rows) for name in wanted}


def _coordinates(listings: pa.Table, proven: dict[str, pa.ChunkedArray]) -> tuple[Array, Array, Array]:
    table = proven or listings
    lat, lon = (np.array(table[name].cast(pa.float64()).to_numpy(), dtype=np.float64) for name in ("lat", "lon"))
    with np.errstate(invalid="ignore"):
        wrong = ~((np.abs(lat) <= 90) & (np.abs(lon) <= 180)) | ((lat == 0) & (lon == 0))
    lat[wrong], lon[wrong] = np.nan, np.nan
    precision = np.full(len(lat), np.nan)
    if proven:
        precision = np.array(proven["geo_precision_m"].cast(pa.float64()).to_numpy(), dtype=np.float64)
    return lat, lon, precision


def settled(where: Places, is_centroid: Array, is_nowhere: Array) -> Places:
    """Return the places by what else stands on their points: a centroid is a wide circle, and no place of several."""
    return replace(
        where,
        lat=np.where(is_nowhere, np.nan, where.lat),
        lon=np.where(is_nowhere, np.nan, where.lon),
        precision_m=np.where(is_centroid, CENTROID_M, where.precision_m),
    )


def great_circle_km(lat_a: Array, lon_a: Array, lat_b: Array, lon_b: Array) -> Array:
    """Return the distances between points in WGS84 degrees, km, float32."""
    half_lat, half_lon = np.radians(lat_b - lat_a) / 2, np.radians(lon_b - lon_a) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(np.radians(lat_a)) * np.cos(np.radians(lat_b)) * np.sin(half_lon) ** 2
    km: Array = (2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1)))).astype(np.float32)
    return km


def cells(places_: Places, metres: float, shift: float) -> Integers:
    """Return a grid cell of about that size a record, -1 without coordinates; shift 0.5 moves the grid half a cell."""
    step = metres / 111_195.0
    lat, lon = np.nan_to_num(places_.lat), np.nan_to_num(places_.lon)
    row = np.floor(lat / step + shift).astype(np.int64)
    # one width for a whole degree of latitude: neighbours in a cell share it
    width = step / np.maximum(np.cos(np.radians(np.floor(lat))), 0.02)
    column = np.floor(lon / width + shift).astype(np.int64)
    cell = text.mix(row + 10_000_000, column + 1_000_000_000)
    cell[np.isnan(places_.lat)] = -1
    return cell


def _postcode_in(address: Coded) -> pa.Array:
    """Return the postcode that stands in an unparsed address: five or six digits, or British."""
    found = pc.extract_regex(
        pc.utf8_slice_codeunits(address.values, 0, text.MAX_CHARACTERS),
        r"(?:^|[^0-9A-Z])(?P<code>[1-9A-Z][0-9]{4,5}|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2})(?:[^0-9A-Z-]|$)",
    )
    return pc.struct_field(found, "code").take(pa.array(address.codes, mask=address.codes < 0))


def _fold_postcode(values: pa.Array) -> pa.Array:
    return pc.replace_substring(text.fold(values), " ", "")


def _fold_city(values: pa.Array) -> pa.Array:
    folded = pc.replace_substring_regex(text.fold(pc.replace_substring_regex(values, r"\(.*", "")), CITY_WORDS, "")
    folded = pc.replace_substring_regex(folded, r"\b(?:st|ste|sainte)\b", "saint")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r" +", " "))


def _street_key(values: pa.Array) -> pa.Array:
    folded = pc.replace_substring_regex(values, r"(strasse|str)\b", " ")
    folded = pc.replace_substring_regex(folded, _STREET, "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r" +", " "))


def _number(values: pa.Array) -> pa.Array:
    return pc.struct_field(pc.extract_regex(values, r"(?:^|[^0-9])(?P<number>[1-9][0-9]{0,3})(?:[^0-9]|$)"), "number")


def _words_of(street: Coded) -> Array:
    """Return the codes of the first words with four or more letters of each record's street."""
    letters = street.map(
        lambda values: pc.replace_substring_regex(values, r"\b(?:[a-z]{1,3}|[a-z]*[0-9][a-z0-9]*)\b", "")
    )
    letters = letters.map(lambda values: pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r" +", " ")))
    words = text.words(letters.values)
    matrix = np.full((len(letters.values) + 1, STREET_WORDS_KEPT), -1, dtype=np.int32)
    counts = np.diff(words.starts)
    for position in range(STREET_WORDS_KEPT):
        rows = np.flatnonzero(counts > position)
        matrix[rows, position] = words.codes[words.starts[rows] + position]
    return matrix[letters.codes]


def _longest_word(values: pa.Array) -> pa.Array:
    words = text.words(pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"\b[0-9]+[a-z]?\b", " ")))
    counts = np.diff(words.starts)
    if not len(words.vocabulary):
        return pa.nulls(len(values), pa.string())
    length = pc.utf8_length(words.vocabulary).to_numpy(zero_copy_only=False).astype(np.int64)
    # longest first, then by the word itself: the same word wins wherever the street was written
    rank = text.ranks(words.vocabulary)
    score = (length << 32) - rank
    best = np.maximum.reduceat(score[words.codes], np.minimum(words.starts[:-1], len(words.codes) - 1))
    by_score = np.argsort(score)
    longest = by_score[np.searchsorted(score[by_score], best)]
    usable = (counts > 0) & (length[longest] > 2)
    return words.vocabulary.take(pa.array(longest, mask=~usable))
