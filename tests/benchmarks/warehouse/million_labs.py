"""A million fictional labs, and the publication of labs.parquet measured against a bare pyarrow write and read.

Run as a program it prints one JSON line: `python -m tests.benchmarks.warehouse.million_labs bare|proven ROWS`.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.warehouse.fabricate import W40
from warehouse import parquet
from warehouse.proof import prove_table, require_proven
from warehouse.release.files import write_table
from warehouse.release.reading import second_reader
from warehouse.schema import SCHEMA_VERSION, Lab, conform

WORDS = np.array(
    "atelier fabrique laser bois métal prusa couture robot forge numérique partagé ouvert quai halle".split()  # noqa: SIM905
)


def labs_of(rows: int) -> pa.Table:
    """Return so many labs, filled as real ones are: about half the columns, a description of 30 words each third."""
    dice = np.random.default_rng(7)
    alphabet = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", "u1")
    ids = alphabet[dice.integers(0, 32, (rows, 13))].reshape(-1).view("S13").astype("U13")
    number = np.arange(rows).astype("U7")

    def prose(words: int, share: float) -> pa.Array:
        columns = [pa.array(WORDS[dice.integers(0, len(WORDS), rows)]) for _ in range(words)]
        text = pc.binary_join_element_wise(*columns, " ")
        return pc.if_else(pa.array(dice.random(rows) < share), text, pa.scalar(None, pa.string()))

    columns = {
        "lab_id": np.char.add("lab-", ids),
        "name": pc.binary_join_element_wise(prose(2, 1), pa.array(number), " "),
        "description": prose(30, 0.35),
        "street": pc.binary_join_element_wise(pa.array(number), prose(2, 0.8), " rue "),
        "postcode": dice.integers(1000, 99999, rows).astype("U5"),
        "city": prose(1, 1),
        "commune": prose(1, 1),
        "website": pc.binary_join_element_wise("https://", pa.array(number), ".example", ""),
        "kinds": pa.ListArray.from_arrays(np.arange(rows + 1, dtype="i4"), prose(1, 1)),
        "country_code": pa.array(["FR"] * rows),
        "lat": dice.uniform(42, 51, rows),
        "lon": dice.uniform(-4, 8, rows),
        "geo_method": pa.array(["source"] * rows),
        "geo_precision_m": dice.uniform(5, 500, rows),
        "archetype": dice.integers(1, 7, rows).astype("U1"),
        "archetype_score": dice.random(rows),
        "status": pa.array(["active"] * rows),
        "first_seen": pa.array([W40.monday] * rows),
        "staleness_weeks": np.zeros(rows, "i8"),
        "sources": pa.ListArray.from_arrays(np.arange(rows + 1, dtype="i4"), pa.array(["network"] * rows)),
    }
    return parquet.canonical(conform(pa.table(columns), Lab), Lab)


def bare(labs: pa.Table, folder: Path) -> None:
    """Write with plain pyarrow at the same compression, and read once."""
    pq.write_table(labs, folder / "labs.parquet", compression="zstd", compression_level=9)
    pq.read_table(folder / "labs.parquet")


def proven(labs: pa.Table, folder: Path) -> None:
    """Write as a release does, and prove what was written with the second reader."""
    file = write_table(folder, "labs", labs, {"labs:schema_version": SCHEMA_VERSION})
    with second_reader(folder, ["labs"]) as reader:
        require_proven(list(prove_table(reader, folder / "labs.parquet", file, SCHEMA_VERSION)))


def main() -> None:
    """Measure one way of writing, in a process of its own."""
    way, rows = sys.argv[1], int(sys.argv[2])
    labs = labs_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        {"bare": bare, "proven": proven}[way](labs, Path(folder))
        seconds = time.perf_counter() - started
        size = (Path(folder) / "labs.parquet").stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found = {"seconds": seconds, "peak_gb": peak, "file_mb": size / 1e6, "table_mb": labs.nbytes / 1e6}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
