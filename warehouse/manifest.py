"""Tables and files to the digests, counts and documents that let a reader check a release."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


def content_sha256(table: pa.Table) -> str:
    """Return the digest of the table's values, column by column; defined in docs/snapshots.md.

    The same values give the same digest whatever wrote or read them: chunking, dictionary encoding, compression,
    nullability and the width of offsets do not enter.
    """
    return table_sha256(table.num_rows, ((name, table[name]) for name in table.column_names))


def table_sha256(rows: int, columns: Iterable[tuple[str, pa.ChunkedArray]]) -> str:
    """Return the digest of a table given one column at a time, so that it need not stand in memory whole."""
    digest = hashlib.sha256(f"rows {rows}\n".encode())
    for name, column in columns:
        digest.update(f"{name} {column_sha256(column)}\n".encode())
    return digest.hexdigest()


def column_sha256(column: pa.ChunkedArray) -> str:
    """Return the digest of one column."""
    digest = hashlib.sha256()
    for part in _canonical_parts(column.combine_chunks()):
        digest.update(part)
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def document(value: BaseModel | Any) -> bytes:
    """Return the JSON document of a value: keys sorted, two spaces, one line feed at the end."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return (json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def sums(digests: dict[str, str]) -> bytes:
    """Return the SHA256SUMS text, for `sha256sum -c`."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def _canonical_parts(array: pa.Array) -> Iterator[bytes | memoryview]:
    if isinstance(array, pa.ChunkedArray):  # what combine_chunks gives for a column without chunks
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    yield np.asarray(array.is_valid()).astype("u1").tobytes()
    kind = array.type
    if pa.types.is_struct(kind):
        for child in array.flatten():
            yield from _canonical_parts(child)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield _numbers(pc.fill_null(pc.list_value_length(array), 0), "<i4")
        yield from _canonical_parts(array.flatten())
    elif pa.types.is_boolean(kind):
        yield np.asarray(pc.fill_null(array, False)).astype("u1").tobytes()
    elif pa.types.is_floating(kind):
        yield _numbers(pc.fill_null(array, 0.0), "<f8")
    elif pa.types.is_integer(kind):
        yield _numbers(pc.fill_null(array, 0), "<i8")
    elif pa.types.is_date32(kind):
        yield _numbers(pc.fill_null(array.cast(pa.int32()), 0), "<i4")
    elif pa.types.is_timestamp(kind):
        yield _numbers(pc.fill_null(array.cast(pa.timestamp("ms", kind.tz)).cast(pa.int64()), 0), "<i8")
    else:
        yield from _texts(array)


def _texts(array: pa.Array) -> Iterator[bytes | memoryview]:
    blobs = pc.fill_null(array.cast(pa.large_binary()), b"")
    yield _numbers(pc.binary_length(blobs), "<i4")
    offsets, values = blobs.buffers()[1:3]
    if values is None or not len(blobs):
        return
    ends = np.frombuffer(offsets, "<i8", len(blobs) + 1, blobs.offset * 8)
    yield memoryview(values)[ends[0] : ends[-1]]


def _numbers(array: pa.Array, kind: str) -> bytes:
    return np.asarray(array).astype(kind).tobytes()
