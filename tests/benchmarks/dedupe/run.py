"""Side by side on generated listings: quality, wall and CPU seconds, peak memory of ours and the peers.

python -m tests.benchmarks.dedupe.run [--shared ../shared] [--sizes 10000 100000 1000000] [--peers build/peers]
Every run is a process of its own; CPU seconds are of that process and its threads. The generated seed is none the
model was fitted on. A peer is given its best threshold by the truth; we are not. Told after the table: how many times
our CPU seconds Splink needs at the largest size, how our CPU seconds a listing grow from the second largest size to the
largest (medians of three), and what share of a full run a week costs that remembers the last (`weekly`).
"""
# ruff: noqa: T201

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

import flows  # noqa: F401  # sets the environment of `labs`: every run, ours and the peers', has it

SEED = 42

PEERS = {"splink": "splink==4.0.17", "recordlinkage": "recordlinkage==0.16", "rapidfuzz": "rapidfuzz==3.14.6"}
"""Pinned; they live in a virtual environment of their own."""

MOST = {"splink": 1_000_000, "recordlinkage": 100_000, "rapidfuzz": 100_000}
"""Largest size each is run at: the others would need hours or more memory than the machine has."""


@dataclass(frozen=True)
class Run:
    """One measured run."""

    tool: str
    listings: int
    precision: float
    recall: float
    f1: float
    largest: int
    wall_s: float
    cpu_s: float
    peak_gb: float
    note: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peers", type=Path, default=Path("build/peers"), help="made when it is not there")
    parser.add_argument("--runs", type=int, default=3, help="runs of ours the growth is the median of")
    parser.add_argument("--only", nargs="*", default=None, help="tools to run: ours splink recordlinkage rapidfuzz")
    options = parser.parse_args()
    tools = options.only or ["ours", *PEERS]
    if set(tools) - {"ours"}:
        make_peers(options.peers)
    print(
        f"{'tool':14} {'listings':>9} {'P':>6} {'R':>6} {'F1':>6} {'largest':>7} {'wall s':>7} {'CPU s':>7} {'GB':>5}"
    )
    rows: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        sources = {size: generate(options.shared, size, Path(folder)) for size in sorted(options.sizes)}
        for size, source in sources.items():
            for tool in tools:
                if size <= MOST.get(tool, size):
                    rows.append(measure(tool, source, options.peers, size))
                    show(rows[-1])
        if "ours" in tools:
            for size, source in list(sources.items())[-2:]:
                for _ in range(options.runs - 1):
                    rows.append(measure("ours", source, options.peers, size))
                    show(rows[-1])
            largest = sources[max(sources)]
            told = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.dedupe.weekly", str(largest)],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            summarize(rows, json.loads(told.stdout))
    return 0


def show(row: Run) -> None:
    """Print one run."""
    print(
        f"{row.tool:14} {row.listings:9} {row.precision:6.4f} {row.recall:6.4f} {row.f1:6.4f} "
        f"{row.largest:7} {row.wall_s:7.1f} {row.cpu_s:7.1f} {row.peak_gb:5.2f} {row.note}",
        flush=True,
    )


def summarize(rows: list[Run], weeks: dict[str, Any]) -> None:
    """Print the figures that are ratios within this run."""
    cpu = {
        (tool, size): statistics.median(row.cpu_s for row in rows if (row.tool, row.listings) == (tool, size))
        for tool, size in {(row.tool, row.listings) for row in rows}
    }
    *_, small, large = (0, *sorted(size for tool, size in cpu if tool == "ours"))
    if ("splink", large) in cpu:
        print(f"Splink needs {cpu['splink', large] / cpu['ours', large]:.2f} times our CPU seconds at {large}")
    if small:
        growth = cpu["ours", large] / large / (cpu["ours", small] / small)
        print(f"CPU a listing at {large} is {growth:.2f} times that at {small}, medians")
    for name, runs in weeks.items():
        full, part = runs["full"], runs["remembered"]
        print(
            f"{name} of {large} remembered comes to the same as in full; blocking to clustering take "
            f"{part['stages']:.1f} CPU s, {part['stages'] / full['run']:.1%} of the {full['run']:.1f} of a full run "
            f"and {part['stages'] / full['stages']:.1%} of its {full['stages']:.1f} for the same, with normalising "
            f"{part['decide']:.1f} of {full['decide']:.1f} ({part['decide'] / full['decide']:.1%}), with ids "
            f"{part['run']:.1f} ({part['run'] / full['run']:.1%}), `labs dedupe` with its files "
            f"{part['command']:.1f} of {full['command']:.1f}, "
            f"at most {part['peak_gb']:.2f} and {full['peak_gb']:.2f} GB; {part['notes'][0]}"
        )


def make_peers(folder: Path) -> None:
    """Make the peers' virtual environment."""
    if not (folder / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        packages = [*PEERS.values(), "pyarrow", "pandas", "scipy"]
        subprocess.run([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *packages], check=True)


def generate(shared: Path, size: int, folder: Path) -> Path:
    """Return generated listings; their truth lies beside them."""
    out = folder / f"{size}.parquet"
    command = [sys.executable, str(shared / "tools/generate_labs.py"), "--n", str(size), "--seed", str(SEED)]
    subprocess.run([*command, "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
    return out


def measure(tool: str, source: Path, peers: Path, size: int) -> Run:
    """Return one run of one tool."""
    target = source.with_suffix(f".{tool}.out")
    if tool == "ours":
        command = [sys.executable, "-m", "tests.benchmarks.dedupe.ours", str(source), str(target)]
    else:
        script = Path(__file__).with_name("peers.py")
        command = [str(peers / "bin/python"), str(script), tool, str(source), str(target)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    # the peak of one child cannot be told from that of the children before it, so a child of ours asks for it
    told = subprocess.run([sys.executable, "-c", _PEAK, *command], check=True, capture_output=True, text=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(told.stdout.strip().splitlines()[-1]) / 1e6
    truth = pq.read_table(source.with_suffix(".truth.parquet")).to_pandas().set_index(["source", "source_key"])
    found = pd.read_parquet(target).set_index(["source", "source_key"])
    entity = truth["entity_id"].reindex(found.index).to_numpy()
    scored = {name: quality(found[name].to_numpy(), entity) for name in found.columns}
    best = max(scored, key=lambda name: scored[name][2])
    note = f"pairs {told.stdout.split()[0]}" if tool == "ours" else f"best of {len(scored)} thresholds: {best}"
    return Run(tool, size, *scored[best], wall, cpu, peak, note)


_PEAK = (
    "import resource,subprocess,sys; subprocess.run(sys.argv[1:],check=True,stderr=subprocess.DEVNULL);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def quality(cluster: np.ndarray, entity: np.ndarray) -> tuple[float, float, float, int]:
    """Return pairwise precision, recall and F1, and the size of the largest cluster."""
    names = pd.factorize(cluster)[0].astype(np.int64)
    both = pairs_in(names * (int(entity.max()) + 1) + entity)
    found, true = pairs_in(names), pairs_in(entity)
    return both / max(found, 1), both / true, 2 * both / (found + true), int(np.bincount(names).max())


def pairs_in(names: np.ndarray) -> int:
    """Return the number of pairs of rows with one name."""
    counts = np.unique(names, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


if __name__ == "__main__":
    sys.exit(main())
