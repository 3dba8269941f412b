"""Lab names to weighted words: the generic word and the lab's own city weigh little, a rare word weighs one."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import text
from dedupe.frequencies import Frequencies
from dedupe.text import Array, Coded, Integers
from dedupe.vocabulary import BRANCH_WORDS, COMPOUNDS, LEGAL_FORMS

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
    heaviest: Integers
    initials: Coded
    branch: Coded
    has_variants: Array


def names(listings: pa.Table, city: Coded, frequencies: Frequencies) -> Names:
    """Return the names of the listings: the main name, the other names, and the parts of a name written as several."""
    record, variants = _variants(listings)
    coded = text.encode(variants).map(fold_name)
    starts, flat = text.words(coded.values)
    weights = frequencies.weights(flat.values)
    matrix = _matrix(starts, flat.codes)
    words = matrix[np.maximum(coded.codes, 0)]
    words[coded.codes < 0] = NO_WORD
    weight = np.where(words >= 0, weights[np.maximum(words, 0)] if len(weights) else 0.0, 0.0).astype(np.float32)
    weight[_is_city_word(words, flat, city, record)] *= CITY_DISCOUNT
    order = np.argsort(-weight, axis=1, kind="stable")[:, :WORDS_KEPT]
    has_variants = np.zeros(len(listings), dtype=bool)
    has_variants[record[len(listings) :]] = True
    words = np.take_along_axis(words, order, axis=1)
    spelled = coded.map(_sort_words)
    return Names(
        record=record,
        words=words,
        weights=np.take_along_axis(weight, order, axis=1),
        vocabulary=flat.values,
        spelled=spelled,
        joined=coded.map(lambda values: pc.replace_substring(values, " ", "")),
        heaviest=text.take(text.text_hashes(flat.values), words[:, 0], -1),
        initials=coded.map(_initials),
        branch=Coded(spelled.codes[: len(listings)], spelled.values).map(_branch),
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


def _is_city_word(words: Array, flat: Coded, city: Coded, record: Integers) -> Array:
    starts, city_words = text.words(city.values)
    # a city's word in the codes of the name words
    position = pc.index_in(city_words.values, flat.values).fill_null(-2).to_numpy(zero_copy_only=False).astype(np.int32)
    city_matrix = _matrix(starts, text.take(position, city_words.codes, -2))
    mine = city_matrix[np.maximum(city.codes, 0)][record]
    mine[city.codes[record] < 0] = -2
    mine[mine == NO_WORD] = -2
    is_city = np.zeros(words.shape, dtype=bool)
    for column in range(min(4, mine.shape[1])):
        is_city |= words == mine[:, column : column + 1]
    return is_city


def _sort_words(values: pa.Array) -> pa.Array:
    """Return each name with its words in alphabetical order, each once."""
    starts, flat = text.words(values)
    name = np.repeat(np.arange(len(values)), np.diff(starts))
    rank = text.ranks(flat.values)[flat.codes]
    order = np.lexsort((rank, name))
    name, rank = name[order], rank[order]
    is_new = (np.diff(name, prepend=-1) != 0) | (np.diff(rank, prepend=-1) != 0)
    counts = np.bincount(name[is_new], minlength=len(values))
    words = flat.values.take(pa.array(flat.codes[order][is_new]))
    lists = pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32()), words)
    return pc.binary_join(lists, " ")


def _initials(values: pa.Array) -> pa.Array:
    """Return the first letters of the words of each name, null where they are fewer than three.

    A short word without a vowel is an acronym and stands for its letters: "CCC Hansestadt Hamburg e.V." is "ccchh".
    """
    named = pc.replace_substring_regex(values, rf" (?:{LEGAL_FORMS})$", "")
    letters = pc.replace_substring_regex(named, r"\b(?:([bcdfghj-np-tv-xz]{2,4})|([^ ])[^ ]*)(?: |$)", r"\1\2")
    is_several = pc.and_(pc.match_substring(named, " "), pc.greater(pc.utf8_length(letters), 2))
    return pc.if_else(is_several, letters, None)


def _branch(values: pa.Array) -> pa.Array:
    """Return the numbers and branch words of each name of sorted words, null where it has none."""
    starts, flat = text.words(values)
    is_branch = pc.match_substring_regex(flat.values, rf"^(?:{BRANCH_WORDS})$").to_numpy(zero_copy_only=False)
    kept = is_branch[flat.codes] if len(flat.values) else np.zeros(0, dtype=bool)
    ends = np.concatenate([[0], np.cumsum(kept)])[starts]
    lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), flat.values.take(pa.array(flat.codes[kept])))
    return pc.binary_join(lists, " ")
