"""Candidate pairs to features: one feature a column, one function a feature; NaN is missing, never a zero or a hundred.

A feature's docstring is what docs/dedupe.md publishes; `labs explain` names it by `wording.WORDS`.
"""

from collections.abc import Callable

import numpy as np

from dedupe.candidates import Candidates
from dedupe.features.context import Context
from dedupe.features.likeness import Values, equal, likeness, ratio
from dedupe.features.name_evidence import name_evidence
from dedupe.features.spread import COMMON_PLACES, spreads
from dedupe.keys.text import Array, Coded
from dedupe.normalize import Records

CHUNK = 1 << 16
"""Pairs compared at a time: what bounds the memory of the stage."""


def name_shared(pair: Context) -> Values:
    """Weight of the words both names have, generic words and the city discounted (0: none; 1: one rare word)."""
    return pair.names.shared


def name_least(pair: Context) -> Values:
    """Share of the lighter name's weight that the other has too, 0-1."""
    return pair.names.least


def name_most(pair: Context) -> Values:
    """Share of the heavier name's weight that the other has too, 0-1."""
    return pair.names.most


def name_left_least(pair: Context) -> Values:
    """Weight of the words without a counterpart, on the side with less of them."""
    return pair.names.left_least


def name_left_most(pair: Context) -> Values:
    """Weight of the words without a counterpart, on the side with more of them."""
    return pair.names.left_most


def name_left_ratio(pair: Context) -> Values:
    """Likeness of the heaviest words without a counterpart, 0-1: typing errors; missing where a name has none."""
    return pair.names.left_ratio


def name_core(pair: Context) -> Values:
    """Likeness of the names' letters without generic words, articles and city, 0-1; of all where one has no others."""
    return pair.names.core


def name_initials(pair: Context) -> Values:
    """1 when one name, or its heaviest word, is the initials of the other, else 0."""
    return pair.names.is_initials.astype(np.float32)


def name_places(pair: Context) -> Values:
    """Number of cities in which the commoner of the two names occurs: chains and generic names have many."""
    spread = pair.spread["name"]
    return np.maximum(spread[pair.left], spread[pair.right])


def name_branch(pair: Context) -> Values:
    """1 when the names have the same numbers and branch words ("Nord", "2"), 0 when not; missing without any."""
    codes = pair.records.names.branch.codes
    left, right = codes[pair.left], codes[pair.right]
    return np.where((left < 0) & (right < 0), np.float32(np.nan), (left == right).astype(np.float32))


def distance_km(pair: Context) -> Values:
    """Distance between the coordinates, km."""
    return pair.km


def precision_km(pair: Context) -> Values:
    """Radius within which the less precise of the two positions is known, km; missing when both are points."""
    precision = pair.records.places.precision_m
    return (np.fmax(precision[pair.left], precision[pair.right]) / 1000).astype(np.float32)


def street_ratio(pair: Context) -> Values:
    """Likeness of the streets without the words for street, 0-1; 0 in two towns: each has its market square."""
    return _in_one_town(ratio(pair.records.places.street, pair.left, pair.right), pair)


def street_words(pair: Context) -> Values:
    """Share of the words of the street with fewer words that the other has too, 0-1; 0 in two towns."""
    words = pair.records.places.street_words
    left, right = words[pair.left], words[pair.right]
    shared = (left[:, :, None] == right[:, None, :]).any(axis=2) & (left >= 0)
    fewer = np.minimum((left >= 0).sum(axis=1), (right >= 0).sum(axis=1)).astype(np.float32)
    share = np.where(fewer > 0, np.minimum(shared.sum(axis=1) / np.maximum(fewer, 1), 1), np.float32(np.nan))
    return _in_one_town(share, pair)


def number_equal(pair: Context) -> Values:
    """1 when the house numbers are the same, 0 when they differ, or the towns do."""
    return _in_one_town(equal(pair.records.places.number, pair.left, pair.right), pair)


def postcode_equal(pair: Context) -> Values:
    """1 when the postcodes are the same, 0.5 when their first two characters are, 0 when they differ."""
    return pair.postcode


def city_ratio(pair: Context) -> Values:
    """Likeness of the cities' names, 0-1; 1 when they are in the same commune."""
    return pair.city


def country_equal(pair: Context) -> Values:
    """1 when the countries are the same, 0 when they differ."""
    return equal(pair.records.places.country, pair.left, pair.right)


def site_equal(pair: Context) -> Values:
    """1 when the web sites have the same host, or on a platform the same page; 0 when they differ.

    A site that stands for many places is nobody's own: that another differs from it says nothing.
    """
    return _unless_common(equal(pair.records.site, pair.left, pair.right), pair, "site")


def site_places(pair: Context) -> Values:
    """Number of cities the shared web site serves; missing when the sites differ: networks share one."""
    return _spread_of_shared(pair, "site", pair.records.site)


def site_names(pair: Context) -> Values:
    """Number of different names the shared web site stands for; missing when the sites differ: networks of a town."""
    return _spread_of_shared(pair, "site_name", pair.records.site)


def site_linked(pair: Context) -> Values:
    """1 when one record's site, link or e-mail host is the other's site or page at its source, else 0."""
    record = pair.records
    hashes = [column.hashes for column in (record.site, record.page, record.link, record.mail_host)]
    linked = np.zeros(len(pair.left), dtype=np.float32)
    for a, left in enumerate(hashes):
        for b, right in enumerate(hashes):
            if a != b:
                linked[(left[pair.left] == right[pair.right]) & (left[pair.left] >= 0)] = 1
    return linked


def handle_ratio(pair: Context) -> Values:
    """Likeness of what the two call themselves in their web or mail addresses, 0-1: "fablab77" on two platforms."""
    return ratio(pair.records.handle, pair.left, pair.right)


def handle_name(pair: Context) -> Values:
    """Likeness of one's web or mail address to the other's name, the better of both ways, 0-1."""
    handle, name = pair.records.handle, pair.records.names.joined
    return np.fmax(likeness(handle, pair.left, name, pair.right), likeness(handle, pair.right, name, pair.left))


def email_equal(pair: Context) -> Values:
    """1 when the e-mail addresses are the same, 0.5 when only their hosts are, 0 when they differ."""
    record = pair.records
    same = equal(record.email, pair.left, pair.right)
    host = equal(record.mail_host, pair.left, pair.right)
    return _unless_common(np.where((same == 0) & (host == 1), np.float32(0.5), same), pair, "mail_host")


def email_places(pair: Context) -> Values:
    """Number of cities the shared e-mail host serves; missing when the hosts differ."""
    return _spread_of_shared(pair, "mail_host", pair.records.mail_host)


def email_names(pair: Context) -> Values:
    """Number of different names the shared e-mail address stands for; missing when the addresses differ."""
    return _spread_of_shared(pair, "email", pair.records.email)


def phone_equal(pair: Context) -> Values:
    """1 when the phone numbers are the same, 0 when they differ."""
    return equal(pair.records.phone, pair.left, pair.right)


def phone_names(pair: Context) -> Values:
    """Number of different names the shared phone number stands for; missing when the numbers differ: switchboards."""
    return _spread_of_shared(pair, "phone", pair.records.phone)


def register_equal(pair: Context) -> Values:
    """1 when the register numbers (SIRET or RNA) are the same, 0 when they differ."""
    return equal(pair.records.register, pair.left, pair.right)


def same_source(pair: Context) -> Values:
    """1 when both listings are of one source, else 0: a source rarely lists a lab twice."""
    codes = pair.records.source.codes
    same: Values = (codes[pair.left] == codes[pair.right]).astype(np.float32)
    return same


FEATURES: dict[str, Callable[[Context], Values]] = {
    feature.__name__: feature
    for feature in (
        name_shared, name_least, name_most, name_left_least, name_left_most, name_left_ratio, name_core, name_initials,
        name_places, name_branch, distance_km, precision_km, street_ratio, street_words, number_equal, postcode_equal,
        city_ratio, country_equal, site_equal, site_places, site_names, site_linked, handle_ratio, handle_name,
        email_equal, email_places, email_names, phone_equal, phone_names, register_equal, same_source,
    )
}  # fmt: skip
"""Every feature by name, in the order of the columns of a feature matrix."""


def compare(records: Records, pairs: Candidates, spread: dict[str, Array] | None = None) -> Array:
    """Return the feature matrix of the pairs: a float32 row a feature of `FEATURES`, a column a pair.

    `spread` is that of the records, where it is known already.
    """
    spread = spreads(records) if spread is None else spread
    matrix = np.empty((len(FEATURES), len(pairs)), dtype=np.float32)
    for start in range(0, len(pairs), CHUNK):
        rows = slice(start, start + CHUNK)
        left, right = pairs.left[rows], pairs.right[rows]
        context = Context(records, left, right, name_evidence(records.names, left, right), spread)
        for number, feature in enumerate(FEATURES.values()):
            matrix[number, rows] = feature(context)
    return matrix


def _in_one_town(values: Values, pair: Context) -> Values:
    """Return what a part of two addresses says, 0 in two towns: 3, place du Marché of another town is another address.

    Where only the cities' names tell two towns nothing is made of it: a suburb and its city are told so too.
    """
    return np.where(pair.in_two_towns & ~np.isnan(values), np.float32(0), values)


def _unless_common(values: Values, pair: Context, name: str) -> Values:
    spread = pair.spread[name]
    is_common = np.maximum(spread[pair.left], spread[pair.right]) >= COMMON_PLACES
    return np.where((values == 0) & is_common, np.float32(np.nan), values)


def _spread_of_shared(pair: Context, name: str, column: Coded) -> Values:
    spread = pair.spread[name]
    return np.where(equal(column, pair.left, pair.right) == 1, spread[pair.left], np.float32(np.nan))
