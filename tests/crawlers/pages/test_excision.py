"""What goes from an archive is gone to the last byte, and what is left stands where the answer says."""

import gzip
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from backports import zstd

from crawlers.archive import WarcReader, WarcWriter
from crawlers.pages import excision
from crawlers.pages.excision import cut

AT = datetime(2026, 10, 12, tzinfo=UTC)
PACKED = {"gzip": gzip.compress, "deflate": zlib.compress, "x-gzip": lambda body: gzip.compress(body)[:-8],
          "br": brotli.compress, "zstd": zstd.compress}  # fmt: skip


def asked(name: str) -> tuple[str, str, bytes]:
    return "GET", f"https://network.example/{name}", b""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of pages in every encoding a crawler asks for, one with a failure and one asked twice."""
    path = tmp_path / "network.warc.gz"
    with WarcWriter(path) as warc:
        for name, pack in PACKED.items():
            headers = {"Content-Encoding": name, "Content-Type": "text/html; charset=utf-8"}
            warc.write(asked(name), (200, headers, pack(f"<p>Élan, {name}</p>".encode())), AT)
        warc.write(
            asked("latin"), (200, {"Content-Type": "text/html; charset=iso-8859-1"}, "Élan".encode("latin-1")), AT
        )
        warc.write(asked("bad"), (200, {"Content-Encoding": "zstd"}, b"\x28\xb5\x2f\xfdbroken"), AT)
        warc.write_failure(asked("lost"), "timeout", "no answer", AT)
        warc.write(asked("again"), (503, {}, b"busy"), AT)
        warc.write(asked("again"), (200, {}, b"there"), AT)
    return path


def left(tmp_path: Path, data: bytes) -> WarcReader:
    path = tmp_path / "left.warc.gz"
    path.write_bytes(data)
    return WarcReader(path)


def test_a_word_is_found_in_every_encoding_and_nothing_else_goes(archive: Path, tmp_path: Path) -> None:
    data, offsets = cut(archive.read_bytes(), lambda url, sha256, text: "Élan" in text)
    reader = left(tmp_path, data)
    names = [exchange.url.rpartition("/")[2] for exchange in reader.exchanges]
    assert names == ["bad", "lost", "again", "again"]
    assert offsets == {(one.request, one.sha256): one.offset for one in reader.exchanges if one.sha256}
    before = WarcReader(archive)
    for exchange in reader.last():
        if exchange.sha256:
            found = before.find(exchange.request)
            assert found is not None
            assert reader.read(exchange) == before.read(found)


def test_an_exchange_goes_by_its_address_or_digest_and_a_failure_by_its_address(archive: Path, tmp_path: Path) -> None:
    digest = next(one.sha256 for one in WarcReader(archive).exchanges if one.url.endswith("/again"))
    data, _ = cut(archive.read_bytes(), lambda url, sha256, text: url.endswith("/lost") or sha256 == digest)
    urls = [exchange.url.rpartition("/")[2] for exchange in left(tmp_path, data).exchanges]
    assert urls == [*PACKED, "latin", "bad", "again"]
    assert b"lost" not in gzip.decompress(data), "neither is what was asked left"


@pytest.mark.parametrize("encoding", PACKED)
def test_a_bomb_is_unpacked_no_further_than_a_crawler_reads(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excision, "LARGEST_CAP", 1 << 20)
    with WarcWriter(tmp_path / "bomb.warc.gz") as warc:
        warc.write(asked("bomb"), (200, {"Content-Encoding": encoding}, PACKED[encoding](b"Elan" + bytes(8 << 20))), AT)
    read: list[str] = []
    cut((tmp_path / "bomb.warc.gz").read_bytes(), lambda url, sha256, text: read.append(text) is not None)
    assert read[0].startswith("Elan")
    assert len(read[0]) < 2 << 20


def test_an_archive_nothing_goes_from_keeps_every_byte(archive: Path) -> None:
    data, offsets = cut(archive.read_bytes(), lambda url, sha256, text: False)
    assert data == archive.read_bytes()
    assert len(offsets) == len(PACKED) + 4
