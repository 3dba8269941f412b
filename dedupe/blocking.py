"""Records to candidate pairs, each with the rules that made it: many small blocks, none quadratic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.keys.imprint import NAME_ORDER, POSITION, Imprints, Touched, imprint
from dedupe.keys.text import Array, Integers, dense_ranks, firsts
from dedupe.normalize import Records

FEW = (10, 3)
"""Limits of the rules whose blocks grow with the number of labs, or with the size of a town: where more than ten
listings share a cell or a word, more neighbours bring hardly a true pair (0.0002 of them at 1 M, for 8 % of the pairs).
"""

FAR_KM = 200.0
"""Distance from which a word in common says nothing: a sixth of all pairs at 1 M, 0.00003 of the true ones. Coordinates
that are wrong by less are met in real lists: of 219 labelled pairs one lies 138 km apart, none farther."""

RULE_BITS = 4
"""At most 15 rules: a pair of a million rows and its rule fit in one integer."""

ROW_BITS = 22
"""Bits of a row where a key shares an integer with it, whatever the number of rows: the 40 bits left for the key are
the same among a few records as among all (up to four million), so the same keys are told apart."""

LAST_WEEK, JUDGED = 1 << 15, 1 << 16
"""Stand in `Candidates.rules` of pairs that were one lab last week, and of those that somebody judged."""


@dataclass(frozen=True)
class Rule:
    """One way to find pairs: records with an equal key are candidates.

    Attributes:
        name: What `matches.rule` says.
        keys: Columns of `imprint.KEYS`; equal keys of different columns make a pair too.
        why: What the rule is for; published by `labs explain`.
        limits: Members of a block that are all paired with each other, and the neighbours by name a member of a larger
            block is paired with.
        is_near: True when two records whose points are more than `FAR_KM` apart are none of its pairs.
    """

    name: str
    keys: tuple[str, ...]
    why: str
    limits: tuple[int, int] = (24, 6)
    is_near: bool = False


RULES = (
    Rule("site", ("site", "page", "link", "mail_host"),
         "Same web host, platform page or e-mail host: networks share one, so it is only a candidate."),
    Rule("phone", ("phone",), "Same phone number."),
    Rule("email", ("email",), "Same e-mail address."),
    Rule("register", ("register",), "Same SIRET or RNA number."),
    Rule("name", ("name_country",),
         "Same words in the name, in any order, same country, not far apart.", FEW, is_near=True),
    Rule("joined", ("joined", "handle"),
         "Same letters, in any words, in name, web or mail address, not far apart.", FEW, is_near=True),
    Rule("rare_word", ("word_country",),
         "Same rarest word in the name, same country, not far apart.", FEW, is_near=True),
    Rule("word_city", ("word1_city", "word2_city", "word3_city", "initials_city"),
         "A heavy word of the name in common, or the other's initials, same city.", FEW),
    Rule("prefix_city", ("prefix_city",), "Rarest word starts alike, same city: typing errors."),
    Rule("initials_city", ("initials_city", "joined_city"), "One name is the other's initials, same city."),
    Rule("cell", ("cell",), "Same 250 m cell.", FEW),
    Rule("cell_shifted", ("cell_shifted",), "Same 250 m cell of the grid moved by half a cell.", FEW),
    Rule("word_cell", ("word_cell",),
         "Same rarest word in the name within some 3 km, whatever the city is called."),
    Rule("street_postcode", ("street_postcode",), "Same number, street word and postcode."),
    Rule("street_city", ("street_city",), "Same number, street word and city."),
)  # fmt: skip
"""The rules by number."""

RULE_NAMES = tuple(rule.name for rule in RULES)

REASONS = {rule.name: rule.why for rule in RULES} | {
    "last_week": "They were one lab last week.",
    "judgement": "Somebody judged them.",
}
"""Why a pair is compared: its rule, by number, or in the order of `LAST_WEEK` and `JUDGED`; see `labs explain`."""

BY_RULE = (1 << len(RULES)) - 1
"""The bits of `Candidates.rules` that rules set."""


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
    everywhere = np.arange(n) if touched is None else None
    rank = name_order(imprints) if touched is None else None
    for number, rule in enumerate(RULES):
        is_asked = np.ones(n, dtype=bool) if touched is None else (touched >> number) & 1 > 0
        rows = everywhere if everywhere is not None else _block_mates(imprints, rule, is_asked)
        own = imprints if rank is not None else imprints.only((*rule.keys, *NAME_ORDER, *POSITION), rows)
        order = rank if rank is not None else name_order(own)
        asked = is_asked[rows]
        for left, right in _with_followers([own[name] for name in rule.keys], order, rule.limits, followers[rows]):
            kept = asked[left] & asked[right]
            if rule.is_near:
                kept &= ~(own.distance_km(left, right) > FAR_KM)
            found.append(pack(rows[left[kept]], rows[right[kept]], number, n))
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


def _block_mates(imprints: Imprints, rule: Rule, is_asked: Array) -> Integers:
    """Return the rows of all records in a block with one of those: what their blocks are made of, whole."""
    if len(rule.keys) == 1:
        # all that share the key are asked for themselves
        return np.flatnonzero(is_asked)
    columns = [imprints[name] for name in rule.keys]
    keys = Touched(*(column[is_asked] for column in columns))
    return np.flatnonzero(np.logical_or.reduce([keys.among(column) for column in columns]))


def _with_followers(
    columns: Sequence[Integers], rank: Integers, limits: tuple[int, int], followers: Array
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs with a follower, found among all, and those without, found among the others."""
    if followers.any():
        left, right = pairs_of(columns, rank, limits)
        joins = followers[left] | followers[right]
        yield left[joins], right[joins]
        columns = [np.where(followers, -1, keys) for keys in columns]
    yield pairs_of(columns, rank, limits)


def name_order(imprints: Imprints) -> Integers:
    """Return the rank of each record by the first letters of its name: what windows over large blocks slide along."""
    # sorts of plain values: a step of a lexicographic sort takes twice as long
    n = len(imprints)
    bits = _bits(n)
    letters, more_letters = (dense_ranks(imprints[name]) for name in NAME_ORDER)
    packed = dense_ranks((letters << bits) | more_letters) << bits | np.arange(n)
    packed.sort()
    rank = np.empty(n, dtype=np.int64)
    rank[packed & ((1 << bits) - 1)] = np.arange(n)
    return rank


def pairs_of(columns: Sequence[Integers], rank: Integers, limits: tuple[int, int]) -> tuple[Integers, Integers]:
    """Return the rows of the pairs with an equal key, unordered and possibly repeated."""
    n = len(rank)
    bits = max(_bits(n), ROW_BITS)
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
    reach = np.where(size <= limits[0], *limits)
    lefts, rights = [], []
    alive = np.flatnonzero(size > 1)
    for offset in range(1, limits[0]):
        alive = alive[alive + offset < len(key)]
        alive = alive[(key[alive] == key[alive + offset]) & (offset <= reach[alive])]
        if not len(alive):
            break
        lefts.append(row[alive])
        rights.append(row[alive + offset])
    empty = np.empty(0, dtype=np.int64)
    return (np.concatenate(lefts), np.concatenate(rights)) if lefts else (empty, empty)


def _bits(n: int) -> int:
    return max(1, int(n - 1).bit_length())


def pack(left: Integers, right: Integers, rule: int, n: int) -> Integers:
    """Return the pairs and the rule as one integer each: lower row, higher row, rule."""
    bits = _bits(n)
    low, high = np.minimum(left, right), np.maximum(left, right)
    return (((low << bits) | high) << RULE_BITS) | rule


def unpack(packed: Integers, n: int) -> Candidates:
    """Return each pair once with the rules that made it."""
    bits = _bits(n)
    packed = np.sort(packed)
    pair = packed >> RULE_BITS
    first = firsts(pair)
    rule_bits = (np.int32(1) << (packed & ((1 << RULE_BITS) - 1)).astype(np.int32)).astype(np.int32)
    masks = np.bitwise_or.reduceat(rule_bits, first) if len(first) else np.empty(0, np.int32)
    pair = pair[first]
    return Candidates(pair >> bits, pair & ((1 << bits) - 1), masks)


def united(*found: Candidates) -> tuple[Candidates, Integers]:
    """Return the pairs of several sorted lists, each once with all its rules, and where it stands in the first list.

    A pair that is not in the first list stands at -1.
    """
    bits = _bits(int(max((part.right.max(initial=0) for part in found), default=0)) + 1)
    pair = np.concatenate([part.left.astype(np.int64) << bits | part.right for part in found])
    rules = np.concatenate([part.rules for part in found])
    # stable, on a few runs that are in order already: a merge, and the first list's pairs come first
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    first = firsts(pair)
    if not len(first):
        return found[0], np.empty(0, dtype=np.int64)
    masks = np.bitwise_or.reduceat(rules[order], first)
    pair, origin = pair[first], order[first]
    place = np.where(origin < len(found[0]), origin, -1)
    return Candidates(pair >> bits, pair & ((1 << bits) - 1), masks), place


def marked(rows: Integers, bit: int) -> Candidates:
    """Return pairs of rows (k x 2, lower first, in any order) as candidates with that bit."""
    pair = np.sort(rows[:, 0] << 32 | rows[:, 1])
    pair = pair[firsts(pair)]
    return Candidates(pair >> 32, pair & ((1 << 32) - 1), np.full(len(pair), bit, dtype=np.int32))


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
