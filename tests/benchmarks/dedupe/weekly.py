"""What a week costs that remembers the last, beside the same week in full: python -m tests.benchmarks.dedupe.weekly G.

G.parquet are generated listings, G.truth.parquet their labs. The week after is made of them: 1 % of the listings are
gone, 1.5 % are new, 2 % say what another listing of their lab said, 0.2 % have a new name. The two runs must come to
the same in every table and every number, or the command fails. Prints one line of JSON.
"""
# ruff: noqa: T201

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import flows  # noqa: F401  # holds memory as `labs` does
from dedupe import normalize, resolve
from dedupe.ids.carry import Previous
from dedupe.resolve import Resolution

SEED = 7

GONE, NEW, EDITED, RENAMED = 0.01, 0.015, 0.02, 0.002
"""Shares of listings, as in the issue."""


def weeks(listings: pa.Table, truth: pd.DataFrame) -> tuple[pa.Table, pa.Table]:
    """Return a first week and the week after it."""
    rng = np.random.default_rng(SEED)
    kind = rng.random(len(listings))
    first = np.flatnonzero(kind >= NEW)
    rows = np.flatnonzero(kind < 1 - GONE)
    lot = rng.random(len(rows))
    # an edited listing says what the next one of its lab says, in the order of labs
    by_lab = np.argsort(truth["entity_id"].to_numpy(), kind="stable")
    next_of = np.empty(len(listings), dtype=np.int64)
    next_of[by_lab] = np.roll(by_lab, -1)
    said = np.where(lot < EDITED, next_of[rows], rows)
    name = listings["name"].to_pylist()
    for at in np.flatnonzero(lot > 1 - RENAMED):
        name[rows[at]] = f"Atelier {name[rows[at]][::-1].title()}"
    listings = listings.set_column(listings.column_names.index("name"), "name", pa.array(name, pa.string()))
    after = listings.take(pa.array(said))
    for column in ("source", "source_key"):
        after = after.set_column(
            after.column_names.index(column), column, listings[column].take(pa.array(rows)).combine_chunks()
        )
    return listings.take(pa.array(first)), after


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


def previous(week: Resolution, *, remembered: bool) -> Previous:
    """Return what a week came to, with or without its memory."""
    memory = week.decided.compared.memory if remembered else None
    return Previous(week.assignments, week.registry, week.id_bridge, week.listings, week.departed, memory)


def is_same(one: Resolution, two: Resolution) -> bool:
    """Return True when two runs came to the same tables and the same numbers."""
    tables = ("assignments", "registry", "id_bridge", "departed")
    memories = (asdict(week.decided.compared.memory) for week in (one, two))
    numbers = zip(*(memory.values() for memory in memories), strict=True)
    return all(getattr(one, name).equals(getattr(two, name)) for name in tables) and all(
        np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f") for a, b in numbers
    )


def main() -> int:
    path = Path(sys.argv[1])
    first, after = weeks(pq.read_table(path), pd.read_parquet(path.with_suffix(".truth.parquet")))
    clock = Clock()
    normalize.normalize = clock.timed("normalise", normalize.normalize)
    resolve.decide = clock.timed("decide", resolve.decide)
    start = resolve.resolve(first, None, week="2026-W10", policy={})
    runs, told = {}, {}
    for name in ("full", "remembered"):
        clock.seconds.clear()
        began = time.process_time()
        past = previous(start, remembered=name == "remembered")
        runs[name] = resolve.resolve(after, None, week="2026-W11", policy={}, previous=past)
        run = time.process_time() - began
        told[name] = {"run": run, **clock.seconds, "stages": clock.seconds["decide"] - clock.seconds["normalise"]}
    if not is_same(*runs.values()):
        print("the remembered run comes to something else than the full one", file=sys.stderr)
        return 1
    share = {name: round(told["remembered"][name] / told["full"][name], 3) for name in ("stages", "decide", "run")}
    compared = runs["remembered"].decided.compared
    print(json.dumps({**told, "share": share, "pairs": len(compared.pairs), "remembered_pairs": compared.remembered}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
