"""Where a run stands, on a terminal: one bar under the log lines; nothing where nobody looks."""

import contextlib
import logging
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Bar:
    """One bar for all the steps of a run; silent unless `shown` has opened it."""

    def __init__(self) -> None:
        """Start silent."""
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, title: str, steps: int) -> None:
        """Start the bar of one week."""
        if self._progress is not None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(title, total=steps)

    def step(self) -> None:
        """Say that one step is done."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Log to standard error while the block runs; on a terminal with the bar below the lines."""
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        handler = logging.StreamHandler(sys.stderr)
        if console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
            handler = _ConsoleHandler(console)
        logger = logging.getLogger("flows")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False  # Prefect's handler at the root would say each line again
        try:
            with self._progress or contextlib.nullcontext():
                yield
        finally:
            logger.removeHandler(handler)
            logger.propagate = True
            self._progress = self._task = None


class _ConsoleHandler(logging.StreamHandler):  # type: ignore[type-arg]  # the stream is not used
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), markup=False)


BAR = Bar()
"""The bar of this process."""
