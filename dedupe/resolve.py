"""One week's listings to labs: blocking, comparison, scoring, clustering and identity in one pure call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import average_link, candidates, rules, scoring
from dedupe.candidates import Candidates
from dedupe.clustering import Clusters, Constraints, Scored
from dedupe.explanation import receipts
from dedupe.ids.carry import Continuity, carry
from dedupe.ids.recognition import Seen
from dedupe.judgements import Judgement
from dedupe.judgements import groups as judged_groups
from dedupe.keys import frequencies
from dedupe.keys.text import Array, Integers
from dedupe.last_week import pairing, reclustering
from dedupe.last_week.inertia import inertia
from dedupe.last_week.known import Given
from dedupe.last_week.memory import Memory, version
from dedupe.last_week.pairing import Asked, Compared, Features
from dedupe.order import canonical
from dedupe.policy import Policy, followers
from dedupe.policy import of as policy_of
from warehouse.schema import Assignment, conform


@dataclass(frozen=True)
class Decided:
    """Pairs compared and clustered, before any id.

    Attributes:
        compared: The candidate pairs (rows of the canonical table) with their features and log-odds, and what to
            remember for next week.
        score: Their probability.
        veto: The veto on each, 0 for none.
        judged: Number of the judgement on each, -1 for none.
        scored: The pairs as they were clustered.
        constraints: What they were clustered under.
        clusters: What each row is in.
    """

    compared: Compared
    score: Array
    veto: Array
    judged: Array
    scored: Scored
    constraints: Constraints
    clusters: Clusters

    @property
    def cluster(self) -> Integers:
        """The cluster of each row, named by its lowest row."""
        return self.clusters.cluster

    @property
    def pairs(self) -> Candidates:
        """The candidate pairs."""
        return self.compared.pairs

    @property
    def features(self) -> Features:
        """Their features."""
        return self.compared.features

    @cached_property
    def memory(self) -> Memory:
        """What to remember for the next week."""
        known, pairs = self.compared.known, self.pairs
        return Memory(
            version=version(scoring.shipped()), digest=known.digest, numbers=known.imprints.numbers,
            is_centroid=known.is_centroid, is_nowhere=known.imprints.is_nowhere, spread=known.spread,
            is_exclusive=self.constraints.exclusive >= 0, is_judged=reclustering.is_judged(self.constraints),
            cluster=self.clusters.cluster.astype(np.int32), component=self.clusters.component.astype(np.int32),
            left=pairs.left.astype(np.int32), right=pairs.right.astype(np.int32), rules=pairs.rules,
            features=self.features.of(slice(None)), log_odds=self.compared.log_odds, link=self.scored.score,
        )  # fmt: skip


@dataclass(frozen=True)
class Resolution:
    """What a week's listings came to; every table has the schema of its name in `warehouse.schema`.

    Attributes:
        assignments: Which listing is which lab.
        registry: Every id ever issued.
        id_bridge: Ended ids and their heirs.
        departed: Listings that are gone, with the lab they were: hand it over next week, so that ids return with them.
        listings: The listings in canonical order, which the rows of `decided` count.
        decided: The compared pairs.
        judgements: What was decided by people.
    """

    assignments: pa.Table
    registry: pa.Table
    id_bridge: pa.Table
    departed: pa.Table
    listings: pa.Table
    decided: Decided
    judgements: tuple[Judgement, ...]

    @cached_property
    def matches(self) -> pa.Table:
        """The compared pairs with their receipts; see `receipts.match_batches` for millions of them."""
        return receipts.matches(self.listings, self.decided, self.judgements)


def resolve(  # noqa: PLR0913  # every table of the week, as the stage has them
    listings: pa.Table, located: pa.Table | None, *, week: str, policy: Policy,
    judgements: Sequence[Judgement] | None = None, before: Continuity | None = None,
    issued: Mapping[tuple[str, str], str] | None = None,
) -> Resolution:  # fmt: skip
    """Return which listings are one lab, why, and the id of each lab.

    Args:
        listings: This week's listings; a table with source, source_key, name and any of the other listing columns.
        located: Their places, or None: then the listings' own coordinates are used.
        week: ISO week of the listings, as "2026-W42".
        policy: What is declared about the sources; one that is absent is undeclared.
        judgements: Human decisions.
        before: What became of last week's listings among these (see `continuity`), or None in the first week.
        issued: When the week was published before and is made again: the lab of each listing, by source and key, whose
            lab was new then. A revision keeps the ids, and tells what became of those it no longer has.
    """
    judgements = tuple(judgements or ())
    listings = canonical(listings)
    decided = decide(listings, located, policy, judgements, before)
    seen = Seen(listings, decided.compared.known, followers(listings, policy))
    carried = carry(seen, decided.cluster, before, week=week, issued=issued)
    return Resolution(
        assignments=conform(
            pa.table({"source": listings["source"], "source_key": listings["source_key"], "lab_id": carried.lab_ids}),
            Assignment,
        ),
        registry=carried.registry,
        id_bridge=carried.id_bridge,
        departed=carried.departed,
        listings=listings,
        decided=decided,
        judgements=judgements,
    )


def decide(
    listings: pa.Table,
    located: pa.Table | None,
    policy: Policy,
    judgements: Sequence[Judgement] = (),
    before: Continuity | None = None,
) -> Decided:
    """Return the compared pairs and the clusters of listings in canonical order."""
    given = Given(listings, located, followers(listings, policy), frequencies.shipped())
    last_week, memory = (before.told(len(listings), policy), before.memory) if before else (None, None)
    judged, must, must_not = _judged_rows(listings, judgements)
    asked = Asked(candidates.marked(judged[:, :2], rules.JUDGED), last_week.lab if last_week else None)
    compared = pairing.compare(given, asked, scoring.shipped(), memory)
    pairs = compared.pairs
    score = scoring.probability(compared.log_odds + inertia(pairs, last_week))
    veto = scoring.vetoes({name: compared.features.column(name) for name in scoring.VETOED_BY})
    # No rule finds these pairs, only that they were one lab: they may hold a lab together and never split one that
    # stands by its other pairs, or a week in which nothing changed would not give the labs of the week before.
    remembered = pairs.rules == rules.LAST_WEEK
    score = np.where(remembered, np.maximum(score, np.float32(average_link.UNSEEN)), score)
    veto = np.where(remembered, 0, veto)
    constraints = Constraints(must, must_not, _exclusive(listings, policy), given.followers)
    scored = Scored(pairs.left, pairs.right, np.where(veto > 0, np.float32(0), score))
    clusters = reclustering.clusters(scored, constraints, compared)
    return Decided(compared, score, veto, _numbers(pairs, judged), scored, constraints, clusters)


def _exclusive(listings: pa.Table, policy: Policy) -> Integers:
    """Return a number a source for its live listings where it lists no lab twice, -1 for all others."""
    sources = listings["source"].combine_chunks().dictionary_encode()
    is_free = np.array([policy_of(policy, source).is_duplicate_free for source in sources.dictionary.to_pylist()])
    codes = sources.indices.to_numpy().astype(np.int64)
    exclusive = np.where(is_free[codes], codes, -1) if len(is_free) else codes
    if "status" in listings.column_names:
        closed = pc.equal(listings["status"], "closed").fill_null(False).to_numpy()
        exclusive = np.where(closed, -1, exclusive)
    return exclusive


def _judged_rows(listings: pa.Table, judgements: Sequence[Judgement]) -> tuple[Integers, Integers, Integers]:
    """Return the judged pairs (left row, right row, number of the judgement), and those to link and to keep apart.

    Two listings said to be the same as a third are linked even when the third is gone; of two groups said to be
    different by any of their members none are put together.
    """
    wanted = {listing for judgement in judgements for listing in (judgement.left, judgement.right)}
    rows = _rows_of(listings, wanted)
    group = judged_groups(judgements)
    members: dict[int, list[int]] = {}
    for listing in sorted(rows):
        if listing in group:
            members.setdefault(group[listing], []).append(rows[listing])
    must = [(own[0], other) for own in members.values() for other in own[1:]]
    judged, must_not = [], []
    for number, judgement in enumerate(judgements):
        left, right = rows.get(judgement.left), rows.get(judgement.right)
        if left is not None and right is not None:
            judged.append((min(left, right), max(left, right), number))
        if judgement.verdict == "different":
            sides = (
                members.get(group[side], []) if side in group else [rows[side]] if side in rows else []
                for side in (judgement.left, judgement.right)
            )
            one, two = sides
            must_not += [(a, b) for a in one for b in two]
    return (
        np.array(judged, dtype=np.int64).reshape(-1, 3),
        np.array(must, dtype=np.int64).reshape(-1, 2),
        np.array(must_not, dtype=np.int64).reshape(-1, 2),
    )


def _rows_of(listings: pa.Table, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not wanted:
        return {}
    keys = pa.array(sorted({key for _, key in wanted}), pa.string())
    rows = np.flatnonzero(pc.is_in(listings["source_key"], keys).to_numpy())
    some = listings.select(["source", "source_key"]).take(pa.array(rows)).to_pylist()
    found = {(one["source"], one["source_key"]): int(row) for one, row in zip(some, rows, strict=True)}
    return {listing: row for listing, row in found.items() if listing in wanted}


def _numbers(pairs: Candidates, judged: Integers) -> Array:
    """Return the number of the last judgement on each pair, -1 for none."""
    numbers = np.full(len(pairs), -1, dtype=np.int32)
    if len(judged):
        width = np.int64(1 << 32)
        numbers[np.searchsorted(pairs.left * width + pairs.right, judged[:, 0] * width + judged[:, 1])] = judged[:, 2]
    return numbers
