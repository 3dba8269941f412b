"""What a user asked for to a checked plan of one week's run, or to one clear line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from crawlers.catalogue import sources
from crawlers.declaration import SourceInfo
from crawlers.pages.origins import read_origins
from flows.planning.parameters import StageName
from flows.settings import LOCAL, Settings
from flows.sources.archive import Archive
from warehouse.lake import Lake
from warehouse.schema import UserError
from warehouse.storage import Storage, WarehouseUnusable
from warehouse.storage.overlay import Overlay
from warehouse.weeks import BadWeek, Week

STAGES: tuple[str, ...] = get_args(StageName)
"""The stages between reading pages and publishing, in order; each builds on all before it."""

NOT_ASKED = ("not_due", "not_crawled")
"""Failure classes of a source that nobody asked: it has not failed."""

CALENDAR = ZoneInfo("Europe/Paris")
"""Weeks begin at midnight where the registry is kept."""


@dataclass(frozen=True)
class Plan:
    """One week's run: everything the stages need to know, decided before anything is written."""

    week: Week
    warehouse: str
    sources: tuple[str, ...]
    archive: str
    is_replay: bool
    origins: str | None
    now: datetime
    contact_url: str | None
    crawl_limit_s: float
    crawls_at_once: int
    is_by_name: bool = False
    """True when the user named the sources: then they are asked whatever their cadence."""
    task_runner: str = LOCAL
    is_recrawl: bool = False
    """True when sites are asked although the week has pages of theirs."""
    look: int | None = None
    """Requests a look at a source may make on its way to the first page that holds records; None for a crawl."""
    stages: tuple[str, ...] = STAGES
    """What is done after reading, in order; without `collect` nothing is read."""
    shadow: str | None = None
    """Folder of a dry run: laid over the warehouse, and what is published stands there."""
    scratch: str | None = None
    """Folder in which a published week is made again: its tables reach the warehouse when all gates have passed."""

    @property
    def is_live(self) -> bool:
        """True when the sites themselves are asked."""
        return not self.is_replay and self.origins is None

    def sentence(self, sources: int) -> str:
        """Return in words how the week is made."""
        pages = "the archive" if self.is_replay else "the sites" if self.is_live else "the origins map"
        where = (
            f"{self.crawls_at_once} at once" if self.task_runner == LOCAL else f"on the workers of {self.task_runner}"
        )
        return f"{sources} sources {where}, pages from {pages}, into {self.shown}"

    @property
    def target(self) -> Storage:
        """Where the week is published: the warehouse, in a dry run its shadow."""
        storage = Storage(self.warehouse)
        return Overlay(storage, Path(self.shadow)) if self.shadow else storage

    @property
    def shown(self) -> str:
        """The warehouse as messages may show it."""
        return Storage(self.warehouse).shown

    @property
    def lake(self) -> Lake:
        """The stage tables of the run."""
        return Lake(Overlay(self.target, Path(self.scratch)) if self.scratch else self.target)

    def settle(self) -> None:
        """Write the tables of a week that was made again apart to where it is published."""
        storage = self.lake.storage
        if self.scratch and isinstance(storage, Overlay):
            storage.keep("lake")


def catalogue() -> dict[str, SourceInfo]:
    """Return every declared source by name."""
    return {source.name: source for source in sources()}


def plan_week(  # noqa: PLR0913  # one argument an option of the command
    week: str,
    *,
    warehouse: str,
    now: datetime,
    settings: Settings,
    names: Sequence[str] | None = None,
    replay: str | None = None,
    origins: str | None = None,
) -> Plan:
    """Return the plan of a week's run.

    Raises: UserError for a week that does not exist, an unknown source, a warehouse that cannot be written, a replay
    archive that is not there or does not hold the week, and an origins file that is no map of hosts to addresses.
    """
    parsed = parse_week(week)
    chosen = _sources(names, parsed, replay)
    if origins is not None:
        read_origins(Path(origins))
    lake = lake_at(warehouse)
    if replay is None and origins is None:
        require_contact(settings)
    require_writable(lake)
    archive = archive_at(replay) if replay else Archive.of(lake.storage)
    return replace(
        blank(parsed, warehouse, archive, now, settings),
        sources=chosen,
        is_by_name=bool(names),
        is_replay=replay is not None,
        origins=str(Path(origins).absolute()) if origins else None,
    )


def blank(week: Week, warehouse: str, archive: Archive, now: datetime, settings: Settings) -> Plan:
    """Return a plan of the week that reads nothing yet."""
    return Plan(
        week=week,
        warehouse=warehouse,
        sources=(),
        archive=archive.address,
        is_replay=False,
        origins=None,
        now=now,
        contact_url=settings.contact_url,
        crawl_limit_s=settings.crawl_limit_s,
        crawls_at_once=settings.crawls_at_once,
        task_runner=settings.task_runner,
    )


def parse_day(text: str) -> date:
    """Return the day; raise UserError when there is none of that name."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--on {text}: not a day (write 2026-10-14)") from None


def parse_week(text: str, option: str = "--week") -> Week:
    """Return the week an option names; raise UserError when there is none of that name."""
    try:
        return Week.parse(text)
    except BadWeek as error:
        raise UserError(f"{option}: {error}") from error


def week_of(moment: datetime) -> Week:
    """Return the week the moment falls in."""
    return Week.of(moment.astimezone(CALENDAR).date())


def archive_at(replay: str) -> Archive:
    """Return the archive a user named; raise UserError when there is none."""
    try:
        storage = Storage(replay)
    except WarehouseUnusable as error:
        raise UserError(f"--replay {replay}: {error}") from error
    if storage.folder is not None and not storage.folder.is_dir():
        raise UserError(f"--replay {replay}: no such archive; it is a folder that holds week=2026-W42/SOURCE.warc.gz")
    return Archive(replay if storage.folder is None else str(storage.folder))


def lake_at(warehouse: str) -> Lake:
    """Return the lake of a warehouse a user named; raise UserError when it cannot be."""
    try:
        return Lake(warehouse)
    except WarehouseUnusable as error:
        raise UserError(f"--{error}") from error


def require_contact(settings: Settings) -> None:
    """Raise UserError when sites would be asked without a name."""
    if not settings.contact_url:
        raise UserError(
            "sites are asked only by name: set LABS_CONTACT_URL to a page about this crawler (docs/notice.md)"
        )


def require_writable(lake: Lake) -> None:
    """Raise UserError when the warehouse cannot be written."""
    try:
        lake.require_writable()
    except WarehouseUnusable as error:
        raise UserError(f"--{error}") from error


def failed_sources(warehouse: str, week: str, names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the sources that gave nothing to believe when the week was last attempted.

    Raises: UserError when it never was, and when sources are named as well.
    """
    if names:
        raise UserError(f"--sources {names[0]}: --retry-failed chooses the sources itself; leave one of the two out")
    lake, parsed = lake_at(warehouse), parse_week(week)
    if not lake.has("sources", parsed):
        raise UserError(f"--retry-failed: week {week} was never attempted; run it without this option first")
    states = lake.read("sources", parsed).to_pylist()
    return tuple(row["source"] for row in states if row["state"] != "ok" and row["failure"] not in NOT_ASKED)


def chosen_sources(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the sources named, by default all; raise UserError when there is none of a name."""
    known = catalogue()
    for name in names or ():
        if name not in known:
            raise UserError(f"--sources {name}: no such source; labs sources lists them")
    return tuple(sorted(set(names or known)))


def _sources(names: Sequence[str] | None, week: Week, replay: str | None) -> tuple[str, ...]:
    chosen = chosen_sources(names)
    if replay is None:
        return chosen
    archived = archive_at(replay).sources(week)
    if not archived:
        raise UserError(f"--replay {replay}: no pages of week {week} in this archive")
    if missing := sorted(set(names or ()) - set(archived)):
        raise UserError(f"--replay {replay}: no pages of {missing[0]} of week {week} in this archive")
    return chosen if names else archived
