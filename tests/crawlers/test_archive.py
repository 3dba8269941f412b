"""The archive gives back what was put in, refuses damaged files, and is the same bytes twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawlers.archive import ArchiveDamaged, WarcReader, WarcWriter, fingerprint

AT = datetime(2026, 10, 12, 4, 0, 7, tzinfo=UTC)
URL = "https://labs.example/api?b=2&a=1"


def _write(path: Path) -> None:
    with WarcWriter(path) as warc:
        warc.write(("GET", URL, b""), (503, {}, b"busy"), AT)
        warc.write(("GET", URL, b""), (200, {"Content-Type": "application/json"}, b'[{"id": 1}]'), AT)
        warc.write(("POST", URL, b"data=x"), (200, [("Set-Cookie", "s=1"), ("X", "e")], b"half"), AT, is_truncated=True)
        warc.write_failure(("GET", "https://gone.example/", b""), "timed_out", "no answer\nin 30 s", AT)


def test_an_exchange_comes_back_as_it_was_written(tmp_path: Path) -> None:
    _write(tmp_path / "a.warc.gz")
    reader = WarcReader(tmp_path / "a.warc.gz")
    exchange = reader.find(fingerprint("POST", URL, b"data=x"))
    assert exchange is not None
    assert exchange.fetched_at == AT
    assert reader.read(exchange) == (200, [("X", "e")], b"half", True)


def test_the_last_answer_to_a_request_counts_and_all_are_kept(tmp_path: Path) -> None:
    _write(tmp_path / "a.warc.gz")
    reader = WarcReader(tmp_path / "a.warc.gz")
    assert [exchange.status for exchange in reader.exchanges] == [503, 200, 200, None]
    last = reader.find(fingerprint("GET", "https://labs.example/api?a=1&b=2"))
    assert last is not None
    assert reader.read(last)[2] == b'[{"id": 1}]'
    assert len(reader.last()) == 3


def test_a_request_without_answer_is_archived_with_its_failure_class(tmp_path: Path) -> None:
    _write(tmp_path / "a.warc.gz")
    exchange = WarcReader(tmp_path / "a.warc.gz").find(fingerprint("GET", "https://gone.example/"))
    assert exchange is not None
    assert (exchange.failure, exchange.message, exchange.status) == ("timed_out", "no answer in 30 s", None)


def test_equal_exchanges_give_equal_bytes(tmp_path: Path) -> None:
    _write(tmp_path / "a.warc.gz")
    _write(tmp_path / "b.warc.gz")
    assert (tmp_path / "a.warc.gz").read_bytes() == (tmp_path / "b.warc.gz").read_bytes()


def test_any_warc_reader_can_read_the_file(tmp_path: Path) -> None:
    _write(tmp_path / "a.warc.gz")
    with (tmp_path / "a.warc.gz").open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
    assert kinds == [
        "warcinfo",
        "request",
        "response",
        "request",
        "response",
        "request",
        "response",
        "request",
        "metadata",
    ]


@pytest.mark.parametrize("cut", [1, 9, 200])
def test_a_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.warc.gz"
    _write(path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ArchiveDamaged, match=r"a\.warc\.gz is damaged"):
        WarcReader(path)


@settings(max_examples=30, deadline=None)
@given(body=st.binary(max_size=200), status=st.integers(200, 599))
def test_any_body_survives(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    path = tmp_path_factory.mktemp("warc") / "x.warc.gz"
    with WarcWriter(path) as warc:
        offset = warc.write(("POST", URL, body), (status, {}, body), AT)
    reader = WarcReader(path)
    exchange = reader.find(fingerprint("POST", URL, body))
    assert exchange is not None
    assert exchange.offset == offset
    assert reader.read(exchange) == (status, [], body, False)
