"""One writer at a time: on a disk and in an object store, waited for as long as asked."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from flows import writing
from flows.writing import sole_writer
from warehouse.storage import Storage
from warehouse.storage.lease import only_writer_of
from warehouse.storage.writer import AnotherWriter


def test_a_run_waits_for_the_writer_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writing, "_LOOK_S", 0.05)
    order: list[str] = []

    async def run(name: str, seconds: float) -> None:
        async with sole_writer(Storage(tmp_path), wait_s=30):
            order.append(f"{name} begins")
            await asyncio.sleep(seconds)
            order.append(f"{name} ends")

    async def both() -> None:
        first = asyncio.create_task(run("backfill", 0.3))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, run("refresh", 0))

    with caplog.at_level("INFO", logger="flows"):
        asyncio.run(both())
    assert order == ["backfill begins", "backfill ends", "refresh begins", "refresh ends"]
    (said,) = [record.message for record in caplog.records]
    assert f"process {os.getpid()} is writing it" in said
    assert "waits up to" in said


def test_the_wait_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_LOOK_S", 0.05)

    async def run(wait_s: float) -> None:
        async with sole_writer(Storage(tmp_path), wait_s):
            raise AssertionError("never reached")

    with only_writer_of(Storage(tmp_path)):
        for wait_s in (0.0, 0.3):
            began = time.monotonic()
            with pytest.raises(AnotherWriter, match="is writing it"):
                asyncio.run(run(wait_s))
            assert time.monotonic() - began >= wait_s


def test_a_run_that_is_cancelled_while_it_waits_holds_nothing(tmp_path: Path) -> None:
    async def wait() -> None:
        async with sole_writer(Storage(tmp_path), wait_s=30):
            raise AssertionError("never reached")

    async def cancelled() -> None:
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    with only_writer_of(Storage(tmp_path)):
        asyncio.run(cancelled())
    with only_writer_of(Storage(tmp_path)):
        pass


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "lake" / "labs" / "week=2026-W40" / ".writing-1-1-labs.parquet"
    left.parent.mkdir(parents=True)
    left.touch()

    async def run() -> None:
        async with sole_writer(Storage(tmp_path)):
            assert not left.exists()

    asyncio.run(run())
