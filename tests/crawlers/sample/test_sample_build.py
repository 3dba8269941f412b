"""The committed archives are what network.toml says, small, the same each time, and replay as intended."""

from pathlib import Path

import pytest

from crawlers.archive import Exchange, WarcReader
from crawlers.sample.build import ARCHIVE, build
from crawlers.sample.network import SOURCES, Network

NETWORK = Network.read()
MOST_BYTES = 500_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    build(NETWORK, folder)
    return folder


def archives(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def said(path: Path) -> list[tuple[Exchange, object]]:
    """Return what an archive says, whatever compressor wrote it: offsets and gzip bytes differ between zlibs."""
    reader = WarcReader(path)
    return [
        (exchange.__class__(**{**vars(exchange), "offset": 0}), reader.read(exchange)) for exchange in reader.exchanges
    ]


def test_a_second_build_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    build(NETWORK, tmp_path)
    first, second = archives(made), archives(tmp_path)
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }


def test_committed_archives_are_those_of_the_network(made: Path) -> None:
    built, committed = archives(made), archives(ARCHIVE)
    assert list(built) == list(committed)
    for name, path in built.items():
        assert said(path) == said(committed[name]), f"{name} is stale: run python -m crawlers.sample.build"


def test_every_source_has_an_archive_in_each_week() -> None:
    wanted = {f"week={week}/{source}.warc.gz" for week in NETWORK.weeks for source in SOURCES}
    assert set(archives(ARCHIVE)) == wanted


def test_archives_are_small_enough_to_commit() -> None:
    assert sum(path.stat().st_size for path in archives(ARCHIVE).values()) <= MOST_BYTES


@pytest.mark.parametrize("source", SOURCES)
def test_pages_are_dated_inside_their_week_and_robots_comes_before_them(source: str) -> None:
    for week in NETWORK.weeks:
        exchanges = WarcReader(ARCHIVE / f"week={week}" / f"{source}.warc.gz").exchanges
        dates = [exchange.fetched_at for exchange in exchanges]
        assert dates == sorted(dates)
        assert {f"{date:%G-W%V}" for date in dates} == {week}
        assert exchanges[0].url.endswith("/robots.txt")


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(", "=cmd|'/C calc'!A0", "\u202e", "javascript:alert(", "file:///etc/passwd", "Camille Untel",
     "+33639984107", "<img src=x onerror=", "http:// http://", "<br />", "46,12611", "47° 14' 28.7"],
)  # fmt: skip
def test_hostile_and_broken_input_is_served_in_the_last_week(hostile: str) -> None:
    texts = []
    for source in SOURCES:
        reader = WarcReader(ARCHIVE / f"week={NETWORK.weeks[-1]}" / f"{source}.warc.gz")
        texts += [reader.read(exchange)[2].decode(errors="replace") for exchange in reader.exchanges]
    assert any(hostile in text for text in texts)


def test_no_page_holds_the_name_of_a_machine() -> None:
    for path in archives(ARCHIVE).values():
        bodies = b"".join(WarcReader(path).read(exchange)[2] for exchange in WarcReader(path).exchanges)
        assert b"127.0.0.1" not in bodies
        assert b"localhost" not in bodies
