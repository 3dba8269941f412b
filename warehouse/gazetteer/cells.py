"""Columns of cells that may be None, as numpy arrays: what numpy lacks for missing values and repeats."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")


def objects(values: list[Any]) -> Objects:
    """Return the values as an array of objects, tuples kept whole."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def is_none(column: Objects) -> Mask:
    """Tell which entries are None."""
    return np.asarray(column == None, dtype=np.bool_)  # noqa: E711  element-wise


def choose(where: Mask, this: Any, that: Any) -> Objects:
    """Return one or the other by row; both may be None."""
    this_array, that_array = (np.broadcast_to(np.asarray(v, dtype=object), where.shape) for v in (this, that))
    return np.where(where, this_array, that_array)


def either(first: Objects, second: Any) -> Objects:
    """Return the first where it is not None, else the second."""
    return choose(is_none(first), second, first)


def codes(column: Any) -> tuple[Indices, int]:
    """Return a number for each value of a text column, the same for the same value, and how many there are at most."""
    encoded = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    encoded = encoded.dictionary_encode(null_encoding="encode").combine_chunks()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), len(encoded.dictionary) + 1


def groups(*columns: tuple[Indices, int]) -> Indices:
    """Return one number a row for each combination of the columns' codes."""
    code = np.zeros(len(columns[0][0]), np.int64)
    for step, count in columns:
        # numbered anew at each column, so that the product never overflows
        _, code = np.unique(code * count + step, return_inverse=True)
    return code


def each_once(function: Callable[..., T], *columns: Objects) -> tuple[list[T], Indices]:
    """Return the function's value for each different row of the columns, and which of them each row has."""
    together = groups(*(codes(pa.array(column, pa.string())) for column in columns))
    _, first, inverse = np.unique(together, return_index=True, return_inverse=True)
    rows = zip(*(column[first].tolist() for column in columns), strict=True)
    return [function(*row) for row in rows], inverse


def taken(values: list[T], inverse: Indices) -> Objects:
    """Return the value of each row as an array of objects."""
    return objects(values)[inverse]
