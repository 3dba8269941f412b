"""Last week's labs to this week's clusters: which lab each cluster continues, by its listings or by what it is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import frequencies, scoring, succession, text
from dedupe.identity import LIKENESS, MEMBERSHIP, RETURN, Claim, assign, mint
from dedupe.memory import Memory
from dedupe.normalize import with_all_columns
from dedupe.succession import NONE
from dedupe.text import Array, Integers
from warehouse.schema import Departed, IdBridge, RegistryEntry, empty

LEAD_VOTE = 1_000_000
"""Votes of a listing an id may hang on, against 1 of a share-alike one: those only decide among themselves."""

_DEPARTED = Departed.arrow_schema()


@dataclass(frozen=True)
class Previous:
    """What last week came to.

    Attributes:
        assignments, registry, id_bridge: As resolve returned them.
        listings: The listings they are about.
        departed: As resolve returned it; None when it was not kept: then ids only return with the very listing that
            they were minted from.
        memory: What was compared; None: everything is compared again.
    """

    assignments: pa.Table
    registry: pa.Table
    id_bridge: pa.Table
    listings: pa.Table
    departed: pa.Table | None = None
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
        continued: The row that continues each of them, -1 for none.
        same_lab: The row that most likely is the same lab, for those that nothing continues.
    """

    listings: pa.Table
    continued: Integers
    same_lab: Integers


@dataclass(frozen=True)
class Continuity:
    """What became of last week's listings, and of those that were gone already."""

    previous: Previous
    last_week: Past
    departed: Past

    def lab_before(self, n: int) -> Integers:
        """Return a number for the lab each of n rows was when last seen, -1 for a row that continues nothing."""
        pasts = (self.departed, self.last_week)
        labs = text.encode(pa.concat_arrays([text.flat(past.listings["lab_id"]) for past in pasts])).codes
        continued = np.concatenate([past.continued for past in pasts])
        result = np.full(n, -1, dtype=np.int64)
        rows = np.flatnonzero(continued >= 0)
        result[continued[rows]] = labs[rows]
        return result


def continuity(listings: pa.Table, previous: Previous) -> Continuity:
    """Return what became of earlier listings among this week's, which are in canonical order."""
    known = _last_week(previous)
    last_week = Past(known, *_successors(known, listings))
    gone = empty(Departed) if previous.departed is None else previous.departed
    fresh = np.setdiff1d(np.arange(len(listings)), last_week.continued)
    found = _successors(gone, listings.take(pa.array(fresh)))
    back, same_lab = (np.where(rows >= 0, np.append(fresh, NONE)[rows], NONE) for rows in found)
    return Continuity(previous, last_week, Past(gone, back, same_lab))


def carry(  # noqa: PLR0913  # what is carried, and from where
    listings: pa.Table,
    cluster: Integers,
    before: Continuity | None,
    *,
    leads: Array,
    week: str,
    issued: Mapping[tuple[str, str], str] | None = None,
) -> Carried:
    """Return the lab of each listing.

    Args:
        listings: In canonical order.
        cluster: Cluster of each, named by its lowest row.
        before: What became of earlier listings; None in the first week.
        leads: True for the listings an id is rather minted from: those of no share-alike source.
        week: ISO week of the listings.
        issued: Of a week that is made again: the lab of each listing whose lab was new then.
    """
    clusters = _listings_of(listings, cluster, leads)
    if before is None:
        outcome = assign(clusters, (), (empty(RegistryEntry), empty(IdBridge)), week, issued)
        return Carried(_ids(outcome.ids, cluster), outcome.registry, outcome.id_bridge, empty(Departed))
    now, last_week, departed, previous = (cluster, leads), before.last_week, before.departed, before.previous
    claims = _claims(last_week, last_week.continued, now, MEMBERSHIP)
    held = {claim.lab_id for claim in claims}
    claims += [claim for claim in _claims(last_week, last_week.same_lab, now, LIKENESS) if claim.lab_id not in held]
    claims += _claims(departed, departed.continued, now, RETURN)
    claims += _claims(departed, departed.same_lab, now, LIKENESS)
    if previous.departed is None:
        claims += _by_minting(clusters, {claim.cluster for claim in claims}, previous.registry)
    outcome = assign(clusters, claims, (previous.registry, previous.id_bridge), week, issued)
    gone = [
        past.listings.filter(pa.array(past.continued == NONE)).select(_DEPARTED.names).cast(_DEPARTED)
        for past in (last_week, departed)
    ]
    return Carried(
        _ids(outcome.ids, cluster),
        outcome.registry,
        outcome.id_bridge,
        pa.concat_tables(gone).sort_by([(name, "ascending") for name in ("source", "source_key", "lab_id")]),
    )


def _listings_of(listings: pa.Table, cluster: Integers, leads: Array) -> dict[int, list[tuple[str, str]]]:
    """Return the listings of each cluster, those an id may be minted from first."""
    order = np.lexsort((np.arange(len(cluster)), ~leads))
    sources, keys = (listings[name].take(pa.array(order)).to_pylist() for name in ("source", "source_key"))
    result: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for name, source, key in zip(cluster[order].tolist(), sources, keys, strict=True):
        result[name].append((source, key))
    return result


def _ids(ids: dict[int, str], cluster: Integers) -> pa.Array:
    return pa.array([ids[name] for name in cluster.tolist()], pa.string())


def _successors(old: pa.Table, new: pa.Table) -> tuple[Integers, Integers]:
    return succession.successors(old, new, frequencies.shipped(), scoring.shipped())


def _last_week(previous: Previous) -> pa.Table:
    """Return last week's listings with the lab they were and when that was last published."""
    listings = with_all_columns(previous.listings)
    rows = pc.index_in(succession.keys(previous.assignments), succession.keys(listings))
    labs = pc.index_in(previous.assignments["lab_id"], previous.registry["lab_id"].combine_chunks())
    return (
        listings.take(rows)
        .append_column(_DEPARTED.field("lab_id"), previous.assignments["lab_id"].cast(pa.string()))
        .append_column(_DEPARTED.field("last_seen"), previous.registry["last_seen"].take(labs))
    )


def _claims(past: Past, successor: Integers, current: tuple[Integers, Array], strength: int) -> list[Claim]:
    """Return which lab each cluster continues by the successors of earlier listings, in how many of them."""
    cluster, leads = current
    rows = np.flatnonzero(successor >= 0)
    labs = past.listings["lab_id"].take(pa.array(rows)).to_pylist()
    votes: dict[tuple[str, int], int] = defaultdict(int)
    weights = np.where(leads[successor[rows]], LEAD_VOTE, 1).tolist()
    for lab_id, name, weight in zip(labs, cluster[successor[rows]].tolist(), weights, strict=True):
        votes[lab_id, name] += weight
    return [Claim(lab_id, name, count, strength) for (lab_id, name), count in votes.items()]


def _by_minting(clusters: dict[int, list[tuple[str, str]]], claimed: set[int], registry: pa.Table) -> list[Claim]:
    """Return the retired labs that a listing of an unclaimed cluster once gave their id."""
    ended = [row for row in registry.to_pylist() if row["status"] == "retired"]
    retired = {row["lab_id"] for row in ended}
    weeks = sorted({f"{row['first_seen']:%G-W%V}" for row in ended})
    return [
        Claim(lab_id, name, 1, RETURN)
        for name, listings in clusters.items()
        if name not in claimed and weeks
        for source, source_key in listings
        for week in weeks
        if (lab_id := mint(source, source_key, week)) in retired
    ]
