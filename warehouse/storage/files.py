"""A warehouse URL to a tree of files that are written whole or not at all: a local folder or an object store."""

import contextlib
import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.fs as pafs

from warehouse.storage.object_store import NoObjectStore, ObjectStore
from warehouse.storage.refusals import WarehouseUnusable, explained, in_one_line
from warehouse.storage.writer import AnotherWriter

TEMPORARY = ".writing-"
"""How a file or folder begins that is not finished; readers of Hive trees pass over names with a leading dot."""

_counter = itertools.count()


class Superseded(AnotherWriter):
    """A file is not what it was when it was read: somebody else wrote it meanwhile."""


class Storage:
    """Files under one URL, named by paths relative to it."""

    def __init__(self, url: str | Path) -> None:
        """Open `url`: a local path, file:// or s3://bucket/prefix. Touches nothing yet."""
        self.url = str(url)
        if not self.url.strip() or "\0" in self.url:
            raise WarehouseUnusable("warehouse: an empty or impossible path; give a folder or an s3:// URL")
        if self.url.startswith("s3://"):
            try:
                self._fs, self._root = pafs.FileSystem.from_uri(self.url)
            except (pa.ArrowInvalid, OSError) as error:
                raise WarehouseUnusable(f"warehouse {self.shown}: {in_one_line(error)}") from error
            try:
                self.objects: ObjectStore | None = ObjectStore(self.url)
            except NoObjectStore as error:
                raise WarehouseUnusable(f"warehouse {self.shown}: {error}") from error
            self.folder: Path | None = None
        else:
            path = self.url.removeprefix("file://")
            if "://" in path:
                raise WarehouseUnusable(f"warehouse {self.shown}: unknown kind of address; give a folder or s3://")
            self._fs, self._root = pafs.LocalFileSystem(), str(Path(path).absolute())
            self.folder, self.objects = Path(self._root), None

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold keys, for messages."""
        return self.url.partition("?")[0].rpartition("@")[2] if "://" in self.url else self.url

    def below(self, path: str) -> str:
        """Return the URL of a folder of the warehouse, from which a Storage of its own can be opened."""
        place, mark, query = self.url.partition("?") if self.folder is None else (str(self.folder), "", "")
        return f"{place.rstrip('/')}/{path}{mark}{query}"

    def full(self, path: str) -> str:
        """Return the path inside the Arrow filesystem.

        Raises: ValueError when the path would leave the warehouse.
        """
        parts = path.split("/") if path else []
        if any(part in {"", ".", ".."} for part in parts) or "\0" in path or "\\" in path:
            raise ValueError(f"not a path inside the warehouse: {path!r}")
        return "/".join([self._root.rstrip("/"), *parts])

    def require_writable(self) -> None:
        """Make the root, write one file into it and remove it again.

        Raises: WarehouseUnusable when that does not work.
        """
        probe = f"{TEMPORARY}probe-{os.getpid()}-{next(_counter)}"
        with self.explained():
            self.put(probe, b"")
            self.remove(probe)

    def exists(self, path: str) -> bool:
        """Tell whether the file is there."""
        with self.explained():
            return bool(self._fs.get_file_info(self.full(path)).type == pafs.FileType.File)

    def read(self, path: str) -> bytes:
        """Return the whole file.

        Raises: FileNotFoundError.
        """
        with self.explained(), self._fs.open_input_stream(self.full(path), compression=None) as stream:
            return cast(bytes, stream.read())

    def open(self, path: str) -> IO[bytes]:
        """Open the file for reading at any place: what readers of Parquet want.

        Raises: FileNotFoundError.
        """
        with self.explained():
            return cast(IO[bytes], self._fs.open_input_file(self.full(path)))

    def digest(self, path: str) -> str:
        """Return the SHA-256 of the file, read piece by piece."""
        digest = hashlib.sha256()
        with self.explained(), self._fs.open_input_stream(self.full(path), compression=None) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    def names(self, path: str = "") -> list[str]:
        """Return the names of files and folders directly under the folder, sorted; none when it is not there."""
        with self.explained():
            selector = pafs.FileSelector(self.full(path), allow_not_found=True)
            return sorted(info.base_name for info in self._fs.get_file_info(selector))

    def files(self, path: str = "") -> list[str]:
        """Return every file below the folder, relative to the warehouse, sorted."""
        with self.explained():
            selector = pafs.FileSelector(self.full(path), allow_not_found=True, recursive=True)
            found = [info.path for info in self._fs.get_file_info(selector) if info.type == pafs.FileType.File]
        root = self._root.rstrip("/") + "/"
        return sorted(file.removeprefix(root) for file in found)

    def put(self, path: str, data: bytes) -> None:
        """Write the file whole or not at all, replacing what was there."""
        with self.writing(path) as file:
            file.write(data)

    def store(self, local: Path, path: str) -> None:
        """Write a file of this machine to the path, piece by piece, whole or not at all."""
        with self.explained():
            if self.objects is not None:
                self.objects.upload(local, path)
                return
        with local.open("rb") as source, self.writing(path) as file:
            shutil.copyfileobj(source, file)

    def lend(self, path: str, local: Path) -> bool:
        """Put the file where a reader on this machine finds it; tell whether there is one.

        From a disk it is a link, not to be written to; from an object store a copy.
        """
        if not self.exists(path):
            return False
        local.parent.mkdir(parents=True, exist_ok=True)
        if self.folder is not None:
            local.symlink_to(self.full(path))
            return True
        with (
            self.explained(),
            self._fs.open_input_stream(self.full(path), compression=None) as stream,
            local.open("wb") as file,
        ):
            while piece := stream.read(1 << 20):
                file.write(piece)
        return True

    def tag(self, path: str) -> str | None:
        """Return what tells this content of the file from any other; None when it is not there."""
        with self.explained():
            if self.objects is not None:
                return self.objects.tag(path)
            return hashlib.sha256(self.read(path)).hexdigest() if self.exists(path) else None

    def replace(self, path: str, data: bytes, tag: str | None) -> None:
        """Write the file where it still has the tag; where there is still none, when the tag is None.

        On a local disk the caller holds the lock of the one writer; an object store decides by itself.

        Raises: Superseded.
        """
        with self.explained():
            if self.objects is not None:
                done = self.objects.create(path, data) if tag is None else self.objects.replace(path, data, tag)
            else:
                done = self.tag(path) == tag
                if done:
                    self.put(path, data)
        if not done:
            raise Superseded(f"{path} was written by another process meanwhile")

    @contextlib.contextmanager
    def writing(self, path: str) -> Iterator[IO[bytes]]:
        """Open the file for writing: it appears, whole and on disk, when the block ends without an exception."""
        target = self.full(path)
        with self.explained():
            if self.folder is None:
                # An Arrow stream commits what it has when it is closed, by an exception too: so one PUT at the end.
                buffer = pa.BufferOutputStream()
                yield cast(IO[bytes], buffer)
                with self._fs.open_output_stream(target, compression=None) as stream:
                    stream.write(buffer.getvalue())
                return
            final = Path(target)
            final.parent.mkdir(parents=True, exist_ok=True)
            temporary = final.with_name(f"{TEMPORARY}{os.getpid()}-{next(_counter)}-{final.name}")
            try:
                with temporary.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(final)
                sync_folder(final.parent)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def remove(self, path: str) -> None:
        """Remove the file or the folder with all it holds; nothing when it is not there."""
        target = self.full(path)
        with self.explained():
            kind = self._fs.get_file_info(target).type if self.objects is None else None
            if self.objects is not None:
                self.objects.remove(path)
            elif kind == pafs.FileType.File:
                self._fs.delete_file(target)
            elif kind == pafs.FileType.Directory:
                shutil.rmtree(target)

    def clean(self, path: str = "") -> list[str]:
        """Remove what writers that were killed left below the folder; return its names. Only the one writer may."""
        if self.folder is None:
            return []
        with self.explained():
            left = [found for found in Path(self.full(path)).rglob(f"{TEMPORARY}*")]
            for found in left:
                if found.is_dir() and not found.is_symlink():
                    shutil.rmtree(found, ignore_errors=True)
                else:
                    found.unlink(missing_ok=True)
        return sorted(str(found.relative_to(self.folder)) for found in left)

    def explained(self) -> AbstractContextManager[None]:
        """Turn what the disk or store refuses into WarehouseUnusable while the block runs."""
        return explained(f"warehouse {self.shown}")


def sync_folder(folder: Path) -> None:
    """Make the names in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
