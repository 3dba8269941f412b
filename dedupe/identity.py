"""Clusters and last week's labs to lab ids: carried by membership, minted once, never reused, ended with an heir."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.ids.registry import Change, after, with_lapsed
from dedupe.keys import text
from dedupe.keys.text import Array, Integers

ID_CHARACTERS = 13

MINTED_AT_ONCE = 1 << 15
"""The digests of a million listings, a bit a byte, would be the largest thing a run holds."""

LIKENESS, RETURN, MEMBERSHIP = 0, 1, 2
"""How a claim is known: the lab left all its listings and was recognised; a listing came back; a listing stayed."""


_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
"""The letters of base32 (RFC 4648), five bits each."""


def mint(source: str, source_key: str, week: str) -> str:
    """Return the id of a lab first seen that week in that listing: a replay mints it again, another week never does."""
    return mint_all([(source, source_key)], week)[0]


def mint_all(listings: Sequence[tuple[str, str]], week: str) -> list[str]:
    """Return the id of a lab first seen that week in each listing: the first letters of a digest in base32."""
    batches = (listings[at : at + MINTED_AT_ONCE] for at in range(0, len(listings), MINTED_AT_ONCE))
    return [lab_id for batch in batches for lab_id in _mint_batch(batch, week)]


def _mint_batch(listings: Sequence[tuple[str, str]], week: str) -> list[str]:
    digests = b"".join(hashlib.sha256("\x00".join((*listing, week)).encode()).digest() for listing in listings)
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, hashlib.sha256().digest_size), axis=1)
    fives = bits[:, : 5 * ID_CHARACTERS].reshape(len(listings), ID_CHARACTERS, 5) @ (1 << np.arange(5)[::-1])
    letters = _LETTERS[fives].tobytes().decode()
    return [f"lab-{letters[at : at + ID_CHARACTERS]}" for at in range(0, len(letters), ID_CHARACTERS)]


@dataclass(frozen=True)
class Claims:
    """Labs of before that clusters of this week continue, an entry a lab and cluster.

    Attributes:
        lab: The lab, as a row of last week's registry.
        cluster: Number of the cluster.
        listings: How many of the lab's listings are in the cluster.
        strength: `MEMBERSHIP`, `RETURN` or `LIKENESS`; a stronger claim stands before any number of weaker ones.
    """

    lab: Integers
    cluster: Integers
    listings: Integers
    strength: Integers

    def __len__(self) -> int:
        return len(self.lab)

    def take(self, kept: Array) -> "Claims":
        """Return the claims kept, in their order."""
        return Claims(self.lab[kept], self.cluster[kept], self.listings[kept], self.strength[kept])

    @staticmethod
    def none() -> "Claims":
        """Return no claims."""
        nothing = np.empty(0, dtype=np.int64)
        return Claims(nothing, nothing, nothing, nothing)

    @staticmethod
    def together(claims: Sequence["Claims"]) -> "Claims":
        """Return the claims of several lists."""
        columns = zip(*((one.lab, one.cluster, one.listings, one.strength) for one in claims), strict=True)
        return Claims(*(np.concatenate(column) for column in columns))


@dataclass(frozen=True)
class Outcome:
    """What became of every id: the id of each cluster, by number, and the new registry and bridge."""

    ids: pa.Array
    registry: pa.Table
    id_bridge: pa.Table


def assign(
    first: pa.Table,
    claims: Claims,
    before: tuple[pa.Table, pa.Table],
    week: str,
    issued: Sequence[tuple[int, str]] = (),
) -> Outcome:
    """Return an id for each cluster.

    The heir of a lab is the cluster with most of its listings. Of the labs a cluster inherits by the strongest claim
    the oldest gives the id, the others are merged into it. A cluster that inherits none gets a new id: the one most of
    its listings were issued when this very week was published before, else one that is minted.

    Args:
        first: Source and key of the listing an id is minted from, of each cluster; clusters are numbered in its order.
        claims: Which labs of before each cluster continues.
        before: Last week's registry and id bridge.
        week: ISO week, as "2026-W42".
        issued: Of a week that is made again: the cluster and the lab of each listing whose lab was new then, -1 where
            the listing is in no cluster now.
    """
    registry, day = before[0], monday(week)
    parts = _parts(claims, registry)
    heir = parts.take(_first_of(parts.lab))
    inherited = heir.take(_oldest_first(heir, registry))
    inherited = inherited.take(_first_of(inherited.cluster))
    named = np.full(len(first), -1, dtype=np.int64)
    named[inherited.cluster] = inherited.lab
    unnamed = np.flatnonzero(named < 0)
    named[unnamed] = len(registry) + np.arange(len(unnamed))
    again = _issued_again(issued, set(unnamed.tolist()))
    to_mint = first.take(pa.array([cluster for cluster in unnamed.tolist() if cluster not in again], pa.int64()))
    minted = iter(_minted(to_mint, week, registry["lab_id"], {lab_id for _, lab_id in issued}))
    new = pa.array([again.get(cluster) or next(minted) for cluster in unnamed.tolist()], pa.string())
    ids = pa.concat_arrays([text.flat(registry["lab_id"]).cast(pa.string()), new]).take(pa.array(named))
    heirs = _heirs(parts.take(np.isin(parts.lab, heir.lab[named[heir.cluster] != heir.lab])), registry["lab_id"], ids)
    lapsed = {lab_id for _, lab_id in issued}.difference(new.to_pylist())
    for cluster, lab_id in sorted(set(issued)):
        if lab_id in lapsed and cluster >= 0:
            heirs.setdefault(lab_id, []).append(ids[cluster].as_py())
    entries = with_lapsed(registry, lapsed, day)
    is_used = np.zeros(len(entries), dtype=bool)
    is_used[inherited.lab] = True
    return Outcome(ids, *after(entries, before[1], Change(is_used, new, heirs, day)))


def monday(week: str) -> date:
    """Return the Monday of an ISO week written "2026-W42"."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def _first_of(numbers: Integers) -> Integers:
    """Return where each run of a number begins."""
    return np.flatnonzero(np.diff(numbers, prepend=-1))


def _parts(claims: Claims, registry: pa.Table) -> Claims:
    """Return the strongest claims of each lab in the order of labs, the cluster with most of its listings first."""
    is_erased = pc.equal(registry["status"], "erased").to_numpy()
    claims = claims.take(np.flatnonzero(~is_erased[claims.lab]))
    order = np.lexsort((claims.cluster, -claims.listings, -claims.strength, claims.lab))
    claims = claims.take(order)
    starts = _first_of(claims.lab)
    strongest = np.repeat(claims.strength[starts], np.diff(np.append(starts, len(claims))))
    claims = claims.take(np.flatnonzero(claims.strength == strongest))
    # of two claims of one lab to one cluster that with most listings counts: they stand for the same listings
    _, once = np.unique(claims.lab * (claims.cluster.max(initial=0) + 1) + claims.cluster, return_index=True)
    return claims.take(np.sort(once))


def _oldest_first(heir: Claims, registry: pa.Table) -> Integers:
    """Return the order of labs by the cluster that inherits them, the one that gives it its id first.

    A lab that lives there by its listings comes before one that lost its own and was recognised.
    """
    is_ended = pc.not_equal(registry["status"], "active").to_numpy()
    first_seen = registry["first_seen"].cast(pa.int32()).to_numpy()
    rank = text.ranks(registry["lab_id"].combine_chunks())
    lab = heir.lab
    return np.lexsort((rank[lab], -heir.listings, first_seen[lab], -heir.strength, is_ended[lab], heir.cluster))


def _heirs(parts: Claims, lab_ids: pa.ChunkedArray, ids: pa.Array) -> dict[str, list[str]]:
    """Return the ids of the clusters that the listings of each lab went to."""
    heirs: dict[str, list[str]] = {}
    labs, clusters = lab_ids.take(pa.array(parts.lab)).to_pylist(), ids.take(pa.array(parts.cluster)).to_pylist()
    for lab_id, heir in zip(labs, clusters, strict=True):
        heirs.setdefault(lab_id, []).append(heir)
    return heirs


def _issued_again(issued: Sequence[tuple[int, str]], unnamed: set[int]) -> dict[int, str]:
    """Return the id of each unnamed cluster that has most listings of a lab new in the week as it was published."""
    votes = Counter((cluster, lab_id) for cluster, lab_id in issued if cluster in unnamed)
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for (cluster, lab_id), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if cluster not in ids and lab_id not in taken:
            ids[cluster] = lab_id
            taken.add(lab_id)
    return ids


def _minted(listings: pa.Table, week: str, registry: pa.ChunkedArray, issued: set[str]) -> list[str]:
    """Return for each listing an id that was never issued before."""
    own = list(zip(listings["source"].to_pylist(), listings["source_key"].to_pylist(), strict=True))
    ids = mint_all(own, week)
    taken = set(issued)
    if pc.any(pc.is_in(registry, pa.array(ids, pa.string()))).as_py():
        taken.update(registry.to_pylist())
    for row, (source, source_key) in enumerate(own):
        turn = 0
        while ids[row] in taken:
            turn += 1
            ids[row] = mint(source, f"{source_key}\x00{turn}", week)
        taken.add(ids[row])
    return ids
