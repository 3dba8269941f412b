"""A publication or an erasure in a process of its own, killed at a touch of its warehouse or by the clock.

The processes are forked from a server that has imported everything, so that five hundred of them are affordable.
"""

import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.warehouse.fabricate import NOW
from warehouse.publish import publish
from warehouse.storage import Storage
from warehouse.storage.object_store import ObjectStore
from warehouse.storage.writer import AnotherWriter
from warehouse.weeks import Week

DONE, TOLD = 0, 3
"""Exit status: it did its work; another writer is at work, and the message says so."""
Work = Callable[[str], object]
"""What is done to the warehouse of the URL; a function of a module, or a partial of one."""
_CALLS = {ObjectStore: ("create", "replace", "tag"), Storage: ("remove", "digest", "writing")}
"""What a writer does to an object store, but for reading."""
_EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "shutil.rmtree"}
"""What a writer does to a folder, by the names of Python's audit events."""

_FORKS = multiprocessing.get_context("forkserver")
multiprocessing.util.get_temp_dir()  # made before a test says that temporary files go elsewhere
_FORKS.set_forkserver_preload(["tests.warehouse.dying_writer", "tests.warehouse.lived_weeks"])


def publishing(week: Week) -> Work:
    """Return the publication of a week."""
    return partial(_publish, str(week))


def start(warehouse: str | Path, work: Work, *, kill_at: int = 0, count: Path | None = None) -> BaseProcess:
    """Start the work, killed at its n-th touch of the warehouse; it writes into `count` how many there were."""
    process = _FORKS.Process(target=_run, args=(str(warehouse), work, kill_at, count, dict(os.environ)))
    process.start()
    return process


def work_and_die(warehouse: str | Path, work: Work, at: int) -> bool:
    """Do the work, killed at the n-th touch; return whether it was."""
    process = start(warehouse, work, kill_at=at)
    process.join()
    assert process.exitcode in {DONE, -signal.SIGKILL}
    return process.exitcode != DONE


def touches(warehouse: str | Path, work: Work, folder: Path) -> int:
    """Do the work, and return how often the warehouse was touched."""
    counted = folder / "touches"
    process = start(warehouse, work, count=counted)
    process.join()
    assert process.exitcode == DONE
    return int(counted.read_text())


def _publish(week: str, warehouse: str) -> None:
    publish(warehouse, Week.parse(week), generated_at=NOW)


def _run(warehouse: str, work: Work, kill_at: int, count: Path | None, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    tempfile.tempdir = environment.get("TMPDIR")
    touched = 0

    def touch() -> None:
        nonlocal touched
        touched += 1
        if touched == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if warehouse.startswith("s3://"):
        _at_calls(touch)
    else:
        sys.addaudithook(lambda event, args: touch() if event in _EVENTS and warehouse in str(args[0]) else None)
    try:
        work(warehouse)
    except AnotherWriter:
        os._exit(TOLD)
    if count is not None:
        count.write_text(str(touched))


def _at_calls(touch: Callable[[], None]) -> None:
    def touching(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            touch()
            return call(*arguments, **named)

        return wrapped

    for kind, names in _CALLS.items():
        for name in names:
            setattr(kind, name, touching(getattr(kind, name)))
