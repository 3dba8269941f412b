"""A range of weeks somebody asks for again to the plan of each, and to what there is nothing left of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from crawlers.pages.origins import read_origins
from flows.planning.plan import (
    STAGES,
    Plan,
    archive_at,
    blank,
    chosen_sources,
    lake_at,
    parse_week,
    require_contact,
    require_writable,
)
from flows.settings import Settings
from flows.sources.archive import Archive
from warehouse.lake import Lake
from warehouse.schema import UserError
from warehouse.weeks import Week

Mode = Literal["replay", "recrawl"]

_MADE_BY = {
    "crawl": ("pages", "listings", "rejections", "sources", "checks"),
    "collect": (),
    "locate": ("located", "geocoder_answers"),
    "resolve": ("matches", "assignments", "registry", "id_bridge", "departed"),
    "classify": ("classifications",),
    "fuse": ("labs", "lab_listings"),
}
"""Tables that must be there for the stages after the one that made them."""


@dataclass(frozen=True)
class Asked:
    """Which weeks are made again, what of them, and from what."""

    from_week: str
    to_week: str
    sources: Sequence[str] | None = None
    """Sources to read; None: all there are pages of. The others stay as they stand."""
    stages: Sequence[str] | None = None
    """Stages to run again from the tables on disk, with all that follow; None: pages are read."""
    mode: Mode = "replay"
    replay: str | None = None
    """Archive to read; None: the warehouse's own."""
    origins: str | None = None
    """JSON file of host to base URL, to send a recrawl elsewhere."""
    is_dry: bool = False
    """True when nothing is written to the warehouse."""


@dataclass(frozen=True)
class BackfillPlan:
    """The weeks to make again, oldest first, with what is to be said of them; and what there is nothing left of."""

    weeks: tuple[Plan, ...]
    notes: dict[Week, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def plan_backfill(asked: Asked, *, warehouse: str, now: datetime, settings: Settings) -> BackfillPlan:
    """Return the plan of each week of the range.

    Raises: UserError when the range is empty, options exclude each other, a name is unknown, or nothing is left of any
    of its weeks.
    """
    first, last = parse_week(asked.from_week, "--from-week"), parse_week(asked.to_week, "--to-week")
    if last < first:
        raise UserError(f"--to-week {last}: comes before --from-week {first}")
    chosen_sources(asked.sources)
    _require_sense(asked, settings)
    lake = lake_at(warehouse)
    archive = archive_at(asked.replay) if asked.replay else Archive.of(lake.storage)
    template = replace(
        blank(first, warehouse, archive, now, settings),
        is_replay=asked.mode == "replay",
        is_recrawl=asked.mode == "recrawl",
        origins=str(Path(asked.origins).absolute()) if asked.origins else None,
        stages=downstream(asked),
    )
    weeks: list[Plan] = []
    notes: dict[Week, str] = {}
    missing: list[str] = []
    for week in Week.span(first, last):
        found, lost = _week(replace(template, week=week), asked, archive, lake)
        missing += [f"{week}{what}" for what in lost]
        if found:
            weeks.append(found[0])
            if found[1] is not None:
                notes[week] = found[1]
    if not weeks:
        raise UserError(f"--from-week {first} --to-week {last}: {'; '.join(missing)[:300]}")
    if not asked.is_dry:
        require_writable(lake)
    return BackfillPlan(tuple(weeks), notes, tuple(missing))


def later_weeks(last: Plan, published: Sequence[Week]) -> Iterator[Plan]:
    """Give the plan of each published week after the last one planned: made again from its tables alone."""
    for week in published:
        if week > last.week:
            yield replace(last, week=week, sources=(), stages=STAGES, is_replay=True, is_recrawl=False)


def downstream(asked: Asked) -> tuple[str, ...]:
    """Return the stages to run: those named and all after the first of them; all when none is named."""
    for name in asked.stages or ():
        if name not in STAGES:
            raise UserError(f"--stages {name}: no such stage; they are {', '.join(STAGES)}")
    first = min((STAGES.index(name) for name in asked.stages or ()), default=0)
    return STAGES[first:]


def _require_sense(asked: Asked, settings: Settings) -> None:
    if asked.stages and (asked.sources or asked.mode == "recrawl"):
        other = "--sources" if asked.sources else "--mode recrawl"
        raise UserError(f"--stages {asked.stages[0]} reads tables of all sources, no pages: leave {other} out")
    if asked.mode == "recrawl":
        if asked.replay:
            raise UserError(f"--replay {asked.replay}: a recrawl asks the sites; leave one of the two out")
        if asked.origins is None:
            require_contact(settings)
        else:
            read_origins(Path(asked.origins))
    elif asked.origins is not None:
        raise UserError(f"--origins {asked.origins}: nobody is asked in a replay; it goes with --mode recrawl")


def _week(plan: Plan, asked: Asked, archive: Archive, lake: Lake) -> tuple[tuple[Plan, str | None] | None, list[str]]:
    """Return the plan of one week with what is to be said of it, and what is missing of it."""
    week = plan.week
    if asked.stages:
        needed = _tables_before(plan.stages[0])
        absent = [name for name in needed if not lake.has(name, week)]
        return ((plan, None), []) if not absent else (None, [f": no table {absent[0]} to begin from"])
    if asked.mode == "recrawl":
        chosen = chosen_sources(asked.sources)
        today = f"pages are those of today, {plan.now:%Y-%m-%d}, not of that week"
        return (replace(plan, sources=chosen, is_by_name=True), today), []
    archived = set(archive.sources(week))
    told_of = _told_of(lake, week)
    chosen = tuple(sorted(archived & set(asked.sources or archived)))
    unread = sorted(set(asked.sources or told_of) - archived)
    lost = [f"/{name}: no archived pages and no listings" for name in unread if name not in told_of]
    kept = [name for name in unread if name in told_of]
    if not archived and not told_of:
        return None, [": no archived pages and no listings"]
    if not chosen and not kept:
        return None, lost
    note = (
        f"no archived pages of {', '.join(kept) if archived else 'that week'}: made from the listings" if kept else None
    )
    return (replace(plan, sources=chosen), note), lost


def _told_of(lake: Lake, week: Week) -> set[str]:
    """Return the sources the week's tables tell of."""
    if not all(lake.has(name, week) for name in _MADE_BY["crawl"]):
        return set()
    return set(lake.read("sources", week, ["source"])["source"].to_pylist())


def _tables_before(stage: str) -> list[str]:
    order = ("crawl", *STAGES)
    return [table for made in order[: order.index(stage)] for table in _MADE_BY[made]]
