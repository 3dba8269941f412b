"""A warehouse and a scratch folder to a warehouse that can be written without being changed.

Everything above works on it as on any other: a dry run publishes into it, and what it published is looked at and thrown
away; a week is made again in it, and only what passed its gates is kept.
"""

import shutil
from pathlib import Path
from typing import IO

from warehouse.storage import Storage


class Overlay(Storage):
    """What is written stands in the scratch folder; what is read stands there, else in the warehouse beneath."""

    def __init__(self, beneath: Storage, scratch: Path) -> None:
        """Lay the scratch folder, empty or of an earlier overlay, over the warehouse."""
        super().__init__(scratch)
        self._beneath = beneath

    @property
    def shown(self) -> str:
        """The warehouse beneath, for messages."""
        return self._beneath.shown

    def below(self, path: str) -> str:
        """Return the URL of a folder of the warehouse beneath."""
        return self._beneath.below(path)

    def exists(self, path: str) -> bool:
        """Tell whether the file is there."""
        return super().exists(path) or self._beneath.exists(path)

    def read(self, path: str) -> bytes:
        """Return the whole file.

        Raises: FileNotFoundError.
        """
        return super().read(path) if super().exists(path) else self._beneath.read(path)

    def open(self, path: str) -> IO[bytes]:
        """Open the file for reading at any place.

        Raises: FileNotFoundError.
        """
        return super().open(path) if super().exists(path) else self._beneath.open(path)

    def digest(self, path: str) -> str:
        """Return the SHA-256 of the file."""
        return super().digest(path) if super().exists(path) else self._beneath.digest(path)

    def names(self, path: str = "") -> list[str]:
        """Return the names of files and folders directly under the folder, sorted."""
        return sorted({*super().names(path), *self._beneath.names(path)})

    def files(self, path: str = "") -> list[str]:
        """Return every file below the folder, sorted."""
        return sorted({*super().files(path), *self._beneath.files(path)})

    # `remove` is the scratch folder's alone: what the warehouse beneath holds cannot be taken away through this.

    def keep(self, path: str) -> int:
        """Write what was written below the folder to the warehouse beneath, and forget it here; return how many files.

        Each file arrives whole. A kill in between leaves some of them: the next run of the week writes them all.
        """
        written = super().files(path)
        for name in written:
            self._beneath.put(name, super().read(name))
        shutil.rmtree(self.full(path), ignore_errors=True)
        return len(written)
