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
    """Listings of before and what became of them.

    Attributes:
        listings: The listings, with the lab they were and when that was last published.
        lab: Row of the registry of the lab each was.
        continued: The row that continues each of them, `NONE` for none.
        says_the_same: True where that row says the same.
    """

    listings: pa.Table
    lab: Integers
    continued: Integers
    says_the_same: Array


@dataclass(frozen=True)
class Continuity:
    """What became of last week's listings, and of those that were gone already."""

    previous: Previous
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
        is_bereft = np.zeros(len(self.previous.registry) + 1, dtype=bool)
        for past in (self.departed, self.last_week):
            # what open listings are to each other never hangs on a share-alike one, nor on its loss
            is_bereft[past.lab[(past.continued == NONE) & ~followers(past.listings, policy)]] = True
        is_bereft[NONE] = False
        return LastWeek(lab, is_same, is_bereft[lab])


def continuity(listings: pa.Table, previous: Previous) -> Continuity:
    """Return what became of earlier listings among this week's, which are in canonical order."""
    known, labs = _last_week(previous)
    last_week = Past(known, labs, *succession.successors(known, listings))
    gone = previous.departed
    fresh = _continuing_nothing(len(listings), last_week)
    back, is_same = succession.successors(gone, listings.take(pa.array(fresh)))
    back = np.where(back >= 0, np.append(fresh, NONE)[back], NONE)
    labs = succession.row_of(gone["lab_id"], text.flat(previous.registry["lab_id"]))
    return Continuity(previous, last_week, Past(gone, labs, back, is_same))


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
        outcome = assign(minted_from, claims, (before.previous.registry, before.previous.id_bridge), week, votes)
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
    is_lost = pc.not_equal(before.previous.registry["status"], "erased").to_numpy().copy()
    for claim in claims:
        is_lost[claim.lab] = False
    anyone = np.ones(len(number), dtype=bool)
    fresh = np.zeros(len(number), dtype=bool)
    fresh[_continuing_nothing(len(number), last_week)] = True
    for past, eligible in ((last_week, anyone), (departed, fresh)):
        gone = np.flatnonzero((past.continued == NONE) & (past.lab >= 0))
        lab = past.lab[gone]
        heirs = recognised(past.listings.take(pa.array(gone)), is_lost[lab], seen, eligible)
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
    gone = [
        past.listings.filter(pa.array(past.continued == NONE)).select(_DEPARTED.names).cast(_DEPARTED)
        for past in (before.last_week, before.departed)
    ]
    return pa.concat_tables(gone).sort_by([(name, "ascending") for name in ("source", "source_key", "lab_id")])
