"""Clusters and last week's labs to lab ids: carried by membership, minted once, never reused, ended with an heir."""

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from warehouse.schema import IdBridge, RegistryEntry

ID_CHARACTERS = 13

LIKENESS, RETURN, MEMBERSHIP = 0, 1, 2
"""How a claim is known: the lab left all its listings and was recognised; a listing came back; a listing stayed."""


def mint(source: str, source_key: str, week: str) -> str:
    """Return the id of a lab first seen that week in that listing: a replay mints it again, another week never does."""
    digest = hashlib.sha256("\x00".join((source, source_key, week)).encode()).digest()
    return "lab-" + base64.b32encode(digest).decode().lower()[:ID_CHARACTERS]


@dataclass(frozen=True)
class Claim:
    """A lab of before that this week's cluster continues, by so many listings.

    Attributes:
        lab_id: The lab.
        cluster: The cluster.
        listings: How many of the lab's listings are in the cluster.
        strength: `MEMBERSHIP`, `RETURN` or `LIKENESS`; a stronger claim stands before any number of weaker ones.
    """

    lab_id: str
    cluster: int
    listings: int
    strength: int


@dataclass(frozen=True)
class Outcome:
    """What became of every id: the id of each cluster, and the new registry and bridge."""

    ids: dict[int, str]
    registry: pa.Table
    id_bridge: pa.Table


def assign(
    clusters: dict[int, list[tuple[str, str]]],
    claims: Iterable[Claim],
    before: tuple[pa.Table, pa.Table],
    week: str,
    issued: Mapping[tuple[str, str], str] | None = None,
) -> Outcome:
    """Return an id for each cluster.

    The heir of a lab is the cluster with most of its listings. Of the labs a cluster inherits the oldest gives the
    id, the others are merged into it. A cluster that inherits none gets a new id: the one most of its listings were
    issued when this very week was published before, else one that is minted.

    Args:
        clusters: Source and key of the listings of each cluster, first listing first: the one an id is minted from.
        claims: Which labs of before each cluster continues.
        before: Last week's registry and id bridge.
        week: ISO week, as "2026-W42".
        issued: Of a week that is made again: the lab of each listing whose lab was new then.
    """
    issued = issued or {}
    registry = {row["lab_id"]: row for row in before[0].to_pylist()}
    parts = _parts(claims, registry, clusters)
    inherited: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for lab_id, (heir, listings) in ((lab_id, own[0]) for lab_id, own in parts.items()):
        inherited[heir].append((lab_id, listings))
    ids = {
        cluster: min(
            labs,
            key=lambda lab: (registry[lab[0]]["status"] != "active", registry[lab[0]]["first_seen"], -lab[1], lab[0]),
        )[0]
        for cluster, labs in inherited.items()
    }
    unnamed = sorted(clusters.keys() - ids.keys(), key=lambda name: clusters[name])
    ids |= _issued_again({name: clusters[name] for name in unnamed}, issued)
    taken = set(registry) | set(issued.values())
    for cluster in unnamed:
        if cluster not in ids:
            ids[cluster] = _new_id(clusters[cluster], week, taken)
    heirs = {lab_id: [ids[cluster] for cluster, _ in own] for lab_id, own in parts.items() if ids[own[0][0]] != lab_id}
    ended = set(issued.values()) - set(ids.values())
    for name, members in clusters.items() if ended else ():
        for lab_id in {issued[listing] for listing in members if issued.get(listing) in ended}:
            heirs.setdefault(lab_id, []).append(ids[name])
    return Outcome(
        ids, *_books(set(ids.values()), heirs, (_with_ended(before[0], ended, week), before[1]), monday(week))
    )


def monday(week: str) -> date:
    """Return the Monday of an ISO week written "2026-W42"."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def _parts(
    claims: Iterable[Claim], registry: dict[str, dict[str, object]], clusters: dict[int, list[tuple[str, str]]]
) -> dict[str, list[tuple[int, int]]]:
    """Return for each lab the clusters its listings went to and how many, the heir first."""
    votes: dict[str, dict[int, Claim]] = defaultdict(dict)
    for claim in sorted(claims, key=lambda claim: (claim.strength, claim.listings)):
        if claim.lab_id in registry and registry[claim.lab_id]["status"] != "erased":
            votes[claim.lab_id][claim.cluster] = claim
    parts = {}
    for lab_id, by_cluster in votes.items():
        strongest = max(claim.strength for claim in by_cluster.values())
        own = [claim for claim in by_cluster.values() if claim.strength == strongest]
        own.sort(key=lambda claim: (-claim.listings, clusters[claim.cluster]))
        parts[lab_id] = [(claim.cluster, claim.listings) for claim in own]
    return parts


def _issued_again(clusters: dict[int, list[tuple[str, str]]], issued: Mapping[tuple[str, str], str]) -> dict[int, str]:
    """Return the id of each cluster that has most listings of a lab new in the week as it was published before."""
    votes = Counter(
        (cluster, issued[listing])
        for cluster, listings in clusters.items()
        for listing in listings
        if listing in issued
    )
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for (cluster, lab_id), _ in sorted(votes.items(), key=lambda vote: (-vote[1], clusters[vote[0][0]], vote[0][1])):
        if cluster not in ids and lab_id not in taken:
            ids[cluster] = lab_id
            taken.add(lab_id)
    return ids


def _with_ended(registry: pa.Table, lab_ids: set[str], week: str) -> pa.Table:
    """Return the registry with the labs that were new in this week and are none any more: an issued id stays told."""
    day = monday(week)
    rows = [{"lab_id": one, "status": "active", "first_seen": day, "last_seen": day} for one in sorted(lab_ids)]
    return pa.concat_tables([registry, pa.Table.from_pylist(rows, schema=registry.schema)]) if rows else registry


def _new_id(listings: list[tuple[str, str]], week: str, issued: set[str]) -> str:
    """Return an id never issued before, and count it as issued."""
    turn = 0
    while True:
        source, source_key = listings[0]
        lab_id = mint(source, source_key if not turn else f"{source_key}\x00{turn}", week)
        if lab_id not in issued:
            issued.add(lab_id)
            return lab_id
        turn += 1


def _books(
    active: set[str], heirs: dict[str, list[str]], before: tuple[pa.Table, pa.Table], today: date
) -> tuple[pa.Table, pa.Table]:
    """Return the registry and the bridge after the week."""
    old_bridge: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in before[1].to_pylist():
        old_bridge[row["old_id"]].append(row)
    entries = {row["lab_id"]: dict(row) for row in before[0].to_pylist()}
    ended: dict[str, tuple[str, list[str], date]] = {}
    for lab_id, entry in entries.items():
        if lab_id in active or entry["status"] == "erased":
            continue
        rows = old_bridge.get(lab_id, [])
        replaced = list(entry["replaced_by"] or [])
        since = rows[0]["since"] if rows else today
        if lab_id in heirs:  # still active last week, or a retired lab whose listing came back inside another
            if replaced != heirs[lab_id]:
                since = today
            replaced = list(dict.fromkeys(heirs[lab_id]))
        elif entry["status"] == "active":
            replaced, since = [], today
        ended[lab_id] = (_how(replaced), replaced, since)  # type: ignore[assignment]
    final = {lab_id: _closed(lab_id, ended) for lab_id in ended}
    for lab_id in active:
        entry = entries.setdefault(lab_id, {"lab_id": lab_id, "first_seen": today})
        entry.update(status="active", last_seen=today, replaced_by=None)
    bridge = []
    for lab_id, (_, _, since) in ended.items():
        how, status = _how(final[lab_id]), {"merged_into": "merged", "split_into": "split", "retired": "retired"}
        entries[lab_id].update(status=status[how], replaced_by=final[lab_id] or None)
        heirs_now: list[str | None] = [*final[lab_id]] or [None]
        bridge += [{"old_id": lab_id, "new_id": heir, "relation": how, "since": since} for heir in heirs_now]
    registry_table = pa.Table.from_pylist(list(entries.values()), schema=RegistryEntry.arrow_schema())
    bridge_table = pa.Table.from_pylist(bridge, schema=IdBridge.arrow_schema())
    return (
        registry_table.sort_by([("lab_id", "ascending")]),
        bridge_table.sort_by([("old_id", "ascending"), ("new_id", "ascending")]),
    )


def _how(replaced_by: list[str]) -> str:
    return ("retired", "merged_into", "split_into")[min(len(replaced_by), 2)]


def _closed(lab_id: str, ended: dict[str, tuple[str, list[str], date]]) -> list[str]:
    """Return the ids at the ends of the chains that start at an ended id: active ones, or retired without heir."""
    ends: list[str] = []
    seen = {lab_id}
    queue = list(ended[lab_id][1])
    while queue:
        heir = queue.pop(0)
        if heir in seen:
            continue
        seen.add(heir)
        further = ended[heir][1] if heir in ended else []
        if further:
            queue += further
        else:
            ends.append(heir)
    return ends
