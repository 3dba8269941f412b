"""Records to candidate pairs, each with the rules that made it: many small blocks, none quadratic."""

from dataclasses import dataclass

import numpy as np

from dedupe import text
from dedupe.normalize import Records, hashes_of
from dedupe.places import cells
from dedupe.text import Array, Integers

FEW = (10, 3)
"""Limits of the rules that ask for no place: their blocks grow with the number of labs, those of a town hardly do."""

HEAVY = 0.45
"""Weight from which a word is worth a block of a town: "FabLab" and "Makerspace" are not."""


RULE_BITS = 4
"""At most 15 rules: a pair of a million rows and its rule fit in one integer."""

LAST_WEEK, JUDGED = 1 << 15, 1 << 16
"""Stand in `Candidates.rules` of pairs that were one lab last week, and of those that somebody judged."""


RULES = {
    "site": "Same web host, platform page or e-mail host: networks share one, so it is only a candidate.",
    "phone": "Same phone number.",
    "email": "Same e-mail address.",
    "register": "Same SIRET or RNA number.",
    "name": "Same words in the name, in any order, same country.",
    "joined": "Same letters, in any words, in name, web or mail address.",
    "rare_word": "Same rarest word in the name, same country.",
    "word_city": "A heavy word of the name in common, or the other's initials, same city.",
    "prefix_city": "Rarest word starts alike, same city: typing errors.",
    "initials_city": "One name is the other's initials, same city.",
    "cell": "Same 250 m cell.",
    "cell_shifted": "Same 250 m cell of the grid moved by half a cell.",
    "word_cell": "Same rarest word in the name within some 3 km, whatever the city is called.",
    "street_postcode": "Same number, street word and postcode.",
    "street_city": "Same number, street word and city.",
}
"""The rules by name, in the order of their numbers, and what each is for; published by `labs explain`."""

RULE_NAMES = tuple(RULES)

OTHER_REASONS = {
    "last_week": "They were one lab last week.",
    "judgement": "Somebody judged them.",
}
"""Why a pair no rule finds is compared, in the order of `LAST_WEEK` and `JUDGED`."""


@dataclass(frozen=True)
class Rule:
    """One way to find pairs: records with an equal key are candidates.

    Attributes:
        name: What `matches.rule` says.
        columns: Keys, one array a column, one 63-bit hash a record, -1 for no key; equal keys of different columns
            make a pair too.
        limits: Members of a block that are all paired with each other, and the neighbours by name a member of a larger
            block is paired with.
    """

    name: str
    columns: tuple[Integers, ...]
    limits: tuple[int, int] = (24, 6)


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


def candidates(records: Records) -> Candidates:
    """Return the pairs that some rule finds, sorted by left and right.

    Pairs without a follower are found as if there were no followers at all: see `clustering.cluster`.
    """
    order, n, followers = name_order(records), len(records), records.followers
    found = []
    for number, rule in enumerate(rules(records)):
        columns = rule.columns
        if followers.any():
            left, right = pairs_of(columns, order, rule.limits)
            joins = followers[left] | followers[right]
            found.append(pack(left[joins], right[joins], number, n))
            columns = tuple(np.where(followers, -1, keys) for keys in columns)
        found.append(pack(*pairs_of(columns, order, rule.limits), number, n))
    return unpack(np.concatenate(found), n)


def rules(records: Records) -> list[Rule]:
    """Return the blocking rules with their keys."""
    name, place = records.names, records.places
    n = len(records)
    main = slice(0, n)
    words = text.text_hashes(name.vocabulary)
    first, second, third = (_word(words, records, position) for position in range(3))
    prefix = _word(text.text_hashes(text.slice_start(name.vocabulary, 4)), records, 0)
    country = place.country.hashes
    anywhere = np.where(country < 0, np.int64(1), country)
    city = place.city.hashes
    street = hashes_of(place.number, place.street_word)
    spelled, joined, initials = (column.hashes[main] for column in (name.spelled, name.joined, name.initials))
    return [
        Rule("site", (records.site.hashes, records.page.hashes, records.link.hashes, records.mail_host.hashes)),
        Rule("phone", (records.phone.hashes,)),
        Rule("email", (records.email.hashes,)),
        Rule("register", (records.register.hashes,)),
        Rule("name", (text.mix(spelled, anywhere),), FEW),
        Rule("joined", (joined, records.handle.hashes), FEW),
        Rule("rare_word", (text.mix(first, anywhere),), FEW),
        Rule("word_city", tuple(text.mix(word, city) for word in (first, second, third, initials))),
        Rule("prefix_city", (text.mix(prefix, city),)),
        Rule("initials_city", (text.mix(initials, city), text.mix(joined, city))),
        Rule("cell", (cells(place, 250, 0.0),)),
        Rule("cell_shifted", (cells(place, 250, 0.5),)),
        Rule("word_cell", (text.mix(first, cells(place, 3_000, 0.0)),)),
        Rule("street_postcode", (text.mix(street, place.postcode.hashes),)),
        Rule("street_city", (text.mix(street, city),)),
    ]


def name_order(records: Records) -> Integers:
    """Return the rank of each record by the letters of its name: what windows over large blocks slide along."""
    spelled = records.names.spelled
    by_value = np.argsort(np.argsort(spelled.strings, kind="stable"), kind="stable") if len(spelled.values) else None
    n = len(records)
    if by_value is None:
        return np.arange(n, dtype=np.int64)
    value = text.take(by_value.astype(np.int64), spelled.codes[:n], -1)
    order = np.lexsort((np.arange(n), value))
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    return rank


def pairs_of(columns: tuple[Integers, ...], rank: Integers, limits: tuple[int, int]) -> tuple[Integers, Integers]:
    """Return the rows of the pairs with an equal key, unordered and possibly repeated."""
    n = len(rank)
    bits = _bits(n)
    by_rank = np.empty(n, dtype=np.int64)
    by_rank[rank] = np.arange(n)
    # the key's low bits and the rank in one integer: one plain sort of values, much faster than an indirect one
    mask = np.int64((1 << (62 - bits)) - 1)
    packed = [((keys & mask) << bits) | rank for keys in columns]
    merged = np.concatenate([p[keys >= 0] for p, keys in zip(packed, columns, strict=True)])
    merged.sort()
    if len(columns) > 1:  # a record may have one key in several columns
        merged = merged[np.flatnonzero(np.diff(merged, prepend=-1))]
    key, row = merged >> bits, by_rank[merged & ((1 << bits) - 1)]
    boundary = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1], [True]])) if len(key) else np.zeros(1, int)
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
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]])) if len(pair) else np.empty(0, np.int64)
    rule_bits = (np.int32(1) << (packed & ((1 << RULE_BITS) - 1)).astype(np.int32)).astype(np.int32)
    masks = np.bitwise_or.reduceat(rule_bits, first) if len(first) else np.empty(0, np.int32)
    pair = pair[first]
    return Candidates(pair >> bits, pair & ((1 << bits) - 1), masks)


def _word(hashes: Integers, records: Records, position: int) -> Integers:
    """Return the hash of the word at that position by weight; -1 where the name has fewer, or it is a light one."""
    n = len(records)
    heavy = (records.names.weights[:n, position] >= HEAVY) | (position == 0)
    return np.where(heavy, text.take(hashes, records.names.words[:n, position], -1), -1)


def with_pairs(found: Candidates, more: Integers, bit: int, n: int) -> Candidates:
    """Return the candidates with more pairs of rows (k x 2, lower first) among them, marked with that bit."""
    if not len(more):
        return found
    bits = _bits(n)
    pair = np.concatenate([found.left << bits | found.right, np.unique(more[:, 0] << bits | more[:, 1])])
    rules = np.concatenate([found.rules, np.full(len(pair) - len(found), bit, dtype=np.int32)])
    order = np.argsort(pair, kind="stable")
    pair, rules = pair[order], rules[order]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    pair = pair[first]
    return Candidates(pair >> bits, pair & ((1 << bits) - 1), np.bitwise_or.reduceat(rules, first))


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
