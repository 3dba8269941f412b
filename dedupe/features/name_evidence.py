"""Two records' names to what they share and what is left over on each side."""

from dataclasses import dataclass, fields

import numpy as np

from dedupe.features.likeness import Values, alike, equal, ratio
from dedupe.keys.names import Names
from dedupe.keys.text import Array, Integers, firsts


@dataclass(frozen=True)
class NameEvidence:
    """What the best pairing of two records' names shares.

    Attributes:
        shared: Weight of the words in common.
        least, most: `shared` over the weight of the lighter and of the heavier name.
        left_least, left_most: Weight of the words without a counterpart, on the side with less and with more left over.
        left_ratio: Likeness of the heaviest of those words on each side, 0-1; NaN where a side has none.
        core: Likeness of the letters but those of generic words and the city, of all where a name has no others, 0-1.
        is_initials: True when one, or its heaviest word, is the other's initials.
    """

    shared: Values
    least: Values
    most: Values
    left_least: Values
    left_most: Values
    left_ratio: Values
    core: Values
    is_initials: Array


def name_evidence(names: Names, left: Integers, right: Integers) -> NameEvidence:
    """Return the evidence of the best pairing of the names of each pair of records."""
    evidence = _evidence(names, left, right)
    several = np.flatnonzero(names.has_variants[left] | names.has_variants[right])
    if not len(several):
        return evidence
    pair, variant_left, variant_right = _pairings(names, left[several], right[several])
    others = _evidence(names, variant_left, variant_right)
    worth = others.shared + others.most + others.core
    order = np.lexsort((-worth, pair))
    best = order[firsts(pair[order])]
    better = worth[best] > (evidence.shared + evidence.most + evidence.core)[several[pair[best]]]
    rows, chosen = several[pair[best][better]], best[better]
    for field in fields(NameEvidence):
        getattr(evidence, field.name)[rows] = getattr(others, field.name)[chosen]
    return evidence


def _pairings(names: Names, left: Integers, right: Integers) -> tuple[Integers, Integers, Integers]:
    """Return every pairing of a name of the left record with one of the right but the main names: pair and variants."""
    by_record, starts = names.by_record
    count_left, count_right = (np.diff(starts)[side] for side in (left, right))
    count = count_left * count_right
    pair = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    variant_left = by_record[starts[left][pair] + within // count_right[pair]]
    variant_right = by_record[starts[right][pair] + within % count_right[pair]]
    # the main names have been compared already
    others = np.flatnonzero((variant_left != left[pair]) | (variant_right != right[pair]))
    return pair[others], variant_left[others], variant_right[others]


def _evidence(names: Names, left: Integers, right: Integers) -> NameEvidence:
    words_left, words_right = names.words[left], names.words[right]
    weights_left, weights_right = names.weights[left], names.weights[right]
    shared = np.zeros(len(left), dtype=np.float32)
    unmatched_left, unmatched_right = weights_left.copy(), weights_right.copy()
    # a column of words at a time lies together in memory; no word is no word of the other name
    columns_left = np.ascontiguousarray(words_left.T)
    columns_right = np.ascontiguousarray(np.where(words_right < 0, np.int32(-2), words_right).T)
    for a, word in enumerate(columns_left):
        for b, other in enumerate(columns_right):
            hit = np.flatnonzero(word == other)
            if len(hit):
                # a word is worth the less of the two: it may be one record's city
                shared[hit] += np.minimum(weights_left[hit, a], weights_right[hit, b])
                unmatched_left[hit, a] = 0
                unmatched_right[hit, b] = 0
    total_left, total_right = weights_left.sum(axis=1), weights_right.sum(axis=1)
    # the same letters in other words share all of them: "3rdWard" is "3rd Ward"
    is_same = equal(names.joined, left, right) == 1
    rejoined = np.flatnonzero(is_same & (unmatched_left.any(axis=1) | unmatched_right.any(axis=1)))
    shared[rejoined] = np.minimum(total_left, total_right)[rejoined]
    unmatched_left[rejoined], unmatched_right[rejoined] = 0, 0
    rest_left, rest_right = unmatched_left.sum(axis=1), unmatched_right.sum(axis=1)
    tiny = np.float32(1e-6)
    return NameEvidence(
        shared=shared,
        least=np.minimum(shared / np.maximum(np.minimum(total_left, total_right), tiny), 1),
        most=np.minimum(shared / np.maximum(np.maximum(total_left, total_right), tiny), 1),
        left_least=np.minimum(rest_left, rest_right),
        left_most=np.maximum(rest_left, rest_right),
        left_ratio=_left_ratio(names, (words_left, unmatched_left), (words_right, unmatched_right)),
        core=_core(names, left, right, is_same),
        is_initials=_is_initials(names, left, right) | _is_initials(names, right, left),
    )


def _left_ratio(names: Names, left: tuple[Array, Array], right: tuple[Array, Array]) -> Values:
    """Return the likeness of the heaviest words that are left over on each side: one word with a letter amiss.

    A side is the words of each name and the weights of those without a counterpart, 0 for the others.
    """
    result = np.full(len(left[0]), np.nan, dtype=np.float32)
    heaviest = [unmatched.argmax(axis=1) for _, unmatched in (left, right)]
    both = np.arange(len(result))
    weight_left, weight_right = (side[1][both, place] for side, place in zip((left, right), heaviest, strict=True))
    rows = np.flatnonzero((weight_left > 0) & (weight_right > 0))
    one, other = (side[0][rows, place[rows]] for side, place in zip((left, right), heaviest, strict=True))
    result[rows] = alike(names.spellings[one], names.spellings[other])
    return result


def _core(names: Names, left: Integers, right: Integers, is_same: Array) -> Values:
    core = ratio(names.core, left, right)
    rows = np.flatnonzero(np.isnan(core))
    core[rows] = np.nan_to_num(ratio(names.joined, left[rows], right[rows]))
    # a generic word may be glued to the name: "HackerspaceSG" is "Hackerspace.SG"
    core[is_same] = 1
    return core


def _is_initials(names: Names, short: Integers, long: Integers) -> Array:
    """Return True where the first name, or its heaviest word, is the initials of the second."""
    initials = names.initials.hashes[long]
    is_short: Array = (names.joined.hashes[short] == initials) | (names.heaviest[short] == initials)
    return is_short & (initials >= 0)
