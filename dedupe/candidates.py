"""Candidate pairs: rows of listings two by two, each pair once, with the rules that made it."""

from dataclasses import dataclass

import numpy as np

from dedupe.keys.text import Array, Integers, firsts
from dedupe.rules import RULE_BITS


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows, left below right, each once.

    Attributes:
        left, right: Rows of the records.
        rules: Bit r is set when rule number r made the pair.
    """

    left: Integers
    right: Integers
    rules: Array

    def __len__(self) -> int:
        return len(self.left)

    def take(self, kept: Array) -> "Candidates":
        """Return the pairs kept, in their order."""
        return Candidates(self.left[kept], self.right[kept], self.rules[kept])

    def among(self, n: int) -> Array:
        """Return True for those of n rows that are in a pair."""
        paired = np.zeros(n, dtype=bool)
        paired[self.left], paired[self.right] = True, True
        return paired


def bits_of(n: int) -> int:
    """Return the bits that a row of n takes."""
    return max(1, int(n - 1).bit_length())


def pack(left: Integers, right: Integers, rule: int, n: int) -> Integers:
    """Return the pairs and the rule as one integer each: lower row, higher row, rule."""
    bits = bits_of(n)
    low, high = np.minimum(left, right), np.maximum(left, right)
    return (((low << bits) | high) << RULE_BITS) | rule


def unpack(packed: Integers, n: int) -> Candidates:
    """Return each pair once with the rules that made it."""
    bits = bits_of(n)
    packed = np.sort(packed)
    pair = packed >> RULE_BITS
    first = firsts(pair)
    rule_bits = (np.int32(1) << (packed & ((1 << RULE_BITS) - 1)).astype(np.int32)).astype(np.int32)
    masks = np.bitwise_or.reduceat(rule_bits, first) if len(first) else np.empty(0, np.int32)
    pair = pair[first]
    return Candidates(pair >> bits, pair & ((1 << bits) - 1), masks)


def united(pairs: Candidates, others: Candidates) -> tuple[Candidates, Integers]:
    """Return the pairs of sorted lists, each once with all its rules, and where it stands in the first, -1 for none."""
    if not len(others):
        return pairs, np.arange(len(pairs))
    if not len(pairs):
        return others, np.full(len(others), -1, dtype=np.int64)
    own, further = (one.left.astype(np.int64) << 32 | one.right for one in (pairs, others))
    # the shorter list is looked up in the longer: a week's new pairs are few beside those that stand
    at = np.searchsorted(own, further)
    is_there = own[np.minimum(at, len(own) - 1)] == further
    rules = pairs.rules.copy()
    rules[at[is_there]] |= others.rules[is_there]
    new = np.flatnonzero(~is_there)
    columns = ((pairs.left, others.left), (pairs.right, others.right), (rules, others.rules))
    left, right, masks = (np.insert(column, at[new], added[new]) for column, added in columns)
    return Candidates(left, right, masks), np.insert(np.arange(len(pairs)), at[new], -1)


def marked(rows: Integers, bit: int) -> Candidates:
    """Return pairs of rows (k x 2, lower first, in any order) as candidates with that bit."""
    pair = np.sort(rows[:, 0] << 32 | rows[:, 1])
    pair = pair[firsts(pair)]
    return Candidates(pair >> 32, pair & ((1 << 32) - 1), np.full(len(pair), bit, dtype=np.int32))


def completed(pairs: Candidates, group: Integers, bit: int) -> tuple[Candidates, Integers]:
    """Return the pairs with every other pair of two rows of one number, and where each stands in `pairs`, -1 for none.

    All pairs of two rows with one number have that bit; rows with -1 have no number.
    """
    left = group[pairs.left]
    inside = np.flatnonzero((left >= 0) & (left == group[pairs.right]))
    rules = pairs.rules.copy()
    rules[inside] |= bit
    size = np.bincount(group[group >= 0])
    linked = np.bincount(left[inside], minlength=len(size))
    # most groups are complete: only the others are gone through pair by pair
    is_open = np.append(linked < size * (size - 1) // 2, False)
    every = marked(all_pairs(np.where(is_open[group], group, -1)), bit)
    return united(Candidates(pairs.left, pairs.right, rules), every)


def all_pairs(group: Integers) -> Integers:
    """Return every pair of rows with the same number (k x 2, lower row first); rows with -1 are in none."""
    rows = np.flatnonzero(group >= 0)
    rows = rows[np.argsort(group[rows], kind="stable")]
    pairs = [np.empty((0, 2), dtype=np.int64)]
    alive = np.arange(len(rows))
    offset = 0
    while len(alive):
        offset += 1
        alive = alive[alive + offset < len(rows)]
        alive = alive[group[rows[alive]] == group[rows[alive + offset]]]
        pairs.append(np.stack([rows[alive], rows[alive + offset]], axis=1))
    return np.concatenate(pairs)
