"""Last week's labs to this week's clusters: which lab each cluster continues, by its listings or by what it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.identity import LIKENESS, MEMBERSHIP, RETURN, Claims, assign
from dedupe.ids import succession
from dedupe.ids.recognition import Seen, recognised
from dedupe.ids.succession import NONE
from dedupe.keys import text
from dedupe.keys.text import Array, Integers
from dedupe.last_week.inertia import LastWeek
from dedupe.last_week.memory import Memory
from dedupe.normalize import with_all_columns
from dedupe.order import canonical
from dedupe.policy import Policy, followers
from warehouse.schema import Departed, IdBridge, RegistryEntry, empty

LEAD_VOTE = 1_000_000
"""Votes of a listing an id may hang on, against 1 of a share-alike one: those only decide among themselves."""

_DEPARTED = Departed.arrow_schema()


@dataclass(frozen=True)
class Previous:
    """What last week came to.

    Attributes:
        assignments, registry, id_bridge, departed: As resolve returned them.
        listings: The listings they are about.
        memory: What was compared; None: everything is compared again.
    """

    assignments: pa.Table
    registry: pa.Table
    id_bridge: pa.Table
    listings: pa.Table
    departed: pa.Table
    memory: Memory | None = None


@dataclass(frozen=True)
class Carried:
    """The lab of each listing, and the new books."""

    lab_ids: pa.Array
    registry: pa.Table
    id_bridge: pa.Table
    departed: pa.Table


@dataclass(frozen=True)
class Past:
    """What became of listings of before.

    Attributes:
        lab: Row of the registry of the lab each was.
        continued: The row that continues each of them, `NONE` for none.
        says_the_same: True where that row says the same.
        gone: Those that no row continues, with the lab they were and when that was last published.
    """

    lab: Integers
    continued: Integers
    says_the_same: Array
    gone: pa.Table

    @property
    def lab_of_gone(self) -> Integers:
        """Row of the registry of the lab each of those was that are gone."""
        lab: Integers = self.lab[self.continued == NONE]
        return lab


@dataclass(frozen=True)
class Continuity:
    """What a week needs of the last one: of its listings only those that are gone, a few of a million.

    Attributes:
        registry, id_bridge, memory: Those of `Previous`.
        last_week: What became of last week's listings.
        departed: What became of those that were gone already.
    """

    registry: pa.Table
    id_bridge: pa.Table
    memory: Memory | None
    last_week: Past
    departed: Past

    def told(self, n: int, policy: Policy) -> LastWeek:
        """Return what is known of the n listings of this week."""
        lab = np.full(n, NONE, dtype=np.int64)
        for past in (self.departed, self.last_week):
            rows = np.flatnonzero(past.continued >= 0)
            lab[past.continued[rows]] = past.lab[rows]
        is_same = np.zeros(n, dtype=bool)
        is_same[self.last_week.continued[self.last_week.says_the_same]] = True
        # the last place is that of no lab
        is_bereft = np.zeros(len(self.registry) + 1, dtype=bool)
        for past in (self.departed, self.last_week):
            # what open listings are to each other never hangs on a share-alike one, nor on its loss
            is_bereft[past.lab_of_gone[~followers(past.gone, policy)]] = True
        is_bereft[NONE] = False
        return LastWeek(lab, is_same, is_bereft[lab])


def continuity(listings: pa.Table, previous: Previous) -> Continuity:
    """Return what became of earlier listings among this week's, whose rows are those of their canonical order."""
    listings, registry = canonical(listings), previous.registry
    known, labs = _last_week(previous)
    last_week = _past(known, labs, *succession.successors(known, listings))
    departed = previous.departed
    fresh = _continuing_nothing(len(listings), last_week)
    back, is_same = succession.successors(departed, listings.take(pa.array(fresh)))
    back = np.where(back >= 0, np.append(fresh, NONE)[back], NONE)
    labs = succession.row_of(departed["lab_id"], text.flat(registry["lab_id"]))
    return Continuity(registry, previous.id_bridge, previous.memory, last_week, _past(departed, labs, back, is_same))


def carry(
    seen: Seen,
    cluster: Integers,
    before: Continuity | None,
    *,
    week: str,
    issued: Mapping[tuple[str, str], str] | None = None,
) -> Carried:
    """Return the lab of each listing.

    Args:
        seen: This week's listings; an id is rather minted from one that is no follower.
        cluster: Cluster of each, named by its lowest row.
        before: What became of earlier listings; None in the first week.
        week: ISO week of the listings.
        issued: Of a week that is made again: the lab of each listing whose lab was new then.
    """
    number, first = _numbered(cluster, seen.followers)
    minted_from = seen.listings.select(["source", "source_key"]).take(pa.array(first))
    votes = _issued(seen.listings, number, issued or {})
    if before is None:
        outcome = assign(minted_from, Claims.none(), (empty(RegistryEntry), empty(IdBridge)), week, votes)
        departed = empty(Departed)
    else:
        claims = _claims(seen, number, before)
        outcome = assign(minted_from, claims, (before.registry, before.id_bridge), week, votes)
        departed = _departed(before)
    return Carried(outcome.ids.take(pa.array(number)), outcome.registry, outcome.id_bridge, departed)


def _last_week(previous: Previous) -> tuple[pa.Table, Integers]:
    """Return last week's listings with the lab they were and when that was last published, and the labs' rows."""
    listings, assignments = with_all_columns(previous.listings), previous.assignments
    if not all(listings[name].equals(assignments[name]) for name in ("source", "source_key")):
        listings = listings.take(pc.index_in(succession.keys(assignments), succession.keys(listings)))
    labs = succession.row_of(assignments["lab_id"], text.flat(previous.registry["lab_id"]))
    last_seen = previous.registry["last_seen"].take(pa.array(labs, mask=labs == NONE))
    listings = listings.append_column(_DEPARTED.field("lab_id"), assignments["lab_id"].cast(pa.string()))
    return listings.append_column(_DEPARTED.field("last_seen"), last_seen), labs


def _past(listings: pa.Table, lab: Integers, continued: Integers, says_the_same: Array) -> Past:
    return Past(lab, continued, says_the_same, listings.filter(pa.array(continued == NONE)))


def _continuing_nothing(n: int, past: Past) -> Integers:
    is_fresh = np.ones(n, dtype=bool)
    is_fresh[past.continued[past.continued >= 0]] = False
    return np.flatnonzero(is_fresh)


def _numbered(cluster: Integers, followers: Array) -> tuple[Integers, Integers]:
    """Return a number for the cluster of each row, in the order of their first listings, and the rows of those.

    The first listing of a cluster is the one an id is minted from: the first that is no follower, where there is one.
    """
    n = len(cluster)
    first = np.full(n, 2 * n, dtype=np.int64)
    np.minimum.at(first, cluster, np.arange(n) + np.where(followers, n, 0))
    first = np.where(first >= n, first - n, first)[cluster]
    is_first = np.zeros(n, dtype=bool)
    is_first[first] = True
    return np.cumsum(is_first)[first] - 1, np.flatnonzero(is_first)


def _issued(listings: pa.Table, number: Integers, issued: Mapping[tuple[str, str], str]) -> list[tuple[int, str]]:
    """Return the cluster and the lab of each listing whose lab was issued before, -1 for a listing that is gone."""
    if not issued:
        return []
    sources, source_keys = zip(*issued, strict=True)
    wanted = pa.table({"source": pa.array(sources, pa.string()), "source_key": pa.array(source_keys, pa.string())})
    rows = succession.row_of(succession.keys(wanted), succession.keys(listings))
    clusters = np.where(rows >= 0, np.append(number, NONE)[rows], NONE).tolist()
    return sorted(zip(clusters, issued.values(), strict=True))


def _claims(seen: Seen, number: Integers, before: Continuity) -> Claims:
    """Return which labs the clusters continue: by their listings, and what lost all of them by what it is."""
    last_week, departed = before.last_week, before.departed
    claims = [
        _votes(past.lab, past.continued, (number, seen.followers), strength)
        for past, strength in ((last_week, MEMBERSHIP), (departed, RETURN))
    ]
    is_lost = pc.not_equal(before.registry["status"], "erased").to_numpy().copy()
    for claim in claims:
        is_lost[claim.lab] = False
    anyone = np.ones(len(number), dtype=bool)
    fresh = np.zeros(len(number), dtype=bool)
    fresh[_continuing_nothing(len(number), last_week)] = True
    for past, eligible in ((last_week, anyone), (departed, fresh)):
        known = np.flatnonzero(past.lab_of_gone >= 0)
        lab = past.lab_of_gone[known]
        heirs = recognised(past.gone.take(pa.array(known)), is_lost[lab], seen, eligible)
        claims.append(_votes(lab, heirs, (number, seen.followers), LIKENESS))
    return Claims.together(claims)


def _votes(lab: Integers, successor: Integers, current: tuple[Integers, Array], strength: int) -> Claims:
    """Return which lab each cluster continues by the successors of earlier listings, in how many of them."""
    number, followers = current
    rows = np.flatnonzero((successor >= 0) & (lab >= 0))
    width = np.int64(number.max(initial=0) + 1)
    pair, which = np.unique(lab[rows] * width + number[successor[rows]], return_inverse=True)
    votes = np.bincount(which, np.where(followers[successor[rows]], 1, LEAD_VOTE), len(pair)).astype(np.int64)
    return Claims(pair // width, pair % width, votes, np.full(len(pair), strength))


def _departed(before: Continuity) -> pa.Table:
    """Return the listings that are gone, with the lab they were."""
    gone = [past.gone.select(_DEPARTED.names).cast(_DEPARTED) for past in (before.last_week, before.departed)]
    return pa.concat_tables(gone).sort_by([(name, "ascending") for name in ("source", "source_key", "lab_id")])
