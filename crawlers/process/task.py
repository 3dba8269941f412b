"""What one process is asked to do, and which archives it reads and leaves."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crawlers.archive import EARLIER_WEEKS


@dataclass(frozen=True)
class Task:
    """What one process is asked to do."""

    source: str
    week: str
    archive: Path
    out: Path
    is_replay: bool
    origins: dict[str, str] | None
    contact: str | None
    look: int | None = None
    """Requests a look at the source may make on its way to the first page that holds records; None for a crawl."""

    @property
    def warc(self) -> Path:
        """Return where the week's archive of the source is, or will be."""
        return self.archive / f"week={self.week}" / f"{self.source}.warc.gz"

    @property
    def failed_warc(self) -> Path:
        """Return where a failed attempt is kept as evidence."""
        return self.warc.with_name(f"{self.source}.failed.warc.gz")

    @property
    def earlier(self) -> Path | None:
        """Return the newest archive of the source of an earlier week, back to `EARLIER_WEEKS`; None without one."""
        monday = date.fromisocalendar(int(self.week[:4]), int(self.week[6:]), 1)
        for weeks in range(1, EARLIER_WEEKS + 1):
            before = (monday - timedelta(weeks=weeks)).isocalendar()
            found = self.archive / f"week={before.year}-W{before.week:02}" / self.warc.name
            if found.is_file():
                return found
        return None

    @property
    def replayed(self) -> Path | None:
        """Return what a replay reads: the archive of the week, else the attempt that failed; None to ask the sites."""
        if self.warc.is_file():
            return self.warc
        return self.failed_warc if self.is_replay and self.failed_warc.is_file() else None
