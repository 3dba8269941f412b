"""What last week's run knows of its listings and pairs, so that this week's does again only what changed.

A remembered run comes to exactly what a full one does, because there is one way to run and a full run is the one in
which every listing is new. Three facts carry it:

1. The numbers of a listing (`imprint`) and its features' side of a pair hang on its own text alone. A listing with the
   digest of last week has the numbers of last week.
2. What hangs on other listings is counted on those numbers: the places a contact value serves, the cities on one exact
   point (`spread`). A value that no listing gained or lost counts what it counted.
3. A block is made of the listings with one key, in the order of their names. A key that no listing gained or lost makes
   the pairs it made, and where a block is and was small enough to be paired whole, two unchanged listings in it are a
   pair as they were. So such a pair keeps the rules it was found by unless both are in a larger block of that rule that
   gained or lost one (`blocking.Stirred`), where neighbours by name come and go. Those pairs, and all of new listings,
   are found anew, from whole blocks.

The features and log-odds of a pair are kept when both its listings kept their numbers and their counts. What last
week's labs say is added to all pairs every week (`inertia`): it costs little, and tells which scores are other ones.
Where none is, the clusters of last week stand (`reclustering`).
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np

from dedupe.comparison import FEATURES
from dedupe.keys.imprint import COLUMNS, CONTACTS
from dedupe.keys.text import Array, Integers
from dedupe.scoring import Model


@dataclass(frozen=True)
class Memory:
    """Last week's listings and pairs, in numbers; rows are those of last week, in its canonical order.

    Attributes:
        version: Of all that made it; a memory of another version is of no use.
        digest: A hash of all that matching reads of each listing.
        numbers: Its imprint.
        is_centroid, is_nowhere: What its point stood for.
        spread: How many places its contact values served (contacts x listings).
        is_exclusive: True for live listings of sources that list no lab twice.
        is_judged: True for those of which somebody decided something.
        cluster, component: What each was in, named by its lowest row.
        left, right, rules: The pairs.
        features: Their features (features x pairs).
        log_odds: Their log-odds.
        link: Their probability as it was clustered, what was known of earlier weeks included; 0 for a veto.
    """

    version: str
    digest: Integers
    numbers: Integers
    is_centroid: Array
    is_nowhere: Array
    spread: Array
    is_exclusive: Array
    is_judged: Array
    cluster: Integers
    component: Integers
    left: Integers
    right: Integers
    rules: Integers
    features: Array
    log_odds: Array
    link: Array


def version(model: Model) -> str:
    """Return what a memory must have been made by to be of use: model, code of this room, and DuckDB's hashes."""
    return f"{model.version} {_code()} duckdb {duckdb.__version__}"


@cache
def _code() -> str:
    """Return a digest of the code of this room: a key folded in another way must not meet one of last week."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def nothing() -> Memory:
    """Return the memory of a week without listings."""
    none, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    numbers = np.empty((len(COLUMNS), 0), dtype=np.int64)
    floats = np.empty((len(CONTACTS), 0), dtype=np.float32)
    features = np.empty((len(FEATURES), 0), dtype=np.float32)
    return Memory(
        version="", digest=none, numbers=numbers, is_centroid=never, is_nowhere=never, spread=floats,
        is_exclusive=never, is_judged=never, cluster=none, component=none, left=none, right=none,
        rules=none.astype(np.int32), features=features, log_odds=floats[0], link=floats[0],
    )  # fmt: skip
