"""The archived pages of a week, wherever the warehouse is, to the folder a spider works in, and back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from crawlers.archive import EARLIER_WEEKS
from crawlers.catalogue import sources
from warehouse.storage import Storage
from warehouse.weeks import Week

_ENDS = (".warc.gz", ".failed.warc.gz")
"""What ended well, and the attempt that did not: kept as evidence, and replayed where there is nothing better."""
_FORMER = ".former.warc.gz"
"""The pages of the week itself, once a recrawl has put later ones in their place."""


@dataclass(frozen=True)
class Archive:
    """Pages by week and source, as `week=2026-W42/SOURCE.warc.gz`, below a folder or an s3:// URL."""

    address: str

    @classmethod
    def of(cls, warehouse: Storage) -> Self:
        """Return the archive a warehouse keeps its own pages in."""
        return cls(warehouse.below("archive"))

    @property
    def shown(self) -> str:
        """The address as messages may show it."""
        return self._storage.shown

    @property
    def is_seen(self) -> bool:
        """False on a machine that has neither the folder nor the warehouse it belongs to."""
        folder = self._storage.folder
        return folder is None or folder.is_dir() or folder.parent.is_dir()

    def sources(self, week: Week) -> tuple[str, ...]:
        """Return the sources whose pages of the week are there, sorted."""
        files = [name for name in self._storage.names(f"week={week}") if name.endswith(_ENDS[0])]
        names = {name.removesuffix(_ENDS[0]).removesuffix(".failed") for name in files}
        return tuple(sorted(names & {source.name for source in sources()}))

    def digest(self, source: str, week: Week) -> str:
        """Return the SHA-256 of the pages a replay of the source and week reads.

        Raises: FileNotFoundError.
        """
        own, failed = (f"week={week}/{source}{end}" for end in _ENDS)
        return self._storage.digest(own if self._storage.exists(own) else failed)

    def lend(self, source: str, week: Week, folder: Path, *, is_replay: bool, is_recrawl: bool = False) -> str | None:
        """Put below `folder` what a spider of the source and week reads; return its path there, None for nothing.

        That is the week's own pages, unless they are to be asked for again. Where there are none, a replay reads the
        attempt that failed, and a crawl the newest pages before, to ask only for what has changed since.
        """
        own, failed = (f"week={week}/{source}{end}" for end in _ENDS)
        before = (f"week={week.plus(-weeks)}/{source}{_ENDS[0]}" for weeks in range(1, EARLIER_WEEKS + 1))
        storage = self._storage
        others = (failed,) if is_replay else tuple(before)
        paths = others if is_recrawl else (own, *others)
        return next((path for path in paths if storage.lend(path, folder / path)), None)

    def keep(self, source: str, week: Week, folder: Path, lent: str | None) -> None:
        """Store the pages of the week a spider wrote below `folder`: all that is there and was not lent to it.

        Pages that were there before are kept as those of the week itself: they cannot be fetched again.
        """
        storage = self._storage
        for path in (f"week={week}/{source}{end}" for end in _ENDS):
            if path != lent and (folder / path).is_file():
                former = f"week={week}/{source}{_FORMER}"
                if path.endswith(f"{source}{_ENDS[0]}") and not storage.exists(former):
                    self._copy(path, former, folder)
                storage.store(folder / path, path)

    def _copy(self, path: str, to: str, folder: Path) -> None:
        if self._storage.lend(path, folder / to):
            self._storage.store(folder / to, to)

    @property
    def _storage(self) -> Storage:
        return Storage(self.address)
