"""Our clusters of generated listings, in a process of its own: python -m tests.benchmarks.dedupe.ours LISTINGS OUT."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

import flows  # noqa: F401  # holds memory as `labs` does
from dedupe.order import canonical
from dedupe.resolve import decide


def main() -> None:
    source, target = sys.argv[1:]
    listings = canonical(pq.read_table(source))
    decided = decide(listings, None, {})
    table = listings.select(["source", "source_key"]).append_column("t0", pa.array(decided.cluster))
    pq.write_table(table, target)
    print(len(decided.pairs))  # noqa: T201


if __name__ == "__main__":
    main()
