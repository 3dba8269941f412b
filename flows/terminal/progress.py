"""Where a run stands, on a terminal: a live table of sources and a bar a stage under the log lines."""

import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from warehouse.schema import SourceState

_STYLES = {"waiting": "dim", "crawling": "cyan", "ok": "green"}
"""Anything else is an event: yellow."""
_ORDER = {"crawling": 0, "ok": 2, "waiting": 3}
"""What happens now stands first, then what went wrong; what nobody needs to look at may fall off a small screen."""


@dataclass(frozen=True)
class _Source:
    state: str = "waiting"
    listings: int | None = None
    seconds: float | None = None
    why: str = ""


class Screen:
    """The sources and stages of the run under way; silent unless `shown` has opened it."""

    def __init__(self) -> None:
        """Start silent."""
        self._is_shown = False
        self._sources: dict[str, _Source] = {}
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def begin(self, week: str, sources: Sequence[str], stages: Sequence[str]) -> None:
        """Start the screen of one week."""
        self._sources = {source: _Source() for source in sources}
        if not self._is_shown:
            return
        columns = (TextColumn(f"{week}  {{task.description:<10}}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(*columns, TimeElapsedColumn())
        self._tasks = {}
        if sources:
            self._tasks["crawl"] = self._bars.add_task("crawl", total=len(sources))
        for stage in stages:
            self._tasks[stage] = self._bars.add_task(stage, total=1, start=False)

    def source_began(self, source: str) -> None:
        """Show that a source is being asked."""
        self._sources[source] = _Source("crawling")

    def source_ended(self, state: SourceState, seconds: float) -> None:
        """Show how a source answered."""
        self._sources[state.source] = _Source(state.state, state.listings, seconds, state.failure or "")
        if self._bars is not None:
            self._bars.advance(self._tasks["crawl"])

    def stage_began(self, stage: str) -> None:
        """Show that a stage runs."""
        if self._bars is not None and stage in self._tasks:
            self._bars.start_task(self._tasks[stage])

    def stage_ended(self, stage: str) -> None:
        """Show that a stage is done."""
        if self._bars is not None and stage in self._tasks:
            self._bars.advance(self._tasks[stage])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what fits the terminal."""
        if self._bars is None:
            return
        room = console.height - len(self._tasks) - 5
        ordered = sorted(self._sources.items(), key=lambda item: (_ORDER.get(item[1].state, 1), item[0]))
        table = Table(box=None, pad_edge=False)
        for title, justify in (
            ("source", "left"),
            ("state", "left"),
            ("listings", "right"),
            ("s", "right"),
            ("", "left"),
        ):
            table.add_column(title, justify="right" if justify == "right" else "left", no_wrap=True)
        for name, source in ordered[: max(room, 3)]:
            listings = "" if source.listings is None else f"{source.listings:,}"
            seconds = "" if source.seconds is None else f"{source.seconds:.1f}"
            state = Text(source.state, style=_STYLES.get(source.state, "yellow"))
            table.add_row(name, state, listings, seconds, Text(source.why))
        hidden = len(ordered) - max(room, 3)
        below = [Text(f"and {hidden} more", style="dim")] if hidden > 0 else []
        yield Group(table, *below, self._bars)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Log to standard error while the block runs; on a terminal with the screen below the lines."""
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._is_shown = console.is_terminal
        handler = _ConsoleHandler(console) if self._is_shown else logging.StreamHandler(sys.stderr)
        logger = logging.getLogger("flows")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False  # Prefect's handler at the root would say each line again
        live = Live(self, console=console, refresh_per_second=4, transient=True) if self._is_shown else None
        try:
            with live or contextlib.nullcontext():
                yield
        finally:
            logger.removeHandler(handler)
            logger.propagate = True
            self._is_shown, self._bars = False, None


class _ConsoleHandler(logging.StreamHandler):  # type: ignore[type-arg]  # the stream is not used
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), markup=False)


PROGRESS = Screen()
"""The screen of this process."""
