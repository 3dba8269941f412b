"""A WARC file to the same without some of its exchanges, and where those that are left stand now."""

import tempfile
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
from backports import zstd
from warcio.archiveiterator import ArchiveIterator

from crawlers.archive import WarcReader
from crawlers.guards.bodies.whole import LARGEST_CAP, decoded

Goes = Callable[[str, str | None, str], bool]
"""URL, SHA-256 of the body as it came and its text, to whether the exchange goes."""


def _inflated(body: bytes) -> bytes:
    """Return what gzip or deflate packed, as far as a body that was cut short goes."""
    try:
        return zlib.decompressobj(wbits=47).decompress(body, LARGEST_CAP)  # with the header of gzip or zlib
    except zlib.error:
        return zlib.decompressobj(wbits=-15).decompress(body, LARGEST_CAP)


def _unbrotlied(body: bytes) -> bytes:
    unpacked: bytes = brotli.Decompressor().process(body, output_buffer_limit=LARGEST_CAP)
    return unpacked


def _unzstded(body: bytes) -> bytes:
    return zstd.ZstdDecompressor().decompress(body, LARGEST_CAP)


_UNPACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _inflated,
    "br": _unbrotlied,
    "zstd": _unzstded,
}
"""What a crawler may be answered in, unpacked to the most that it reads: a body is archived as it came, and one that
the crawler refused may hold gigabytes. warcio's own readers know no zstd, and fail on brotli since its release 1.1."""
_DAMAGED = (EOFError, zlib.error, brotli.error, zstd.ZstdError)


def cut(data: bytes, goes: Goes) -> tuple[bytes, dict[tuple[str, str], int]]:
    """Return the file without the exchanges that go, and the offset of each answer left, by request and SHA-256.

    Every record is a gzip member of its own, so what stays, stays byte for byte.

    Raises: ArchiveDamaged.
    """
    with tempfile.NamedTemporaryFile(suffix=".warc.gz") as copy:
        copy.write(data)
        copy.flush()
        exchanges = {exchange.offset: exchange for exchange in WarcReader(Path(copy.name)).exchanges}
        starts, going = [], set()
        with Path(copy.name).open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                text = _text(record)  # before the offset: asking for it skips what is unread
                offset = records.get_record_offset()
                starts.append((offset, record.rec_type))
                exchange = exchanges.get(offset)
                if exchange and goes(exchange.url, exchange.sha256, text):
                    going.add(offset)
    ends = dict(pairwise([*(start for start, _ in starts), len(data)]))
    asked = {answer: start for (start, kind), (answer, _) in pairwise(starts) if kind == "request"}
    kept, end, shift, left = [], 0, 0, {}
    for offset, exchange in exchanges.items():
        if offset in going:
            first = asked.get(offset, offset)
            kept.append(data[end:first])
            end, shift = ends[offset], shift + ends[offset] - first
        elif exchange.sha256 is not None:
            left[exchange.request, exchange.sha256] = offset - shift
    return b"".join([*kept, data[end:]]), left


def _text(record: Any) -> str:
    """Return the body of a record as text; one that cannot be unpacked, as it is."""
    head = record.http_headers
    if head is None:
        return ""
    body = record.raw_stream.read()
    encodings = (head.get_header("Content-Encoding") or "").lower().split(",")
    for encoding in reversed([name.strip() for name in encodings]):
        try:
            body = _UNPACKED.get(encoding, bytes)(body)
        except _DAMAGED:
            break
    return decoded(body, (head.get_header("Content-Type") or "").encode())
