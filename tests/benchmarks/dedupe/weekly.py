"""What a week costs that remembers the last, beside the same week in full: python -m tests.benchmarks.dedupe.weekly G.

G.parquet are generated listings, G.truth.parquet their labs. Three weeks are made of them: every week 1 % of the
listings are gone, 1.5 % are new, 2 % say what another listing of their lab said, 0.2 % have a new name. The second week
is the first in which last week's labs speak for every pair; the third is one like all that follow. Every run is
`labs dedupe` in a process of its own; the remembered and the full one of a week must write the same bytes, or the
command fails. Prints one line of JSON.
"""
# ruff: noqa: T201

import filecmp
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import flows  # noqa: F401  # holds memory as `labs` does
from dedupe import normalize, resolve, tables

SEED = 7

WEEKS = 3

GONE, NEW, EDITED, RENAMED = 0.01, 0.015, 0.02, 0.002
"""Shares of listings a week, as in the issue."""


def weeks(listings: pa.Table, truth: pd.DataFrame) -> list[pa.Table]:
    """Return the listings of each week."""
    rng = np.random.default_rng(SEED)
    n = len(listings)
    lot = rng.random(n)
    comes = np.where(lot < NEW * (WEEKS - 1), 1 + (lot // NEW).astype(int), 0)
    goes = np.where(lot > 1 - GONE * (WEEKS - 1), 1 + ((1 - lot) // GONE).astype(int), WEEKS)
    # an edited listing says what the next one of its lab says, in the order of labs
    by_lab = np.argsort(truth["entity_id"].to_numpy(), kind="stable")
    next_of = np.empty(n, dtype=np.int64)
    next_of[by_lab] = np.roll(by_lab, -1)
    said = np.arange(n)
    name = listings["name"].to_pylist()
    found = []
    for week in range(WEEKS):
        if week:
            lot = rng.random(n)
            said = np.where(lot < EDITED, next_of[said], said)
            for at in np.flatnonzero(lot > 1 - RENAMED):
                name[at] = f"Atelier {name[at][::-1].title()}"
        rows = np.flatnonzero((comes <= week) & (week < goes))
        own = {"source": rows, "source_key": rows}
        columns = {"name": pa.array(name, pa.string())}
        found.append(
            pa.table({
                column: columns.get(column, listings[column]).take(pa.array(own.get(column, said[rows])))
                for column in listings.column_names
            })
        )  # fmt: skip
    return found


class Clock:
    """CPU seconds of functions, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, its CPU seconds counted."""

        def run(*arguments: Any, **options: Any) -> Any:
            start = time.process_time()
            result = function(*arguments, **options)
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start
            return result

        return run


def measure(listings: Path, out: Path, previous: Path | None) -> None:
    """Run `labs dedupe` and print what it took: CPU seconds of its stages, peak memory, the lines it tells."""
    clock = Clock()
    normalize.normalize = clock.timed("normalise", normalize.normalize)
    resolve.decide = clock.timed("decide", resolve.decide)
    tables.resolve = clock.timed("run", resolve.resolve)
    summary = tables.run(listings, out, previous=previous)
    told = {**clock.seconds, "stages": clock.seconds["decide"] - clock.seconds["normalise"]}
    told |= {"command": time.process_time(), "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}
    print(json.dumps({**told, "pairs": summary.pairs, "notes": summary.notes}))


def run(listings: Path, out: Path, previous: Path | None) -> dict[str, Any]:
    """Return what `measure` prints in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.dedupe.weekly", *map(str, (listings, out, previous or "-"))]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def is_same(one: Path, two: Path) -> bool:
    """Return True when two folders hold the same files, byte for byte."""
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) for folder in (one, two)
    ]
    return names[0] == names[1] and filecmp.cmpfiles(one, two, names[0], shallow=False)[1:] == ([], [])


def main() -> int:
    if len(sys.argv) > 2:
        listings, out, previous = sys.argv[1:]
        measure(Path(listings), Path(out), None if previous == "-" else Path(previous))
        return 0
    path = Path(sys.argv[1])
    told = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for week, listings in enumerate(
            weeks(pq.read_table(path), pd.read_parquet(path.with_suffix(".truth.parquet")))
        ):
            source = folder / f"{week}.parquet"
            pq.write_table(listings, source)
            before, out, full = (folder / name for name in (f"labs{week - 1}", f"labs{week}", "full"))
            if not week:
                run(source, out, None)
                continue
            part = run(source, out, before)
            (before / "state").rename(folder / "forgotten")
            told[f"week {week + 1}"] = {"remembered": part, "full": run(source, full, before)}
            (folder / "forgotten").rename(before / "state")
            if not is_same(out, full):
                print(f"week {week + 1}: the remembered run comes to something else than the full one", file=sys.stderr)
                return 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
