"""Records to candidate pairs, each with the rules that made it: many small blocks, none quadratic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.candidates import Candidates, bits_of, pack, unpack
from dedupe.keys.imprint import NAME_ORDER, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers, firsts
from dedupe.normalize import Records
from dedupe.rules import FAR_KM, NEIGHBOURS, RULES, WHOLE, Rule

ROW_BITS = 22
"""Bits of a row where a key shares an integer with it, whatever the number of rows: the 40 bits left for the key are
the same among a few records as among all (up to four million), so the same keys are told apart."""

_COUNTED = (1 << 20) - 1
"""Bits of a key by which members of blocks are counted: two small blocks with the same count as one, which costs a
look at both and misses nothing."""


@dataclass(frozen=True)
class Stirred:
    """What may have new pairs since they were found last.

    Attributes:
        is_new: True for records that are new or changed.
        blocks: Bit r is set for the records in a block of rule r that gained or lost a record and is not, or was not,
            paired whole: there two records that are as they were may come to be neighbours by name, or cease to.
    """

    is_new: Array
    blocks: Array


def candidates(records: Records) -> Candidates:
    """Return the pairs that some rule finds, sorted by left and right."""
    return pairs(imprint(records), records.followers, None)


def pairs(imprints: Imprints, followers: Array, stirred: Stirred | None) -> Candidates:
    """Return the pairs that some rule finds, sorted by left and right.

    Pairs without a follower are found as if there were no followers at all: see `clustering.clusters`.

    Args:
        imprints: Of all records.
        followers: True for share-alike listings.
        stirred: Of each rule exactly the pairs with a new record, and those of two records in stirred blocks, are
            found; None asks for all.
    """
    n = len(imprints)
    found = [np.empty(0, dtype=np.int64)]
    for number, rule in enumerate(RULES):
        asked = None if stirred is None else (stirred.is_new, (stirred.blocks >> number) & 1 > 0)
        found += [pack(left, right, number, n) for left, right in _pairs_of(rule, imprints, followers, asked)]
    return unpack(np.concatenate(found), n)


def stirred_blocks(imprints: Imprints, changed: Mapping[str, Integers]) -> Array:
    """Return `Stirred.blocks` of the records.

    Args:
        imprints: Of all records.
        changed: For each key the values that some record gained or lost, as often as it did.
    """
    bits: Array = np.zeros(len(imprints), dtype=np.int32)
    for number, rule in enumerate(RULES):
        news = np.concatenate([changed[name] for name in rule.keys])
        columns = list(_with_keys(rule, imprints, news))
        # those in it, and those it lost or gained: never fewer than are in it, nor than were
        members = _counts(np.concatenate([*(keys for _, keys in columns), news[news >= 0]]))
        for rows, keys in columns:
            bits[rows[members[keys & _COUNTED] > WHOLE]] |= 1 << number
    return bits


def in_blocks(imprints: Imprints, keys: Mapping[str, Integers]) -> Array:
    """Return True for the records that are in a block with one of the keys, by any rule."""
    result = np.zeros(len(imprints), dtype=bool)
    for rule in RULES:
        for rows, _ in _with_keys(rule, imprints, np.concatenate([keys[name] for name in rule.keys])):
            result[rows] = True
    return result


def _with_keys(rule: Rule, imprints: Imprints, keys: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield the rows with one of the keys, and which, for each column of a rule: one's site may be another's link.

    Some rows more may be among them: see `Touched`.
    """
    touched = Touched(keys)
    for name in rule.keys:
        column = imprints[name]
        rows = np.flatnonzero(touched.among(column))
        yield rows, column[rows]


def _counts(keys: Integers) -> Array:
    """Return how many of the keys have each number as their low bits."""
    return np.bincount(keys & _COUNTED, minlength=_COUNTED + 1)


def _pairs_of(
    rule: Rule, imprints: Imprints, followers: Array, asked: tuple[Array, Array] | None
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of one rule that are asked for: with a new record, or of two in stirred blocks."""
    for pairs_ in _with_followers(_columns(rule, imprints, asked), imprints, followers):
        left, right = pairs_
        if asked is not None:
            is_new, is_stirred = asked
            wanted = np.flatnonzero(is_new[left] | is_new[right] | (is_stirred[left] & is_stirred[right]))
            left, right = left[wanted], right[wanted]
        if rule.is_near:
            near = np.flatnonzero(~imprints.are_far(left, right, FAR_KM))
            left, right = left[near], right[near]
        yield left, right


def _columns(rule: Rule, imprints: Imprints, asked: tuple[Array, Array] | None) -> list[Integers]:
    """Return the keys of a rule, without those of blocks in which no record is asked for: blocks are made whole."""
    columns = [imprints[name] for name in rule.keys]
    if asked is None:
        return columns
    rows = np.flatnonzero(asked[0] | asked[1])
    keys = Touched(*(column[rows] for column in columns))
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
