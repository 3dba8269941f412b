"""A week's listings to compared candidate pairs; what is remembered is not compared again (see `memory`)."""

from dataclasses import dataclass, replace

import numpy as np

from dedupe import blocking, candidates, comparison, scoring
from dedupe.candidates import Candidates
from dedupe.keys import places
from dedupe.keys.imprint import CONTACTS
from dedupe.keys.text import Array, Integers
from dedupe.last_week.known import NEW, Given, Known, know
from dedupe.last_week.memory import Memory, nothing, version
from dedupe.normalize import Records
from dedupe.rules import BY_RULE, LAST_WEEK
from dedupe.scoring import Model


@dataclass(frozen=True)
class Asked:
    """Pairs that are compared whether a rule finds them or not.

    Attributes:
        judged: Those that somebody judged.
        lab: A number for the lab each listing was last week, -1 for none, or None when nothing is known of it: those
            that were one lab.
    """

    judged: Candidates
    lab: Integers | None


@dataclass(frozen=True)
class Features:
    """The features of pairs: those of remembered pairs stay where last week's run left them until they are asked for.

    Attributes:
        before: Of last week's pairs (features x pairs).
        fresh: Of the pairs compared this week.
        place: Which of `before` and then `fresh` each pair has; when `before` is empty, they stand in order.
    """

    before: Array
    fresh: Array
    place: Integers

    def of(self, pairs: Array | slice) -> Array:
        """Return the feature matrix of those pairs (features x pairs)."""
        old = self.before.shape[1]
        if not old:
            return self.fresh[:, pairs]
        place = self.place[pairs]
        is_old = np.flatnonzero(place < old)
        is_fresh = np.flatnonzero(place >= old)
        result = np.empty((len(self.fresh), len(place)), dtype=np.float32)
        for row, before, fresh in zip(result, self.before, self.fresh, strict=True):
            row[is_old], row[is_fresh] = before[place[is_old]], fresh[place[is_fresh] - old]
        return result

    def column(self, name: str) -> Array:
        """Return one feature of all pairs."""
        number = list(comparison.FEATURES).index(name)
        before, fresh = self.before[number], self.fresh[number]
        own: Array = np.concatenate([before, fresh])[self.place] if len(before) else fresh
        return own


@dataclass(frozen=True)
class Compared:
    """Candidate pairs with their features and log-odds.

    Attributes:
        pairs: The pairs, sorted by left and right.
        features: Their features.
        log_odds: One a pair.
        remembered: How many pairs were not compared again.
        known: What was known of the listings.
        number: Which pair of last week each is, `NEW` for none.
        before: The memory of last week; that of nothing when there was none of use.
    """

    pairs: Candidates
    features: Features
    log_odds: Array
    remembered: int
    known: Known
    number: Integers
    before: Memory


def compare(given: Given, asked: Asked, model: Model, memory: Memory | None) -> Compared:
    """Return the candidate pairs, compared where they are not remembered.

    Args:
        given: The week's listings.
        asked: Pairs that are candidates whether a rule finds them or not.
        model: The model.
        memory: What last week's run remembered, or None: then everything is new.
    """
    memory = memory if memory is not None and memory.version == version(model) else nothing()
    records, known = know(given, memory)
    standing, number = _standing(known, memory)
    found = blocking.pairs(known.imprints, given.followers, known.stirred)
    pairs, place = candidates.united(standing, found)
    pairs, origin = candidates.united(pairs, asked.judged)
    place = np.append(place, -1)[origin]
    if asked.lab is not None:
        pairs, origin = candidates.completed(pairs, asked.lab, LAST_WEEK)
        place = np.append(place, -1)[origin]
    held = np.flatnonzero(pairs.rules)
    pairs, place = pairs.take(held), place[held]
    is_known = (place >= 0) & ~known.tells_otherwise(pairs)
    fresh = pairs.take(np.flatnonzero(~is_known))
    if len(records) == len(given.listings):
        rows = np.arange(len(records))
    else:
        rows = np.flatnonzero(fresh.among(len(given.listings)))
        records = given.records(rows)
    compared = _compare(_settled(records, known, rows), known, rows, fresh)
    # normalised listings are as large as the features of their pairs, and the trees ask for the latter alone
    del records
    told = scoring.log_odds(compared, model)
    number = np.append(number, NEW)[place]
    where = number.copy()
    where[~is_known] = np.arange(len(fresh)) + len(memory.left)
    log_odds = np.concatenate([memory.log_odds, told])[where] if len(memory.left) else told
    features = Features(memory.features, compared, where)
    return Compared(pairs, features, log_odds, len(pairs) - len(fresh), known, number, memory)


def _standing(known: Known, memory: Memory) -> tuple[Candidates, Integers]:
    """Return last week's pairs of listings that are as they were, with the rules that still hold, and their numbers."""
    left, right = known.now[memory.left], known.now[memory.right]
    number = np.flatnonzero((left >= 0) & (right >= 0))
    left, right = left[number], right[number]
    rules = memory.rules[number] & BY_RULE
    if known.stirred is not None:
        rules &= ~(known.stirred.blocks[left] & known.stirred.blocks[right])
    # the order of listings that are as they were is that of their keys, last week and this: the pairs are in order
    return Candidates(left, right, rules), number


def _settled(records: Records, known: Known, rows: Integers) -> Records:
    where = places.settled(records.places, known.is_centroid[rows], known.imprints.is_nowhere[rows])
    return replace(records, places=where)


def _compare(records: Records, known: Known, rows: Integers, pairs: Candidates) -> Array:
    """Return the features of pairs of the listings at those rows."""
    place = np.empty(len(known.old), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    own = Candidates(place[pairs.left], place[pairs.right], pairs.rules)
    served = dict(zip(CONTACTS, known.spread[:, rows], strict=True))
    return comparison.compare(records, own, served)
