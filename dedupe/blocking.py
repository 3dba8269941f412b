"""Records to candidate pairs, each with the rules that made it: many small blocks, none quadratic."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dedupe.candidates import Candidates, bits_of, pack, unpack
from dedupe.keys.imprint import NAME_ORDER, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers, firsts
from dedupe.normalize import Records
from dedupe.rules import FAR_KM, NEIGHBOURS, RULES, WHOLE, Rule

ROW_BITS = 22
"""Bits of a row where a key shares an integer with it, whatever the number of rows: the 40 bits left for the key are
the same among a few records as among all (up to four million), so the same keys are told apart."""


def candidates(records: Records) -> Candidates:
    """Return the pairs that some rule finds, sorted by left and right."""
    return pairs(imprint(records), records.followers, None)


def pairs(imprints: Imprints, followers: Array, touched: Array | None) -> Candidates:
    """Return the pairs that some rule finds, sorted by left and right.

    Pairs without a follower are found as if there were no followers at all: see `clustering.cluster`.

    Args:
        imprints: Of all records.
        followers: True for share-alike listings.
        touched: Bit r is set for the records with a key of rule r that is asked for; None asks for all. Of each rule
            exactly the pairs of two such records are found.
    """
    n = len(imprints)
    found = [np.empty(0, dtype=np.int64)]
    for number, rule in enumerate(RULES):
        is_asked = None if touched is None else (touched >> number) & 1 > 0
        found += [pack(left, right, number, n) for left, right in _pairs_of(rule, imprints, followers, is_asked)]
    return unpack(np.concatenate(found), n)


def touched_rules(imprints: Imprints, changed: Mapping[str, Integers]) -> Array:
    """Return for each record the rules of which it has a changed key, a bit a rule.

    Args:
        imprints: Of all records.
        changed: For each key the values that some record gained or lost.
    """
    bits = np.zeros(len(imprints), dtype=np.int32)
    for number, rule in enumerate(RULES):
        # the columns of a rule are one: what one record lost as its site may be another's link
        touched = Touched(*(changed[name] for name in rule.keys))
        for name in rule.keys:
            bits |= touched.among(imprints[name]).astype(np.int32) << number
    return bits


def _pairs_of(
    rule: Rule, imprints: Imprints, followers: Array, is_asked: Array | None
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of one rule of which both records are asked for."""
    for pairs_ in _with_followers(_columns(rule, imprints, is_asked), imprints, followers):
        left, right = pairs_
        if is_asked is not None:
            both = np.flatnonzero(is_asked[left] & is_asked[right])
            left, right = left[both], right[both]
        if rule.is_near:
            near = np.flatnonzero(~(imprints.distance_km(left, right) > FAR_KM))
            left, right = left[near], right[near]
        yield left, right


def _columns(rule: Rule, imprints: Imprints, is_asked: Array | None) -> list[Integers]:
    """Return the keys of a rule, without those of blocks in which no record is asked for: blocks are made whole."""
    columns = [imprints[name] for name in rule.keys]
    if is_asked is None:
        return columns
    if len(columns) == 1:
        # all that share the key are asked for themselves
        return [np.where(is_asked, columns[0], -1)]
    keys = Touched(*(column[is_asked] for column in columns))
    return [np.where(keys.among(column), column, -1) for column in columns]


def _with_followers(
    columns: Sequence[Integers], imprints: Imprints, followers: Array
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs with a follower, found among all, and those without, found among the others."""
    if followers.any():
        left, right = pairs_of(columns, imprints)
        joins = followers[left] | followers[right]
        yield left[joins], right[joins]
        columns = [np.where(followers, -1, keys) for keys in columns]
    yield pairs_of(columns, imprints)


def pairs_of(columns: Sequence[Integers], imprints: Imprints) -> tuple[Integers, Integers]:
    """Return the rows of the pairs with an equal key, unordered and possibly repeated."""
    bits = max(bits_of(len(imprints)), ROW_BITS)
    # the key's low bits and the row in one integer: one plain sort of values, much faster than an indirect one
    mask = np.int64((1 << (62 - bits)) - 1)
    rows = [np.flatnonzero(keys >= 0) for keys in columns]
    merged = np.concatenate([(keys[own] & mask) << bits | own for keys, own in zip(columns, rows, strict=True)])
    merged.sort()
    if len(columns) > 1:  # a record may have one key in several columns
        merged = merged[firsts(merged)]
    key, row = merged >> bits, merged & ((1 << bits) - 1)
    boundary = np.append(firsts(key), len(key))
    size = np.repeat(np.diff(boundary), np.diff(boundary))
    large = np.flatnonzero(size > WHOLE)
    row[large] = _by_name(key[large], row[large], imprints)
    reach = np.where(size <= WHOLE, WHOLE, NEIGHBOURS)
    lefts, rights = [], []
    alive = np.flatnonzero(size > 1)
    for offset in range(1, WHOLE):
        alive = alive[alive + offset < len(key)]
        alive = alive[(key[alive] == key[alive + offset]) & (offset <= reach[alive])]
        if not len(alive):
            break
        lefts.append(row[alive])
        rights.append(row[alive + offset])
    empty = np.empty(0, dtype=np.int64)
    return (np.concatenate(lefts), np.concatenate(rights)) if lefts else (empty, empty)


def _by_name(key: Integers, row: Integers, imprints: Imprints) -> Integers:
    """Return the rows of large blocks, those of each in the order of their names: what windows slide along.

    Names are told apart by their first letters; of two that are alike the lower row comes first.
    """
    letters, more_letters = (imprints[name][row] for name in NAME_ORDER)
    return row[np.lexsort((row, more_letters, letters, key))]
