"""What a user asked for to a checked plan of one week's run, or to one clear line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawlers.catalogue import sources
from crawlers.declaration import SourceInfo
from crawlers.origins import read_origins
from flows.archive import Archive
from flows.settings import LOCAL, Settings
from warehouse.lake import Lake
from warehouse.schema import UserError
from warehouse.storage import Storage, WarehouseUnusable
from warehouse.weeks import BadWeek, Week


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

    @property
    def is_live(self) -> bool:
        """True when the sites themselves are asked."""
        return not self.is_replay and self.origins is None

    @property
    def lake(self) -> Lake:
        """The stage tables of the warehouse."""
        return Lake(self.warehouse)


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
    lake = _lake(warehouse)
    if replay is None and origins is None and not settings.contact_url:
        raise UserError(
            "sites are asked only by name: set LABS_CONTACT_URL to a page about this crawler (docs/notice.md)"
        )
    _require_writable(lake)
    return Plan(
        week=parsed,
        warehouse=warehouse,
        sources=chosen,
        archive=_archive(replay).address if replay else Archive.of(lake.storage).address,
        is_replay=replay is not None,
        origins=str(Path(origins).absolute()) if origins else None,
        now=now,
        contact_url=settings.contact_url,
        crawl_limit_s=settings.crawl_limit_s,
        crawls_at_once=settings.crawls_at_once,
        is_by_name=bool(names),
        task_runner=settings.task_runner,
    )


def plan_backfill(  # noqa: PLR0913  # one argument an option of the command
    from_week: str,
    to_week: str,
    *,
    warehouse: str,
    now: datetime,
    settings: Settings,
    names: Sequence[str] | None = None,
    replay: str | None = None,
) -> tuple[list[Plan], list[Week]]:
    """Return the plan of each archived week of the range, oldest first, and the weeks that have no archive.

    Raises: UserError when the range is empty or none of its weeks is archived.
    """
    first, last = parse_week(from_week), parse_week(to_week)
    if last < first:
        raise UserError(f"--to-week {to_week}: comes before --from-week {from_week}")
    archive = _archive(replay) if replay else Archive.of(_lake(warehouse).storage)
    weeks = list(Week.span(first, last))
    missing = [week for week in weeks if not archive.sources(week)]
    if len(missing) == len(weeks):
        raise UserError(f"--from-week {from_week} --to-week {to_week}: no pages of these weeks in {archive.shown}")
    plans = [
        plan_week(str(week), warehouse=warehouse, now=now, settings=settings, names=names, replay=archive.address)
        for week in weeks
        if week not in missing
    ]
    return plans, missing


def parse_week(text: str) -> Week:
    """Return the week; raise UserError when there is none of that name."""
    try:
        return Week.parse(text)
    except BadWeek as error:
        raise UserError(f"--week {text}: {error}") from error


def _archive(replay: str) -> Archive:
    try:
        storage = Storage(replay)
    except WarehouseUnusable as error:
        raise UserError(f"--replay {replay}: {error}") from error
    if storage.folder is not None and not storage.folder.is_dir():
        raise UserError(f"--replay {replay}: no such archive; it is a folder that holds week=2026-W42/SOURCE.warc.gz")
    return Archive(replay if storage.folder is None else str(storage.folder))


def _lake(warehouse: str) -> Lake:
    try:
        return Lake(warehouse)
    except WarehouseUnusable as error:
        raise UserError(f"--{error}") from error


def _require_writable(lake: Lake) -> None:
    try:
        lake.require_writable()
    except WarehouseUnusable as error:
        raise UserError(f"--{error}") from error


def _sources(names: Sequence[str] | None, week: Week, replay: str | None) -> tuple[str, ...]:
    known = catalogue()
    for name in names or ():
        if name not in known:
            raise UserError(f"--sources {name}: no such source; labs sources lists them")
    if replay is None:
        return tuple(sorted(set(names))) if names else tuple(sorted(known))
    archived = _archive(replay).sources(week)
    if not archived:
        raise UserError(f"--replay {replay}: no pages of week {week} in this archive")
    if missing := sorted(set(names or ()) - set(archived)):
        raise UserError(f"--replay {replay}: no pages of {missing[0]} of week {week} in this archive")
    return tuple(sorted(set(names))) if names else archived
