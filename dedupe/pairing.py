"""A week's listings to compared candidate pairs; what is remembered is not compared again (see `memory`)."""

from dataclasses import dataclass, replace

import numpy as np

from dedupe import blocking, comparison, places, scoring
from dedupe.blocking import BY_RULE, Candidates
from dedupe.imprint import CONTACTS
from dedupe.known import NEW, Known, Source, know
from dedupe.memory import Memory, nothing, version
from dedupe.normalize import Records
from dedupe.scoring import Model
from dedupe.text import Array, Integers


@dataclass(frozen=True)
class Compared:
    """Candidate pairs with their features and log-odds, and what to remember of them.

    Attributes:
        pairs: The pairs, sorted by left and right.
        features: Features x pairs.
        log_odds: One a pair.
        memory: For the next week.
        remembered: How many pairs were not compared again.
    """

    pairs: Candidates
    features: Array
    log_odds: Array
    memory: Memory
    remembered: int


def compare(source: Source, more: tuple[Candidates, ...], model: Model, memory: Memory | None) -> Compared:
    """Return the candidate pairs, compared where they are not remembered.

    Args:
        source: The week's listings.
        more: Pairs that are candidates whether a rule finds them or not.
        model: The model.
        memory: What last week's run remembered, or None: then everything is new.
    """
    memory = memory if memory is not None and memory.version == version(model) else nothing()
    records, known = know(source, memory)
    standing, number = _standing(known, memory)
    found = blocking.pairs(known.imprints, source.followers, known.touched if len(memory.digest) else None)
    pairs, place = blocking.united(standing, found, *more)
    held = np.flatnonzero(pairs.rules)
    pairs, place = pairs.take(held), place[held]
    is_known = (place >= 0) & ~(known.is_restated[pairs.left] | known.is_restated[pairs.right])
    fresh = pairs.take(np.flatnonzero(~is_known))
    rows = np.unique(np.concatenate([fresh.left, fresh.right]))
    if len(records) == len(source.listings):
        rows = np.arange(len(records))
    else:
        records = source.records(rows)
    compared, told = _compare(_settled(records, known, rows), known, rows, (fresh, model))
    remembered = number[place[is_known]]
    features = _put(is_known, compared, memory.features, remembered)
    log_odds = _put(is_known, told[None], memory.log_odds[None], remembered)[0]
    kept = Memory(
        version(model), known.digest, known.imprints.numbers, known.is_centroid, known.imprints.is_nowhere,
        known.spread, pairs.left.astype(np.int32), pairs.right.astype(np.int32), pairs.rules, features, log_odds,
    )  # fmt: skip
    return Compared(pairs, features, log_odds, kept, len(remembered))


def _standing(known: Known, memory: Memory) -> tuple[Candidates, Integers]:
    """Return last week's pairs of listings that are as they were, with the rules that still hold, and their numbers."""
    kept = np.flatnonzero(known.old >= 0)
    now = np.full(len(memory.digest), NEW, dtype=np.int64)
    now[known.old[kept]] = kept
    left, right = now[memory.left], now[memory.right]
    number = np.flatnonzero((left >= 0) & (right >= 0))
    left, right = left[number], right[number]
    rules = memory.rules[number] & BY_RULE & ~(known.touched[left] & known.touched[right])
    # the order of listings that are as they were is that of their keys, last week and this: the pairs are in order
    return Candidates(left, right, rules), number


def _settled(records: Records, known: Known, rows: Integers) -> Records:
    where = places.settled(records.places, known.is_centroid[rows], known.imprints.is_nowhere[rows])
    return replace(records, places=where)


def _compare(records: Records, known: Known, rows: Integers, asked: tuple[Candidates, Model]) -> tuple[Array, Array]:
    """Return the features and the log-odds of pairs of the listings at those rows."""
    pairs, model = asked
    place = np.empty(len(known.old), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    own = Candidates(place[pairs.left], place[pairs.right], pairs.rules)
    served = dict(zip(CONTACTS, known.spread[:, rows], strict=True))
    features = comparison.compare(records, own, served)
    return features, scoring.log_odds(features, model)


def _put(is_known: Array, fresh: Array, before: Array, remembered: Integers) -> Array:
    """Return the rows of a matrix whose columns are partly remembered."""
    if not len(remembered):
        return fresh
    result = np.empty((len(fresh), len(is_known)), dtype=np.float32)
    known, other = np.flatnonzero(is_known), np.flatnonzero(~is_known)
    for row, new, old in zip(result, fresh, before, strict=True):
        row[known], row[other] = old[remembered], new
    return result
