"""What last week's run knows of its listings and pairs, so that this week's does again only what changed.

A remembered run comes to exactly what a full one does, because there is one way to run and a full run is the one in
which every listing is new. Three facts carry it:

1. The numbers of a listing (`imprint`) and its features' side of a pair hang on its own text alone. A listing with the
   digest of last week has the numbers of last week.
2. What hangs on other listings is counted on those numbers: the places a contact value serves, the cities on one exact
   point (`spread`). A value that no listing gained or lost counts what it counted.
3. A block is made of the listings with one key, in the order of their names. A key that no listing gained or lost makes
   the pairs it made. So a pair keeps the rules it was found by unless both its listings have a touched key of that
   rule; the pairs of two such listings are found anew, from whole blocks. That holds for a block that overflows too:
   then pairs of unchanged listings come and go, and those are pairs of one touched block.

The features and log-odds of a pair are kept when both its listings kept their numbers and their counts. What last
week's labs say to a pair (`inertia`) and the clustering are done for all pairs every week: they cost little.
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
        left, right, rules: The pairs.
        features: Their features (features x pairs).
        log_odds: Their log-odds.
    """

    version: str
    digest: Integers
    numbers: Integers
    is_centroid: Array
    is_nowhere: Array
    spread: Array
    left: Integers
    right: Integers
    rules: Integers
    features: Array
    log_odds: Array


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
    return Memory("", none, numbers, never, never, floats, none, none, none.astype(np.int32), features, floats[0])
