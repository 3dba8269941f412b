"""A week's run to the lines that tell it: about thirty for twenty-six sources, whatever happens to them."""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flows.planning.plan import NOT_ASKED
from flows.sources.crawling import Crawl
from flows.terminal.progress import PROGRESS
from warehouse.report.untrusted import plain

logger = logging.getLogger(__name__)
# Prefect gives loggers it is told of its handlers, but leaves them at the level of the root: warnings alone.
logging.getLogger("flows").setLevel(logging.INFO)

_EVENTFUL_LINES = 12
"""So many sources that gave nothing to believe have a line each; more of them share lines by what they failed by."""
_NAMED = 8
_EVIDENCE = 160
"""Characters of evidence in a line; `sources` and its artifact have all of it."""
_COUNTS: Mapping[str, str] = {
    "collect": "listings that count",
    "locate": "listings have a point",
    "resolve": "labs",
    "classify": "labs have an archetype",
    "fuse": "labs written",
    "check": "gates passed",
    "retain": "weeks past retention emptied",
}
"""What the count a stage returns counts."""


class Story:
    """What happens to one week, told as it happens: to the log, and to the screen where there is one."""

    def __init__(self, week: str, sources: Sequence[str], stages: Sequence[str]) -> None:
        """Begin to tell of a week that will crawl the sources and run the stages."""
        self._week, self._total = week, len(sources)
        self._asking: dict[str, None] = {}
        self._crawls: list[Crawl] = []
        self._steps, self._done = len(sources) + len(stages), 0
        self._started = time.monotonic()
        PROGRESS.begin(week, sources, stages)

    @property
    def percent(self) -> float:
        """How much of the run is done, 0-100: sources answered and stages run."""
        return 100.0 * self._done / self._steps if self._steps else 100.0

    def begins(self, how: str) -> None:
        """Tell that the run begins, and how."""
        self._say("begins: %s", how)

    def began(self, source: str) -> None:
        """Note that a source is being asked."""
        self._asking[source] = None
        PROGRESS.source_began(source)

    def ended(self, crawl: Crawl) -> None:
        """Note how a source answered; tell at each quarter of the sources how far the crawl is."""
        self._asking.pop(crawl.state.source, None)
        self._crawls.append(crawl)
        self._done += 1
        PROGRESS.source_ended(crawl.state, crawl.seconds)
        done, total = len(self._crawls), self._total
        if total >= 8 and done < total and done * 4 // total > (done - 1) * 4 // total:
            asking = _some(list(self._asking), _NAMED)
            self._say("crawl: %d of %d sources after %.0f s; being asked: %s", done, total, self._seconds, asking)

    def verdicts(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Tell what became of the sources: each one that gave nothing to believe, and the others as one."""
        well = [row for row in states if row["state"] == "ok"]
        idle = [row["source"] for row in states if row["failure"] in NOT_ASKED]
        eventful = [row for row in states if row["state"] != "ok" and row["failure"] not in NOT_ASKED]
        if len(eventful) <= _EVENTFUL_LINES:
            for row in eventful:
                self._say("source %s: %s", row["source"], _verdict(row))
        else:
            failures = Counter((row["state"], row["failure"]) for row in eventful)
            for (state, failure), count in failures.most_common(_EVENTFUL_LINES):
                names = [row["source"] for row in eventful if (row["state"], row["failure"]) == (state, failure)]
                self._say("%d sources %s (%s): %s", count, state, failure, _some(names, _NAMED))
            if rest := sum(count for _, count in failures.most_common()[_EVENTFUL_LINES:]):
                self._say("%d more sources gave nothing to believe, each by another failure", rest)
        slowest = max(self._crawls, key=lambda crawl: crawl.seconds, default=None)
        kept = sum(row["listings_kept"] or 0 for row in well)
        told = f"; {kept:,} listing{'s' * (kept != 1)} of silent entries kept" if kept else ""
        told += f"; slowest {slowest.state.source}, {slowest.seconds:.1f} s" if slowest else ""
        told += f"; not asked this week: {_some(idle, _NAMED)}" if idle else ""
        listings, rejections = (sum(row[name] for row in well) for name in ("listings", "rejections"))
        read = f"{listings - kept:,}"
        self._say("%d sources ok: %s listings, %s rejections%s", len(well), read, f"{rejections:,}", told)

    @contextmanager
    def stage(self, name: str) -> Iterator[list[Any]]:
        """Tell of a stage when the block has run; the block puts what the stage returned into the list."""
        started = time.monotonic()
        result: list[Any] = []
        PROGRESS.stage_began(name)
        yield result
        self._done += 1
        PROGRESS.stage_ended(name)
        found = result[0]
        told = f"{found:,} {_COUNTS[name]}" if isinstance(found, int) else found.result
        self._say("%s: %s, %.1f s", name, told, time.monotonic() - started)

    def ends(self, result: str, told: str) -> None:
        """Tell what became of the week."""
        level = logging.ERROR if result == "held" else logging.INFO
        self._say("%s after %.0f s: %s", result, self._seconds, plain(told, 1_000), level=level)

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _say(self, text: str, *values: Any, level: int = logging.INFO) -> None:
        logger.log(level, f"%s  {text}", self._week, *values)


def _verdict(row: Mapping[str, Any]) -> str:
    why = plain(": ".join(filter(None, (row["failure"], row["evidence"]))), _EVIDENCE)
    if row["state"] == "carried_forward":
        weeks = row["staleness_weeks"]
        kept = f"{row['listings']:,} listings of {row['listings_week']} kept ({weeks} week{'s' * (weeks != 1)} old)"
        return f"carried forward, {kept}: {why}"
    return f"{row['state']}, nothing to keep: {why}"


def _some(names: Sequence[str], most: int) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "") if names else "none"
