"""Fictional sources whose answers are given, not crawled: weeks made by the real stages, without spiders."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows import stages
from flows.planning.plan import Plan, blank
from flows.settings import Settings
from flows.sources.archive import Archive
from flows.sources.crawling import Crawl, failed
from warehouse.lake import Lake
from warehouse.publish import Release
from warehouse.schema import Listing, Page, Rejection, UnansweredEntry
from warehouse.storage import Storage
from warehouse.weeks import Week

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TOWNS = ("Angers", "Brest", "Cahors", "Dax", "Épinal", "Foix", "Gap", "Hyères", "Issoire", "Joigny", "Laon", "Mende")

Answer = int | str | Mapping[str, Mapping[str, Any] | None]
"""How many labs a source lists; a failure; or columns by the key of each lab, None for an entry without an answer."""


def answer(source: str, given: Answer) -> Crawl:
    """Return the crawl of a source that answers so."""
    if isinstance(given, str):
        return failed(source, given, "as the test wants it")
    labs = {str(number): {} for number in range(given)} if isinstance(given, int) else given
    listings = Listing.table([_listing(source, key, columns) for key, columns in labs.items() if columns is not None])
    silent = [UnansweredEntry(source=source, source_key=key, failure="timed_out") for key in labs if labs[key] is None]
    state = failed(source, "", "").state.model_copy(
        update={
            "state": "ok", "failure": None, "evidence": None, "listings": listings.num_rows, "fetched_at": NOW,
            "robots": "allowed", "unanswered": len(silent),
        }
    )  # fmt: skip
    tables = {"listings": listings, "unanswered": UnansweredEntry.table(silent)}
    return Crawl(state, tables | {"rejections": Rejection.table([]), "pages": Page.table([])})


class Network:
    """What the sources answer when they are read again, and what was read."""

    def __init__(self, weeks: Mapping[str, Mapping[str, Answer]]) -> None:
        self.answers = {(week, source): given for week, answers in weeks.items() for source, given in answers.items()}
        self.read: list[str] = []

    async def crawl(self, source: str, plan: Plan) -> Crawl:
        self.read.append(f"{plan.week} {source}")
        return answer(source, self.answers[str(plan.week), source])


def archived(warehouse: Path, week: str, *sources: str) -> None:
    """Put bytes where the archived pages of the sources would be: nobody reads them here."""
    for source in sources:
        path = warehouse / "archive" / f"week={week}" / f"{source}.warc.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{week} {source}".encode())


def plan_of(warehouse: Path | str, week: str, *sources: str, **columns: Any) -> Plan:
    """Return the plan of a replay of the week."""
    place = Archive.of(Storage(warehouse))
    plan = blank(Week.parse(week), str(warehouse), place, NOW, Settings())
    return replace(plan, sources=sources, is_replay=True, **columns)


def collected(warehouse: Path | str, week: str, **answers: Answer) -> Lake:
    """Collect a week from the sources' answers; return the lake."""
    stages.collect(plan_of(warehouse, week, *answers), {name: answer(name, given) for name, given in answers.items()})
    return Lake(warehouse)


def published(warehouse: Path | str, week: str, **answers: Answer) -> Release:
    """Publish a week from the sources' answers."""
    collected(warehouse, week, **answers)
    plan = plan_of(warehouse, week, *answers)
    for stage in stages.STAGES.values():
        stage(plan)
    return stages.publish_week(plan)


def _listing(source: str, key: str, columns: Mapping[str, Any]) -> Listing:
    town = TOWNS[int(key) % len(TOWNS)] if key.isdigit() else key
    told = {"name": f"Fablab de {town}", "city": town, "country_code": "FR", "url": f"https://{source}.example/{key}"}
    return Listing(**{"source": source, "source_key": key, **told, **columns})
