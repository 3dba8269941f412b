"""What was compared last week, so that this week compares only what changed; the result is that of comparing it all."""

from dataclasses import dataclass

import numpy as np

from dedupe import comparison, scoring, text
from dedupe.blocking import Candidates
from dedupe.normalize import Records
from dedupe.scoring import Model
from dedupe.spread import spreads
from dedupe.text import Array, Integers

_POSITIVE = np.int64((1 << 63) - 1)


@dataclass(frozen=True)
class Memory:
    """Compared pairs by what was compared, never by which listing it was.

    The features of a pair depend on nothing but two fingerprints, so a remembered pair is exactly what comparing it
    again would give: also when a source renumbers all its keys.

    Attributes:
        version: Of the model; a memory of another version is of no use.
        pairs: One number for the two fingerprints of each pair.
        features: Features of each pair (features x pairs).
        log_odds: Log-odds of each pair.
    """

    version: str
    pairs: Integers
    features: Array
    log_odds: Array


@dataclass(frozen=True)
class Compared:
    """Features and log-odds of candidate pairs, and what to remember of them.

    Attributes:
        features: Features x pairs.
        log_odds: One a pair.
        memory: For the next week.
        remembered: How many pairs were not compared again.
    """

    features: Array
    log_odds: Array
    memory: Memory
    remembered: int


def compare(records: Records, pairs: Candidates, model: Model, memory: Memory | None) -> Compared:
    """Return the features and the log-odds of the pairs, compared only where they are not remembered.

    Args:
        records: The records.
        pairs: The candidate pairs.
        model: The model.
        memory: What last week's run remembered, or None.
    """
    spread = spreads(records)
    fingerprint = fingerprints(records, spread)
    key = text.mix(fingerprint[pairs.left], fingerprint[pairs.right])
    features = np.empty((len(comparison.FEATURES), len(pairs)), dtype=np.float32)
    log_odds = np.empty(len(pairs), dtype=np.float32)
    known = np.zeros(len(pairs), dtype=bool)
    if memory is not None and memory.version == model.version and len(memory.pairs):
        place, known = _places(np.asarray(memory.pairs), key)
        log_odds[known] = memory.log_odds[place[known]]
        for number in range(len(features)):
            features[number, known] = memory.features[number][place[known]]
    fresh = np.flatnonzero(~known)
    compared = comparison.compare(records, pairs.take(fresh), spread)
    features[:, fresh] = compared
    log_odds[fresh] = scoring.log_odds(compared, model)
    return Compared(features, log_odds, Memory(model.version, key, features, log_odds), int(known.sum()))


def _places(known: Integers, wanted: Integers) -> tuple[Integers, Array]:
    """Return where each wanted number stands among the known ones, and whether it does."""
    by_known, by_wanted = np.argsort(known), np.argsort(wanted)
    # in order on both sides, so that the search walks memory instead of jumping in it
    found = np.minimum(np.searchsorted(known[by_known], wanted[by_wanted]), len(known) - 1)
    place = np.empty(len(wanted), dtype=np.int64)
    place[by_wanted] = by_known[found]
    return place, known[place] == wanted


def fingerprints(records: Records, spread: dict[str, Array]) -> Integers:
    """Return one hash a record of all that the features of its pairs depend on."""
    names, places = records.names, records.places
    n = len(records)
    columns = (
        records.source, records.site, records.page, records.link, records.mail_host, records.email, records.phone,
        records.handle, records.register, places.country, places.postcode, places.city, places.commune, places.street,
        places.number,
    )  # fmt: skip
    variants = np.zeros(n, dtype=np.int64)
    # a sum: the names of a record have no order that matters
    with np.errstate(over="ignore"):
        np.add.at(variants, names.record, text.mix(np.maximum(names.spelled.hashes, 0), names.joined.hashes) >> 8)
    result = text.mix(variants & _POSITIVE, np.maximum(names.joined.hashes[:n], 0))
    for coded in columns:
        result = text.mix(result, np.maximum(coded.hashes, 0))
    for column in (places.lat, places.lon, places.precision_m, *spread.values()):
        bits = np.ascontiguousarray(column, dtype=np.float64).view(np.int64) & _POSITIVE
        result = text.mix(result, bits)
    return result
