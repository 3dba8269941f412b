"""Records to numbers, a column a record: all that finding pairs and counting values needs to know of it.

A number says something of its own record alone. So those of an unchanged listing can be kept for the next week, and
what depends on several listings (blocks, counts) can be told from the numbers without reading any text again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dedupe.keys import text
from dedupe.keys.places import Places, cells, great_circle_km
from dedupe.keys.text import Array, Integers
from dedupe.normalize import Records, hashes_of

HEAVY = 0.45
"""Weight from which a word is worth a block of a town: "FabLab" and "Makerspace" are not."""

WIDE_M = 50_000
"""Size of the cells that count as one place: names of cities alone count a town and its suburb twice."""

KEYS = (
    "site", "page", "link", "mail_host", "phone", "email", "register", "name_country", "joined", "handle",
    "word_country", "word1_city", "word2_city", "word3_city", "prefix_city", "initials_city", "joined_city", "cell",
    "cell_shifted", "word_cell", "street_postcode", "street_city",
)  # fmt: skip
"""What blocks are made of: hashes, -1 for none."""

NAME_ORDER = ("letters", "more_letters")
"""The first letters of the name, as numbers that sort as names do."""

POSITION = ("lat", "lon")
"""Its point, in whole hundred-thousandths of a degree (a metre) from the south pole and the date line."""

COLUMNS = (*KEYS, "name", "word", "city", "line", "point", "wide_cell", "wide_cell_shifted", *NAME_ORDER, *POSITION)
"""All numbers of a record: its keys, the values and places that are counted, what sorts it by name, where it is."""

OF_POINT = ("cell", "cell_shifted", "word_cell", "wide_cell", "wide_cell_shifted", *POSITION)
"""Numbers a record does not have when its point is taken for none."""

_WAYS = ("city", "wide_cell", "wide_cell_shifted")

CONTACTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "site": ("site", _WAYS),
    "mail_host": ("mail_host", _WAYS),
    "name": ("name", _WAYS),
    "phone": ("phone", ("word",)),
    "email": ("email", ("word",)),
    "site_name": ("site", ("word",)),
}
"""What is counted: the value, and the ways to tell the places, or the names by their first word, that it serves."""

_FILTER_BITS = 22

_DEGREE = 1e-5

_KM_A_DEGREE = 111.19
"""Of latitude, a little less than it is: 111.195 km on the sphere of `great_circle_km`."""


@dataclass(frozen=True)
class Imprints:
    """The numbers of records.

    Attributes:
        numbers: Names x records, each of its own record alone.
        is_nowhere: True for records whose point is taken for none, because of what else stands on it.
        names: Which of `COLUMNS` they are.
    """

    numbers: Integers
    is_nowhere: Array
    names: tuple[str, ...] = COLUMNS

    def __len__(self) -> int:
        return len(self.is_nowhere)

    def __getitem__(self, name: str) -> Integers:
        column: Integers = self.numbers[self.names.index(name)]
        return np.where(self.is_nowhere, -1, column) if name in OF_POINT else column

    def only(self, names: tuple[str, ...], rows: Array) -> "Imprints":
        """Return some numbers of some records."""
        numbers = np.stack([self.numbers[self.names.index(name)][rows] for name in names])
        return Imprints(numbers, self.is_nowhere[rows], names)

    def are_far(self, left: Integers, right: Integers, km: float) -> Array:
        """Return True for the pairs of records whose points are known and farther apart."""
        lat, lon = (self.numbers[self.names.index(name)] for name in POSITION)
        is_known = (lat >= 0) & ~self.is_nowhere
        known = np.flatnonzero(is_known[left] & is_known[right])
        lats = [lat[side[known]] * _DEGREE - 90 for side in (left, right)]
        result = np.zeros(len(left), dtype=bool)
        # most are told by their latitudes, without a sine
        is_apart = np.abs(lats[0] - lats[1]) * _KM_A_DEGREE > km
        result[known[is_apart]] = True
        rest = np.flatnonzero(~is_apart)
        lons = [lon[side[known[rest]]] * _DEGREE - 180 for side in (left, right)]
        result[known[rest]] = great_circle_km(lats[0][rest], lons[0], lats[1][rest], lons[1]) > km
        return result


class Touched:
    """A set of hashes that holds at least those it was made of, asked in one step for millions."""

    def __init__(self, *hashes: Integers) -> None:
        self._marks = np.zeros(1 << _FILTER_BITS, dtype=bool)
        for some in hashes:
            self._marks[some[some >= 0] & ((1 << _FILTER_BITS) - 1)] = True

    def among(self, hashes: Integers) -> Array:
        """Return True for the hashes that may be in the set; -1 never is."""
        marked: Array = self._marks.take(hashes & ((1 << _FILTER_BITS) - 1))
        marked &= hashes >= 0
        return marked


def imprint(records: Records) -> Imprints:
    """Return the numbers of the records."""
    name, place, n = records.names, records.places, len(records)
    words = text.text_hashes(name.vocabulary)
    first, second, third = (_word(words, records, position) for position in range(3))
    prefix = _word(text.text_hashes(text.slice_start(name.vocabulary, 4)), records, 0)
    spelled, joined, initials = (coded.hashes[:n] for coded in (name.spelled, name.joined, name.initials))
    city = place.city.hashes
    country = np.where(place.country.hashes < 0, np.int64(1), place.country.hashes)
    street = hashes_of(place.number, place.street_word)
    letters, more_letters = text.first_letters(name.spelled.values)
    columns = {
        **{name: getattr(records, name).hashes for name in KEYS[:7]},
        "name_country": text.mix(spelled, country),
        "joined": joined,
        "handle": records.handle.hashes,
        "word_country": text.mix(first, country),
        "word1_city": text.mix(first, city),
        "word2_city": text.mix(second, city),
        "word3_city": text.mix(third, city),
        "prefix_city": text.mix(prefix, city),
        "initials_city": text.mix(initials, city),
        "joined_city": text.mix(joined, city),
        "cell": cells(place, 250, 0.0),
        "cell_shifted": cells(place, 250, 0.5),
        "word_cell": text.mix(first, cells(place, 3_000, 0.0)),
        "street_postcode": text.mix(street, place.postcode.hashes),
        "street_city": text.mix(street, city),
        "name": spelled,
        "word": first,
        "city": city,
        "line": place.line,
        "point": _point(place),
        "wide_cell": cells(place, WIDE_M, 0.0),
        "wide_cell_shifted": cells(place, WIDE_M, 0.5),
        "letters": text.take(letters, name.spelled.codes[:n], -1),
        "more_letters": text.take(more_letters, name.spelled.codes[:n], -1),
        "lat": _steps(place.lat + 90),
        "lon": _steps(place.lon + 180),
    }
    numbers = np.empty((len(COLUMNS), n), dtype=np.int64)
    for number, column in enumerate(COLUMNS):
        numbers[number] = columns.pop(column)
    return Imprints(numbers, np.zeros(n, dtype=bool))


def points_of(place: Places) -> Imprints:
    """Return what judging points needs to know of the records at those places."""
    numbers = np.stack([_point(place), place.line, place.city.hashes])
    return Imprints(numbers, np.zeros(numbers.shape[1], dtype=bool), ("point", "line", "city"))


def _point(place: Places) -> Integers:
    """Return a number for each exact point, to a metre; -1 for none."""
    return text.mix(_steps(place.lat + 90), _steps(place.lon + 180))


def _steps(degrees: Array) -> Integers:
    """Return degrees in whole steps of `_DEGREE`, -1 where they are unknown."""
    return np.round(np.nan_to_num(degrees, nan=-_DEGREE) / _DEGREE).astype(np.int64)


def _word(hashes: Integers, records: Records, position: int) -> Integers:
    """Return the hash of the word at that position by weight; -1 where the name has fewer, or it is a light one."""
    n = len(records)
    heavy = (records.names.weights[:n, position] >= HEAVY) | (position == 0)
    return np.where(heavy, text.take(hashes, records.names.words[:n, position], -1), -1)
