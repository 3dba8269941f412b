"""One writer at a time: a lock on a local warehouse that a killed process cannot leave behind."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_LOCK = ".writer.lock"


class AnotherWriter(Exception):
    """Another process is writing the warehouse: wait for it, or stop it."""


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the warehouse in `folder` for this process while the block runs.

    The kernel lets go of the lock when the process ends, however it ends.

    Raises: AnotherWriter naming the process that holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise AnotherWriter(
                f"warehouse {folder}: process {holder} is writing it; wait until it has ended"
            ) from error
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield
