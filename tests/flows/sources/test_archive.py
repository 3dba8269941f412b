"""Pages are kept where the warehouse is, and a spider is lent what it may read of them."""

from pathlib import Path

import pytest

from flows.sources.archive import Archive
from warehouse.storage import Storage
from warehouse.weeks import Week

W41, W42 = Week(2026, 41), Week(2026, 42)


@pytest.fixture(params=["folder", "bucket"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "bucket":
        return Archive.of(Storage(request.getfixturevalue("bucket")))
    return Archive.of(Storage(tmp_path / "warehouse"))


def left_by_a_spider(folder: Path, name: str, week: Week = W42) -> Path:
    path = folder / f"week={week}" / f"{name}.warc.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"{name} {week}".encode())
    return path


def test_what_a_spider_wrote_is_lent_to_the_next_of_the_week(archive: Archive, tmp_path: Path) -> None:
    left_by_a_spider(tmp_path / "one", "maplabbzh")
    archive.keep("maplabbzh", W42, tmp_path / "one", None)
    assert archive.sources(W42) == ("maplabbzh",)
    lent = archive.lend("maplabbzh", W42, tmp_path / "two", is_replay=False)
    assert lent == "week=2026-W42/maplabbzh.warc.gz"
    assert (tmp_path / "two" / lent).read_bytes() == b"maplabbzh 2026-W42"


def test_a_crawl_is_lent_last_week_and_a_replay_the_attempt_that_failed(archive: Archive, tmp_path: Path) -> None:
    left_by_a_spider(tmp_path / "one", "maplabbzh", W41)
    left_by_a_spider(tmp_path / "one", "maplabbzh.failed")
    archive.keep("maplabbzh", W41, tmp_path / "one", None)
    archive.keep("maplabbzh", W42, tmp_path / "one", None)
    assert archive.sources(W42) == ("maplabbzh",)
    lent = {mode: archive.lend("maplabbzh", W42, tmp_path / f"{mode}", is_replay=mode) for mode in (True, False)}
    assert lent == {True: "week=2026-W42/maplabbzh.failed.warc.gz", False: "week=2026-W41/maplabbzh.warc.gz"}


def test_what_was_lent_is_never_stored_again(archive: Archive, tmp_path: Path) -> None:
    left_by_a_spider(tmp_path / "one", "maplabbzh")
    archive.keep("maplabbzh", W42, tmp_path / "one", None)
    lent = archive.lend("maplabbzh", W42, tmp_path / "two", is_replay=True)
    left_by_a_spider(tmp_path / "other", "maplabbzh").write_bytes(b"not what was fetched")
    archive.keep("maplabbzh", W42, tmp_path / "other", lent)
    archive.lend("maplabbzh", W42, tmp_path / "three", is_replay=True)
    assert (tmp_path / "three/week=2026-W42/maplabbzh.warc.gz").read_bytes() == b"maplabbzh 2026-W42"


def test_a_recrawl_is_lent_no_pages_of_the_week_and_keeps_them_beside_the_new_ones(
    archive: Archive, tmp_path: Path
) -> None:
    left_by_a_spider(tmp_path / "one", "maplabbzh")
    archive.keep("maplabbzh", W42, tmp_path / "one", None)
    for number, pages in enumerate((b"of today", b"of tomorrow")):
        folder = tmp_path / str(number)
        lent = archive.lend("maplabbzh", W42, folder, is_replay=False, is_recrawl=True)
        assert lent is None
        left_by_a_spider(folder, "maplabbzh").write_bytes(pages)
        archive.keep("maplabbzh", W42, folder, lent)
    assert archive.sources(W42) == ("maplabbzh",)
    stored = Storage(archive.address)
    assert stored.read("week=2026-W42/maplabbzh.warc.gz") == b"of tomorrow"
    assert stored.read("week=2026-W42/maplabbzh.former.warc.gz") == b"maplabbzh 2026-W42", "the week's own, once"


def test_a_machine_that_does_not_see_the_warehouse_has_no_archive(tmp_path: Path) -> None:
    assert not Archive.of(Storage(tmp_path / "elsewhere" / "data")).is_seen
    assert Archive.of(Storage(tmp_path)).is_seen
