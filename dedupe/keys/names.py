"""Lab names to weighted words: the generic word and the lab's own city weigh little, a rare word weighs one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text
from dedupe.keys.frequencies import Frequencies
from dedupe.keys.text import Array, Coded, Integers, Words
from dedupe.keys.vocabulary import ARTICLES, BRANCH_WORDS, COMPOUNDS, GENERIC, LEGAL_FORMS

WORDS_KEPT = 8
"""Words of a name that are compared, heaviest first; 99.7 % of real lab names have no more."""

CITY_DISCOUNT = 0.4
"""What a word is worth that is also the lab's own city (dedupe.md 6: "FabLab Lyon" is not "Lyon")."""

NO_WORD = -1


@dataclass(frozen=True)
class Names:
    """Names of records, split in words. The first `records` variants are the records' main names, in row order.

    Attributes:
        record: Row of the record each variant names.
        words: Codes of the variant's words, heaviest first, `NO_WORD` where it has fewer (variants x WORDS_KEPT).
        weights: Their weights, 0-1.
        vocabulary: The word of each code.
        spelled: The variant in folded words, sorted: equal for the same words in another order.
        joined: The variant's letters without spaces.
        core: The same without generic words, articles and the lab's own city; missing where nothing is left.
        heaviest: Hash of the variant's heaviest word, -1 where it has none.
        initials: Initials of variants with several words.
        branch: Numbers and branch words of the records' main names.
        has_variants: True for each record with more than its main name.
    """

    record: Integers
    words: Array
    weights: Array
    vocabulary: pa.Array
    spelled: Coded
    joined: Coded
    core: Coded
    heaviest: Integers
    initials: Coded
    branch: Coded
    has_variants: Array

    @cached_property
    def spellings(self) -> Array:
        """The word of each code, as an object array of str."""
        spellings: Array = self.vocabulary.to_numpy(zero_copy_only=False)
        return spellings

    @cached_property
    def by_record(self) -> tuple[Integers, Integers]:
        """The variants in the order of their records, and where those of each record start (one more than records)."""
        order = np.argsort(self.record, kind="stable")
        return order, np.searchsorted(self.record[order], np.arange(len(self.has_variants) + 1))


def names(listings: pa.Table, city: Coded, frequencies: Frequencies) -> Names:
    """Return the names of the listings: the main name, the other names, and the parts of a name written as several."""
    record, variants = _variants(listings)
    coded = text.encode(variants).map(fold_name)
    own = text.words(coded.values)
    weights = frequencies.weights(own.vocabulary)
    matrix = _matrix(own.starts, own.codes)
    words = matrix[np.maximum(coded.codes, 0)]
    words[coded.codes < 0] = NO_WORD
    weight = np.where(words >= 0, weights[np.maximum(words, 0)] if len(weights) else 0.0, 0.0).astype(np.float32)
    is_city = _is_city_word(words, own.vocabulary, city, record)
    weight[is_city] *= CITY_DISCOUNT
    # the last stands for no word
    is_common = pc.is_in(own.vocabulary, pa.array([*GENERIC, *ARTICLES])).to_numpy(zero_copy_only=False)
    core = _joined(words, ~(np.append(is_common, True)[words] | is_city), own.vocabulary)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :WORDS_KEPT]
    has_variants = np.zeros(len(listings), dtype=bool)
    has_variants[record[len(listings) :]] = True
    words = np.take_along_axis(words, order, axis=1)
    in_order = _sorted_words(own)
    branch = in_order.only(in_order.among(_matching(own.vocabulary, BRANCH_WORDS)))
    return Names(
        record=record,
        words=words,
        weights=np.take_along_axis(weight, order, axis=1),
        vocabulary=own.vocabulary,
        spelled=coded.told(in_order.joined(" ")),
        joined=coded.map(lambda values: pc.replace_substring(values, " ", "")),
        core=core,
        heaviest=text.take(text.text_hashes(own.vocabulary), words[:, 0], -1),
        initials=coded.told(_initials(own)),
        branch=Coded(coded.codes[: len(listings)], coded.values).told(branch.joined(" ")),
        has_variants=has_variants,
    )


def _variants(listings: pa.Table) -> tuple[Integers, pa.Array]:
    """Return the row each name belongs to, and the names: main names first."""
    main = text.flat(listings["name"])
    records = [np.arange(len(main), dtype=np.int64)]
    texts = [main]
    others = listings["alt_names"].combine_chunks()
    if others.null_count < len(others):
        records.append(pc.list_parent_indices(others).to_numpy().astype(np.int64))
        texts.append(pc.list_flatten(others))
    # not at a dash: what stands behind it tells one branch from another
    several = pc.match_substring_regex(main, r"[(/|]").fill_null(False)
    rows = np.flatnonzero(several.to_numpy(zero_copy_only=False))
    if len(rows):
        parts = pc.split_pattern_regex(main.take(pa.array(rows)), r"[()/|]+")
        records.append(rows[pc.list_parent_indices(parts).to_numpy()])
        texts.append(pc.list_flatten(parts))
    record, variants = np.concatenate(records), pa.concat_arrays([part.cast(pa.string()) for part in texts])
    folded_length = pc.utf8_length(pc.utf8_trim_whitespace(variants)).fill_null(0).to_numpy(zero_copy_only=False)
    kept = (np.arange(len(record)) < len(main)) | (folded_length >= 3)
    return record[kept], variants.filter(pa.array(kept))


def fold_name(values: pa.Array) -> pa.Array:
    """Return the names folded, each generic word in one spelling."""
    folded = text.fold(values)
    for pattern, word in COMPOUNDS:
        folded = pc.replace_substring_regex(folded, pattern, word)
    return folded


def _matrix(starts: Integers, words: Array) -> Array:
    """Return the words of each name in a row of a matrix, without repeats."""
    counts = np.diff(starts)
    width = min(2 * WORDS_KEPT, max(WORDS_KEPT, int(counts.max(initial=0))))
    matrix = np.full((max(len(counts), 1), width), NO_WORD, dtype=np.int32)
    for position in range(width):
        rows = np.flatnonzero(counts > position)
        if not len(rows):
            break
        word = words[starts[rows] + position]
        repeated = (matrix[rows, :position] == word[:, None]).any(axis=1)
        matrix[rows, position] = np.where(repeated, NO_WORD, word)
    return matrix


def _joined(words: Array, kept: Array, vocabulary: pa.Array) -> Coded:
    """Return the letters of the words kept of each row of a matrix, without spaces."""
    ends = pa.array(np.concatenate([[0], np.cumsum(kept.sum(axis=1))]), pa.int32())
    letters = pc.binary_join(pa.ListArray.from_arrays(ends, vocabulary.take(pa.array(words[kept]))), "")
    joined = text.encode(letters)
    return joined.told(joined.values)


def _is_city_word(words: Array, vocabulary: pa.Array, city: Coded, record: Integers) -> Array:
    own = text.words(city.values)
    # a city's word in the codes of the name words
    position = pc.index_in(own.vocabulary, vocabulary).fill_null(-2).to_numpy(zero_copy_only=False).astype(np.int32)
    city_matrix = _matrix(own.starts, text.take(position, own.codes, -2))
    mine = city_matrix[np.maximum(city.codes, 0)][record]
    mine[city.codes[record] < 0] = -2
    mine[mine == NO_WORD] = -2
    is_city = np.zeros(words.shape, dtype=bool)
    for column in range(min(4, mine.shape[1])):
        is_city |= words == mine[:, column : column + 1]
    return is_city


def _sorted_words(own: Words) -> Words:
    """Return the words of each name in alphabetical order, each once."""
    by_rank = pc.sort_indices(own.vocabulary).to_numpy().astype(np.int32)
    rank = np.empty(len(by_rank), dtype=np.int64)
    rank[by_rank] = np.arange(len(by_rank))
    # name and rank in one integer: one plain sort of values
    packed = own.text << 32 | rank[own.codes]
    packed.sort()
    packed = packed[text.firsts(packed)]
    starts = np.searchsorted(packed, np.arange(len(own.starts), dtype=np.int64) << 32)
    return Words(starts, by_rank[packed & 0xFFFFFFFF], own.vocabulary)


def _matching(vocabulary: pa.Array, pattern: str) -> Array:
    """Return True for the words that match the pattern as a whole."""
    matched: Array = pc.match_substring_regex(vocabulary, rf"^(?:{pattern})$").to_numpy(zero_copy_only=False)
    return matched


def _initials(own: Words) -> pa.Array:
    """Return the first letters of the words of each name, null where they are fewer than three.

    A short word without a vowel is an acronym and stands for its letters: "CCC Hansestadt Hamburg e.V." is "ccchh".
    """
    letters = pc.replace_substring_regex(own.vocabulary, r"^(?:([bcdfghj-np-tv-xz]{2,4})|(.).*)$", r"\1\2")
    ends = own.starts[1:] - _legal_form(own)
    named = own.only(np.arange(len(own.codes)) < np.repeat(ends, np.diff(own.starts)))
    joined = named.joined("", letters)
    is_several = pc.and_(pa.array(np.diff(named.starts) > 1), pc.greater(pc.utf8_length(joined), 2))
    return pc.if_else(is_several, joined, None)


def _legal_form(own: Words) -> Integers:
    """Return how many words at the end of each name say what kind of body it is."""
    words = sorted({word for form in LEGAL_FORMS for word in form.split()})
    codes = pc.index_in(pa.array(words), own.vocabulary).fill_null(NO_WORD).to_pylist()
    code_of = dict(zip(words, codes, strict=True))
    count, size = np.zeros(len(own.starts) - 1, dtype=np.int64), np.diff(own.starts)
    for form in LEGAL_FORMS:
        length = len(form.split())
        rows = np.flatnonzero((size > length) & (length > count))
        for place, word in enumerate(form.split()):
            rows = rows[own.codes[own.starts[rows + 1] - length + place] == code_of[word]]
        count[rows] = length
    return count
