"""One writer at a time where there is no lock: a lease object in an object store, renewed while its holder lives.

The store decides who gets it, by a conditional write. A holder that stops renewing it loses it: killed, cut off or
asleep. What could still go wrong then the store refuses when a release is published: warehouse/release/placement.py.
"""

import contextlib
import json
import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from typing import Any

from warehouse.storage import Storage, Superseded
from warehouse.storage.scratch import runs
from warehouse.storage.writer import AnotherWriter, only_writer

logger = logging.getLogger(__name__)

LEASE_SECONDS = 900
"""A lease whose holder has not renewed it for so long is taken over; a holder known to be dead loses it at once."""
RENEWED_SECONDS = 120
"""So often a holder renews its lease: several renewals may fail before it is lost."""
WRITER = ".writer.json"


@contextlib.contextmanager
def only_writer_of(storage: Storage) -> Iterator[None]:
    """Hold the warehouse for this process while the block runs: by the kernel's lock on a disk, else by a lease.

    Raises: AnotherWriter naming who holds it, WarehouseUnusable.
    """
    with contextlib.ExitStack() as held:
        with storage.explained():
            folder = storage.folder
            held.enter_context(only_writer(folder) if folder is not None else lease(storage, WRITER, "writing"))
        yield


@contextlib.contextmanager
def lease(storage: Storage, path: str, doing: str) -> Iterator[None]:
    """Hold the lease at the path of an object store while the block runs.

    Raises: AnotherWriter naming who holds it, or when it was lost meanwhile.
    """
    mine = {"host": socket.gethostname(), "pid": os.getpid(), "token": uuid.uuid4().hex}
    data = json.dumps(mine).encode()
    tag = storage.tag(path)
    if tag is not None and not _is_abandoned(storage, path):
        holder = _holder(storage, path)
        who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}"
        raise AnotherWriter(f"warehouse {storage.shown}: {who} is {doing}; wait until it has ended")
    try:
        storage.replace(path, data, tag)
    except Superseded:
        raise AnotherWriter(f"warehouse {storage.shown}: another process is {doing}; wait") from None
    ended, lost = threading.Event(), threading.Event()
    renewal = threading.Thread(target=_renew, args=(storage, path, data, ended, lost), name="lease", daemon=True)
    renewal.start()
    try:
        yield
    finally:
        ended.set()
        renewal.join()
        if storage.exists(path) and storage.read(path) == data:
            storage.remove(path)
    if lost.is_set():
        raise AnotherWriter(f"warehouse {storage.shown}: another process took over while this one was {doing}")


def _renew(storage: Storage, path: str, data: bytes, ended: threading.Event, lost: threading.Event) -> None:
    while not ended.wait(RENEWED_SECONDS):
        try:
            tag = storage.tag(path)
            if tag is None or storage.read(path) != data:
                lost.set()
                return
            storage.replace(path, data, tag)
        except Superseded:
            lost.set()
            return
        except OSError as error:
            logger.warning("the lease %s could not be renewed: %s", path, error)


def _is_abandoned(storage: Storage, path: str) -> bool:
    age = storage.objects.age_seconds(path) if storage.objects is not None else None
    if age is None or age > LEASE_SECONDS:
        return True
    holder = _holder(storage, path)
    return holder.get("host") == socket.gethostname() and not runs(int(holder.get("pid", 0)))


def _holder(storage: Storage, path: str) -> dict[str, Any]:
    try:
        holder = json.loads(storage.read(path))
    except (FileNotFoundError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}
