"""Last week's labs to this week's clusters: which lab each cluster continues, by its listings or by what it is."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import frequencies, scoring, succession
from dedupe.identity import LIKENESS, MEMBERSHIP, RETURN, Claim, assign, mint
from dedupe.normalize import with_all_columns
from dedupe.text import Array, Integers
from warehouse.schema import IdBridge, Listing, RegistryEntry, empty

LEAD_VOTE = 1_000_000
"""Votes of a listing an id may hang on, against 1 of a share-alike one: those only decide among themselves."""

_LISTING = Listing.arrow_schema()
DEPARTED_SCHEMA = pa.schema(
    [_LISTING.field(name) for name in ("source", "source_key", "name", "alt_names", "address", "street", "postcode",
                                       "city", "country_code", "lat", "lon", "website", "links", "url", "siret", "rna")]
    + [pa.field("lab_id", pa.string(), nullable=False), pa.field("last_seen", pa.date32(), nullable=False)]
)  # fmt: skip
"""A listing that is gone, as it was last seen, and the lab it was. Without e-mail and phone: contacts stay erasable.
Key: source, source_key, lab_id."""


@dataclass(frozen=True)
class Previous:
    """What last week came to.

    Attributes:
        assignments, registry, id_bridge: As resolve returned them.
        listings: The listings they are about.
        departed: As resolve returned it; None when it was not kept: then ids only return with the very listing that
            they were minted from.
    """

    assignments: pa.Table
    registry: pa.Table
    id_bridge: pa.Table
    listings: pa.Table
    departed: pa.Table | None = None


@dataclass(frozen=True)
class Carried:
    """The lab of each listing, and the new books."""

    lab_ids: pa.Array
    registry: pa.Table
    id_bridge: pa.Table
    departed: pa.Table


def carry(listings: pa.Table, cluster: Integers, previous: Previous | None, *, leads: Array, week: str) -> Carried:
    """Return the lab of each listing.

    Args:
        listings: In canonical order.
        cluster: Cluster of each, named by its lowest row.
        previous: What last week came to.
        leads: True for the listings an id is rather minted from: those of no share-alike source.
        week: ISO week of the listings.
    """
    clusters = _listings_of(listings, cluster, leads)
    if previous is None:
        outcome = assign(clusters, (), (empty(RegistryEntry), empty(IdBridge)), week)
        return Carried(_ids(outcome.ids, cluster), outcome.registry, outcome.id_bridge, DEPARTED_SCHEMA.empty_table())
    last_week = _last_week(previous)
    now = {row["old_id"]: row["new_id"] for row in previous.id_bridge.to_pylist() if row["new_id"]}
    continued, same_lab = _successors(last_week, listings)
    claims = _claims(last_week, continued, (cluster, leads), MEMBERSHIP, now)
    held = {claim.lab_id for claim in claims}
    claims += [
        claim for claim in _claims(last_week, same_lab, (cluster, leads), LIKENESS, now) if claim.lab_id not in held
    ]
    departed = last_week.filter(pa.array(continued == succession.NONE)).select(DEPARTED_SCHEMA.names)
    if previous.departed is None:
        claims += _by_minting(clusters, {claim.cluster for claim in claims}, previous.registry)
    elif len(previous.departed):
        fresh = np.setdiff1d(np.arange(len(listings)), continued)
        back, same_lab = (
            np.where(rows >= 0, fresh[np.maximum(rows, 0)], succession.NONE) if len(fresh) else rows
            for rows in _successors(previous.departed, listings.take(pa.array(fresh)))
        )
        claims += _claims(previous.departed, back, (cluster, leads), RETURN, now)
        claims += _claims(previous.departed, same_lab, (cluster, leads), LIKENESS, now)
        departed = pa.concat_tables(
            [departed, previous.departed.filter(pa.array(back == succession.NONE))], promote_options="permissive"
        )
    outcome = assign(clusters, claims, (previous.registry, previous.id_bridge), week)
    departed = departed.cast(DEPARTED_SCHEMA).sort_by(
        [(name, "ascending") for name in ("source", "source_key", "lab_id")]
    )
    return Carried(_ids(outcome.ids, cluster), outcome.registry, outcome.id_bridge, departed)


def _successors(old: pa.Table, new: pa.Table) -> tuple[Integers, Integers]:
    return succession.successors(old, new, frequencies.shipped(), scoring.shipped())


def _last_week(previous: Previous) -> pa.Table:
    """Return last week's listings with the lab they were and when that was last published."""
    listings = with_all_columns(previous.listings)
    rows = pc.index_in(succession.keys(previous.assignments), succession.keys(listings))
    labs = pc.index_in(previous.assignments["lab_id"], previous.registry["lab_id"].combine_chunks())
    return (
        listings.take(rows)
        .append_column(DEPARTED_SCHEMA.field("lab_id"), previous.assignments["lab_id"].cast(pa.string()))
        .append_column(DEPARTED_SCHEMA.field("last_seen"), previous.registry["last_seen"].take(labs))
    )


def _claims(
    known: pa.Table, successor: Integers, current: tuple[Integers, Array], strength: int, now: dict[str, str]
) -> list[Claim]:
    """Return which lab each cluster continues by the successors of known listings, in how many of them."""
    cluster, leads = current
    rows = np.flatnonzero(successor >= 0)
    labs = known["lab_id"].take(pa.array(rows)).to_pylist()
    votes: dict[tuple[str, int], int] = defaultdict(int)
    weights = np.where(leads[successor[rows]], LEAD_VOTE, 1).tolist()
    for lab_id, name, weight in zip(labs, cluster[successor[rows]].tolist(), weights, strict=True):
        votes[now.get(lab_id, lab_id), name] += weight
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
