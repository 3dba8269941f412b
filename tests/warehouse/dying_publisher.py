"""A publisher of a week in a process of its own, killed at a call of the store or by the clock.

The processes are forked from a server that has imported everything, so that five hundred of them are affordable.
"""

import multiprocessing
import multiprocessing.util
import os
import signal
import tempfile
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.warehouse.fabricate import NOW
from warehouse.object_store import ObjectStore
from warehouse.publish import publish
from warehouse.storage import Storage
from warehouse.weeks import Week
from warehouse.writer import AnotherWriter

PUBLISHED, TOLD = 0, 3
"""Exit status: the week is published; another publisher is at work, and the message says so."""
CALLS = {ObjectStore: ("create", "replace", "tag"), Storage: ("remove", "digest", "put")}
"""What a publication to an object store does there, but for reading."""

_FORKS = multiprocessing.get_context("forkserver")
multiprocessing.util.get_temp_dir()  # made before a test says that temporary files go elsewhere
_FORKS.set_forkserver_preload(["tests.warehouse.dying_publisher"])


def start(warehouse: str, week: Week, *, kill_at: int = 0, count: Path | None = None) -> BaseProcess:
    """Start a publication, killed at its n-th call of the store; it writes into `count` how many calls it made."""
    process = _FORKS.Process(target=_publish, args=(warehouse, str(week), kill_at, count, dict(os.environ)))
    process.start()
    return process


def _publish(warehouse: str, week: str, kill_at: int, count: Path | None, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    tempfile.tempdir = environment.get("TMPDIR")
    asked = 0

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal asked
            asked += 1
            if asked == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return wrapped

    for kind, names in CALLS.items():
        for name in names:
            setattr(kind, name, dying(getattr(kind, name)))
    try:
        publish(warehouse, Week.parse(week), generated_at=NOW)
    except AnotherWriter:
        os._exit(TOLD)
    if count is not None:
        count.write_text(str(asked))
