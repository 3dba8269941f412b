"""A finished release to its place in the warehouse: one rename on a disk, create-only uploads to an object store.

Only one publisher works at a time. On a disk the kernel's lock sees to it. An object store has no lock, so a lease
object stands for one, and what would remain to go wrong is refused by the store: a release's objects are created, never
overwritten, and the index is replaced only where it is still the one that was read.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from warehouse.manifest import file_sha256
from warehouse.storage import TEMPORARY, Storage, Superseded, sync_folder
from warehouse.storage.lease import lease
from warehouse.storage.scratch import scratch
from warehouse.storage.writer import AnotherWriter, only_writer

WORKSHOP = ".publishing"
LEASE = f"{WORKSHOP}/lease.json"


@contextlib.contextmanager
def workshop(storage: Storage, root: str) -> Iterator[Path]:
    """Give an empty folder to build a release in, to the one publisher of the warehouse; `root` is where releases are.

    Raises: AnotherWriter, WarehouseUnusable.
    """
    if storage.folder is not None:
        place = storage.folder / WORKSHOP
        with contextlib.ExitStack() as held:
            with storage.explained():
                held.enter_context(only_writer(place))
                _clear([*place.iterdir(), *(storage.folder / root).glob(f"{TEMPORARY}*")])
            try:
                yield place / "release"
            finally:
                shutil.rmtree(place / "release", ignore_errors=True)
        return
    with lease(storage, LEASE, "publishing"), scratch("publish") as folder:
        yield folder / "release"


def place(storage: Storage, staging: Path, root: str, built: Sequence[str]) -> None:
    """Move the built folders below `staging` to the same paths below `root`, each whole.

    What stands there already was put there by a publication that was killed before the index named it: it goes.

    Raises: AnotherWriter, WarehouseUnusable, OSError when what arrived is not what was sent.
    """
    for path in built:
        if storage.folder is None:
            _upload(storage, staging / path, f"{root}/{path}")
            continue
        with storage.explained():
            _rename(staging / path, storage.folder / root / path, staging / "left_by_a_killed_run")


def _clear(left: Iterable[Path]) -> None:
    """Remove what a killed publication left."""
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name.startswith(TEMPORARY):
            path.unlink()


def _rename(built: Path, final: Path, aside: Path) -> None:
    _sync(built)
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        final.rename(aside)
        shutil.rmtree(aside)
    built.rename(final)
    sync_folder(final.parent)


def _upload(storage: Storage, built: Path, final: str) -> None:
    storage.remove(final)
    files = {f"{final}/{path.relative_to(built).as_posix()}": path for path in built.rglob("*") if path.is_file()}
    try:
        for name, path in sorted(files.items()):
            storage.replace(name, path.read_bytes(), None)
    except Superseded as error:
        raise AnotherWriter(f"warehouse {storage.shown}: {error}") from error
    for name, path in sorted(files.items()):
        if storage.digest(name) != file_sha256(path):
            raise OSError(f"warehouse {storage.shown}: {name} did not arrive as it was sent")


def _sync(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
