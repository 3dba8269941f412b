"""A run's crawls, and what the week's tables hold of the sources it does not read again, to what a week is made from.

So a run of some sources takes nothing from the others: they keep the week's own listings, states and verdicts.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawlers.guards.failures import FAILURES
from flows.planning.plan import NOT_ASKED
from flows.sources.crawling import TABLES, Crawl
from warehouse.lake import Lake
from warehouse.schema import Check, Row, SourceState, conform
from warehouse.weeks import Week

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Collected:
    """What a week is collected from."""

    read: Mapping[str, Crawl]
    """Sources read in this run."""
    tables: Mapping[str, pa.Table]
    """pages, listings, rejections, unanswered, sources and checks of the sources that stay as they stood."""

    def of(self, table_name: str) -> pa.Table:
        """Return one table of both."""
        row = TABLES[table_name]
        parts = [crawl.tables[table_name] for crawl in self.read.values()]
        return conform(pa.concat_tables([*parts, self.tables[table_name]]), row)

    @property
    def states_read(self) -> pa.Table:
        """The states of the sources read in this run."""
        return SourceState.table([crawl.state for crawl in self.read.values()])


def collected(lake: Lake, week: Week, crawls: Mapping[str, Crawl]) -> Collected:
    """Return this run's crawls beside what stands of the other sources; nothing stands in a week without tables.

    A source that answered well when the week was made and does not now stays as it stood: pages that today's code no
    longer reads, or a site that is away today, take nothing from a week that had them.
    """
    rows: dict[str, type[Row]] = {**TABLES, "sources": SourceState, "checks": Check}
    if not lake.has("sources", week):
        return Collected(crawls, {name: row.arrow_schema().empty_table() for name, row in rows.items()})
    states = {state["source"]: state for state in lake.read("sources", week).to_pylist()}
    read = {}
    for source, crawl in crawls.items():
        if crawl.state.state != "ok" and source in states and states[source]["state"] == "ok":
            why = f"{crawl.state.failure}: {crawl.state.evidence}"
            logger.warning("%s  source %s stays as it stood: %s", week, source, why)
        else:
            read[source] = crawl
    # who was not asked then is not told of: whether its listings still count is decided again
    told = {source for source, state in states.items() if state["failure"] not in NOT_ASKED}
    kept = pa.array(sorted(told - read.keys()), pa.string())
    tables = {
        name: (table := lake.kept(name, week)).filter(
            pc.is_in(table["subject" if name == "checks" else "source"], value_set=kept)
        )
        for name in rows
    }
    stood = [SourceState(**_as_read(states[source])) for source in kept.to_pylist()]
    return Collected(read, tables | {"sources": SourceState.table(stood)})


def _as_read(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state as the crawl gave it: whether its listings are carried forward is decided again."""
    if state["state"] != "carried_forward":
        return state
    known = {str(failure): one.state for failure, one in FAILURES.items()}
    return state | {"state": known.get(state["failure"], "failed")}
