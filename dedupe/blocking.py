"""Records to candidate pairs, each with the rules that made it: many small blocks, none quadratic."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dedupe.candidates import Candidates, bits_of, pack, unpack
from dedupe.keys.imprint import NAME_ORDER, POSITION, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers, dense_ranks, firsts
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
    order = name_order(imprints) if touched is None else np.empty(0, dtype=np.int64)
    for number, rule in enumerate(RULES):
        if touched is None:
            of_rule = _pairs_of(rule, imprints, order, followers)
        else:
            of_rule = _pairs_asked(rule, imprints, (touched >> number) & 1 > 0, followers)
        found += [pack(left, right, number, n) for left, right in of_rule]
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


def _pairs_of(rule: Rule, imprints: Imprints, order: Integers, followers: Array) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of one rule."""
    for left, right in _with_followers([imprints[name] for name in rule.keys], order, followers):
        if rule.is_near:
            near = np.flatnonzero(~(imprints.distance_km(left, right) > FAR_KM))
            yield left[near], right[near]
        else:
            yield left, right


def _pairs_asked(
    rule: Rule, imprints: Imprints, is_asked: Array, followers: Array
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of one rule of which both records are asked for, found in whole blocks."""
    rows = _block_mates(imprints, rule, is_asked)
    own = imprints.only((*rule.keys, *NAME_ORDER, *POSITION), rows)
    for left, right in _pairs_of(rule, own, name_order(own), followers[rows]):
        both = np.flatnonzero(is_asked[rows[left]] & is_asked[rows[right]])
        yield rows[left[both]], rows[right[both]]


def _block_mates(imprints: Imprints, rule: Rule, is_asked: Array) -> Integers:
    """Return the rows of all records in a block with one of those: what their blocks are made of, whole."""
    if len(rule.keys) == 1:
        # all that share the key are asked for themselves
        return np.flatnonzero(is_asked)
    columns = [imprints[name] for name in rule.keys]
    keys = Touched(*(column[is_asked] for column in columns))
    return np.flatnonzero(np.logical_or.reduce([keys.among(column) for column in columns]))


def _with_followers(
    columns: Sequence[Integers], rank: Integers, followers: Array
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs with a follower, found among all, and those without, found among the others."""
    if followers.any():
        left, right = pairs_of(columns, rank)
        joins = followers[left] | followers[right]
        yield left[joins], right[joins]
        columns = [np.where(followers, -1, keys) for keys in columns]
    yield pairs_of(columns, rank)


def name_order(imprints: Imprints) -> Integers:
    """Return the rank of each record by the first letters of its name: what windows over large blocks slide along."""
    # sorts of plain values: a step of a lexicographic sort takes twice as long
    n = len(imprints)
    bits = bits_of(n)
    letters, more_letters = (dense_ranks(imprints[name]) for name in NAME_ORDER)
    packed = dense_ranks((letters << bits) | more_letters) << bits | np.arange(n)
    packed.sort()
    rank = np.empty(n, dtype=np.int64)
    rank[packed & ((1 << bits) - 1)] = np.arange(n)
    return rank


def pairs_of(columns: Sequence[Integers], rank: Integers) -> tuple[Integers, Integers]:
    """Return the rows of the pairs with an equal key, unordered and possibly repeated."""
    n = len(rank)
    bits = max(bits_of(n), ROW_BITS)
    by_rank = np.empty(n, dtype=np.int64)
    by_rank[rank] = np.arange(n)
    # the key's low bits and the rank in one integer: one plain sort of values, much faster than an indirect one
    mask = np.int64((1 << (62 - bits)) - 1)
    packed = [((keys & mask) << bits) | rank for keys in columns]
    merged = np.concatenate([p[keys >= 0] for p, keys in zip(packed, columns, strict=True)])
    merged.sort()
    if len(columns) > 1:  # a record may have one key in several columns
        merged = merged[firsts(merged)]
    key, row = merged >> bits, by_rank[merged & ((1 << bits) - 1)]
    boundary = np.append(firsts(key), len(key))
    size = np.repeat(np.diff(boundary), np.diff(boundary))
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
