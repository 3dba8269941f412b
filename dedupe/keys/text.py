"""Text columns to integer codes over folded values: each distinct string is worked on once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

MAX_CHARACTERS = 300
"""Longer values are cut before they are compared: no name or address needs more, and 100 kB must cost nothing."""

MISSING = -1

Array = npt.NDArray[Any]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Coded:
    """A text column as codes into its distinct values.

    Attributes:
        codes: One code a row, `MISSING` where the row has no value.
        values: The distinct values, each used by some row.
    """

    codes: Codes
    values: pa.Array

    @cached_property
    def hashes(self) -> Integers:
        """One 63-bit hash a row, equal for equal text in every run; -1 where missing."""
        by_value = text_hashes(self.values)
        return take(by_value, self.codes, -1)

    @cached_property
    def strings(self) -> Array:
        """The distinct values as an object array of str."""
        texts: Array = self.values.to_numpy(zero_copy_only=False)
        return texts

    def map(self, fold: Callable[[pa.Array], pa.Array]) -> "Coded":
        """Return the column with its distinct values rewritten: see `told`."""
        return self.told(fold(self.values))

    def told(self, values: pa.Array) -> "Coded":
        """Return the column with another value for each distinct one; those that are empty or null are missing."""
        inner = encode(pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values))
        return Coded(take(inner.codes, self.codes, MISSING), inner.values)


def take(by_value: Array, codes: Array, missing: float) -> Array:
    """Return `by_value[codes]` with `missing` where the code is negative."""
    if not len(by_value):
        return np.full(len(codes), missing, dtype=by_value.dtype)
    taken = by_value[np.maximum(codes, 0)]
    taken[codes < 0] = missing
    return taken


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def encode(column: pa.Array | pa.ChunkedArray) -> Coded:
    """Return the text column coded; null is missing."""
    column = flat(column)
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    encoded = column.dictionary_encode()
    codes = encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return Coded(codes, encoded.dictionary)


def text_hashes(values: pa.Array) -> Integers:
    """Return a 63-bit hash of each string, the same in every run of one DuckDB."""
    return (row_hashes(pa.table({"text": values})).view(np.uint64) >> np.uint64(1)).astype(np.int64)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return a database in memory: one a process, for opening it takes longer than a small question."""
    return duckdb.connect()


def row_hashes(table: pa.Table) -> Integers:
    """Return one hash a row over all columns, equal for equal rows in every run of one DuckDB; null is a value."""
    names = ", ".join(f'"{name}"' for name in table.column_names)
    with _database().cursor() as cursor:
        cursor.register("hashed", table)
        rows = cursor.sql(f"SELECT hash({names}) AS digest FROM hashed").to_arrow_table()  # noqa: S608
    digests: Integers = rows["digest"].to_numpy().view(np.int64)
    return digests


def first_letters(values: pa.Array) -> tuple[Integers, Integers]:
    """Return the first 8 and the next 8 bytes of ASCII texts as two numbers that sort as the texts do."""
    starts = np.frombuffer(values.buffers()[1], dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    lengths = np.diff(starts)[:, None]
    letters = np.frombuffer(values.buffers()[2] or b"", dtype=np.uint8)
    result = []
    for first in (0, 8):
        place = np.arange(first, first + 8)
        at = np.minimum(starts[:-1, None] + place, max(len(letters) - 1, 0))
        eight = np.where(place < lengths, letters[at], 0).astype(np.uint8) if len(letters) else np.zeros(at.shape, "u1")
        result.append(np.ascontiguousarray(eight).view(">u8").ravel().astype(np.int64))
    return result[0], result[1]


def ranks(values: pa.Array) -> Integers:
    """Return the rank of each of distinct strings in alphabetical order."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[pc.sort_indices(values).to_numpy()] = np.arange(len(values))
    return rank


def firsts(values: Integers) -> Integers:
    """Return where each run of equal values starts."""
    is_first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)


def mix(left: Integers, right: Integers) -> Integers:
    """Return one 63-bit hash for two; -1 where either is negative."""
    with np.errstate(over="ignore"):
        mixed = left.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ right.astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = mixed ^ (mixed >> np.uint64(32))
    result = (mixed >> np.uint64(1)).astype(np.int64)
    result[(left < 0) | (right < 0)] = -1
    return result


def fold(values: pa.Array) -> pa.Array:
    """Return the values in lower-case ASCII letters and digits, single spaces between words."""
    values = pc.utf8_slice_codeunits(values, 0, MAX_CHARACTERS)
    folded = pc.utf8_lower(values)
    is_ascii = pc.string_is_ascii(folded)
    if not pc.all(is_ascii).as_py():
        rows = np.flatnonzero(~is_ascii.to_numpy(zero_copy_only=False))
        foreign = pc.utf8_normalize(folded.take(pa.array(rows)), form="NFKD")
        foreign = pc.replace_substring_regex(foreign, r"\pM+", "")
        rest = ~pc.string_is_ascii(foreign).to_numpy(zero_copy_only=False)
        texts = np.asarray(foreign.to_pylist(), dtype=object)
        texts[rest] = [anyascii(text).lower() for text in texts[rest]]
        folded = pc.replace_with_mask(
            folded, pa.array(~is_ascii.to_numpy(zero_copy_only=False)), pa.array(texts.tolist(), pa.string())
        )
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r"[^a-z0-9]+", " "))


def slice_start(values: pa.Array, length: int) -> pa.Array:
    """Return the first characters of each value."""
    return pc.utf8_slice_codeunits(values, 0, length)


@dataclass(frozen=True)
class Words:
    """The words of texts, text after text.

    Attributes:
        starts: Where the words of each text start (one more than texts).
        codes: The code of each word.
        vocabulary: The distinct words.
    """

    starts: Integers
    codes: Codes
    vocabulary: pa.Array

    @property
    def text(self) -> Integers:
        """The text each word is of."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def only(self, kept: Array) -> "Words":
        """Return the words kept, the same texts."""
        return Words(np.concatenate([[0], np.cumsum(kept)])[self.starts], self.codes[kept], self.vocabulary)

    def among(self, wanted: Array) -> Array:
        """Return True for each word whose code is wanted."""
        found: Array = wanted[self.codes] if len(wanted) else np.zeros(len(self.codes), dtype=bool)
        return found

    def joined(self, separator: str, spelled: pa.Array | None = None) -> pa.Array:
        """Return the words of each text in one, each as `spelled` by its code; "" for a text without any."""
        words_ = (self.vocabulary if spelled is None else spelled).take(pa.array(self.codes))
        return pc.binary_join(pa.ListArray.from_arrays(pa.array(self.starts, pa.int32()), words_), separator)


def words(values: pa.Array) -> Words:
    """Return the words of each value."""
    split = pc.split_pattern(values, " ")
    starts = split.offsets.to_numpy().astype(np.int64)
    coded = encode(split.values)
    return Words(starts - starts[0], coded.codes, coded.values)
