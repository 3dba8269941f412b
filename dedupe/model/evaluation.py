"""Resolved listings and labelled pairs to precision, recall and F1: what `labs evaluate dedupe` prints."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dedupe.explanation import receipts
from dedupe.explanation.wording import worded
from dedupe.keys.text import Array
from dedupe.resolve import Resolution, resolve
from dedupe.rules import RULE_NAMES
from dedupe.tables import read_judgements, read_listings
from warehouse.schema import UserError

RESAMPLES = 2_000
"""Bootstrap resamples of connected components behind a 95 % interval."""

SEED = 20261012

FEATURES_TOLD = 8
"""Of a pair that came out wrong, those that moved its score most."""


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 over pairs, each 0-1; NaN where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float
    pairs: int


@dataclass(frozen=True)
class Evaluation:
    """How well labelled pairs are resolved end to end.

    Attributes:
        score: Over the pairs, unweighted.
        low, high: 95 % interval of the unweighted F1, by resampling connected components of pairs.
        weighted: With each pair's stratum weight.
        b_cubed: Over the listings of the labelled pairs, among themselves.
        strata: By origin of the label and pair of sources.
        misses: The pairs that came out wrong, with their receipt where they were compared.
        unsure: Pairs labelled U, left out.
        rules: For each blocking rule the share of S pairs it finds; `any` for all of them.
    """

    score: Score
    low: float
    high: float
    weighted: Score
    b_cubed: Score
    strata: dict[str, Score]
    misses: list[dict[str, Any]]
    unsure: int
    rules: dict[str, float]


def run(listings: Path, pairs: Path, judgements: Path | None = None) -> Evaluation:
    """Return the evaluation of resolving a table of listings from scratch.

    Raises: UserError when an input cannot be used.
    """
    table, _ = read_listings(listings)
    resolution = resolve(table, None, week="2026-W01", policy={}, judgements=read_judgements(judgements))
    return evaluate(resolution, read_pairs(pairs))


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """Return the labelled pairs of a CSV file.

    Raises: UserError when the file cannot be read or lacks a column.
    """
    try:
        table = pa.csv.read_csv(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{path}: not a readable CSV file: {str(error).splitlines()[0]}") from None
    wanted = ("source_a", "source_key_a", "source_b", "source_key_b", "label")
    for name in wanted:
        if name not in table.column_names:
            raise UserError(f"{path}: column {name} is missing; {', '.join(wanted)} are needed")
    rows: list[dict[str, Any]] = table.to_pylist()
    for line, row in enumerate(rows, start=2):
        if row["label"] not in ("S", "D", "U"):
            raise UserError(f"{path}: line {line}: label {row['label']!r}: S, D or U wanted")
        for name in wanted:
            row[name] = str(row[name])
    return rows


def evaluate(resolution: Resolution, pairs: Sequence[dict[str, Any]]) -> Evaluation:
    """Return how well the labelled pairs came out.

    Raises: UserError when a pair names a listing that was not resolved.
    """
    rows = {
        (row["source"], row["source_key"]): number
        for number, row in enumerate(resolution.listings.select(["source", "source_key"]).to_pylist())
    }
    for pair in pairs:
        for side in "ab":
            if (pair[f"source_{side}"], pair[f"source_key_{side}"]) not in rows:
                raise UserError(f"pair of {pair[f'source_{side}']} {pair[f'source_key_{side}']!r}: no such listing")
    known = [pair for pair in pairs if pair["label"] != "U"]
    left = np.array([rows[pair["source_a"], pair["source_key_a"]] for pair in known], dtype=np.int64)
    right = np.array([rows[pair["source_b"], pair["source_key_b"]] for pair in known], dtype=np.int64)
    same = np.array([pair["label"] == "S" for pair in known], dtype=bool)
    weight = np.array([float(pair.get("weight") or 1) for pair in known])
    cluster = resolution.decided.cluster
    found = cluster[left] == cluster[right]
    group = components(left, right)
    low, high = interval(found, same, group)
    strata: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(known):
        strata[f"{pair.get('origin') or 'label'}"].append(number)
        strata[" + ".join(sorted((pair["source_a"], pair["source_b"])))].append(number)
    return Evaluation(
        score=measure(found, same),
        low=low,
        high=high,
        weighted=measure(found, same, weight),
        b_cubed=b_cubed(left, right, same, cluster),
        strata={name: measure(found[own], same[own]) for name, own in sorted(strata.items())},
        misses=_misses(resolution, known, (left, right), np.flatnonzero(found != same)),
        unsure=len(pairs) - len(known),
        rules=_rules(resolution, left[same], right[same]),
    )


def measure(found: Array, same: Array, weight: Array | None = None) -> Score:
    """Return precision, recall and F1 of pairs found to be one lab against pairs that are."""
    weight = np.ones(len(found)) if weight is None else weight
    both, of_found, of_same = (float(weight[mask].sum()) for mask in (found & same, found, same))
    nan = float("nan")
    return Score(
        both / of_found if of_found else nan,
        both / of_same if of_same else nan,
        2 * both / (of_found + of_same) if of_found + of_same else nan,
        len(found),
    )


def components(left: Array, right: Array) -> Array:
    """Return a number for each pair, the same for pairs that hang together by a listing."""
    listings, rows = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, two = rows[: len(left)], rows[len(left) :]
    graph = coo_matrix((np.ones(len(one)), (one, two)), shape=(len(listings), len(listings)))
    return np.asarray(connected_components(graph, directed=False)[1][one])


def interval(found: Array, same: Array, group: Array) -> tuple[float, float]:
    """Return the 95 % interval of F1, resampling groups of pairs that hang together."""
    if not len(found):
        return float("nan"), float("nan")
    both, of_found, of_same = (np.bincount(group, weights=mask.astype(float)) for mask in (found & same, found, same))
    draws = np.random.default_rng(SEED).integers(0, len(both), size=(RESAMPLES, len(both)))
    total = of_found[draws].sum(axis=1) + of_same[draws].sum(axis=1)
    f1 = 2 * both[draws].sum(axis=1) / np.maximum(total, 1)
    low, high = np.quantile(f1, (0.025, 0.975))
    return float(low), float(high)


def b_cubed(left: Array, right: Array, same: Array, cluster: Array) -> Score:
    """Return B-cubed over the labelled listings, where every pair of the two partitions is labelled.

    The true labs are the components of S pairs. A listing is only counted against listings of its own component of
    labelled pairs: of all others nothing is known.
    """
    listings, rows = np.unique(np.concatenate([left, right]), return_inverse=True)
    n, half = len(listings), len(left)
    one, two = rows[:half], rows[half:]
    joined = coo_matrix((np.ones(int(same.sum())), (one[same], two[same])), shape=(n, n))
    truth = connected_components(joined, directed=False)[1]
    known = connected_components(coo_matrix((np.ones(half), (one, two)), shape=(n, n)), directed=False)[1]
    mine = cluster[listings]
    precision, recall = [], []
    for row in range(n):
        near = known == known[row]
        of_mine, of_truth = near & (mine == mine[row]), near & (truth == truth[row])
        both = float((of_mine & of_truth).sum())
        precision.append(both / of_mine.sum())
        recall.append(both / of_truth.sum())
    if not n:
        return Score(float("nan"), float("nan"), float("nan"), 0)
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return Score(p, r, 2 * p * r / (p + r), n)


def _misses(
    resolution: Resolution, pairs: Sequence[dict[str, Any]], rows: tuple[Array, Array], wrong: Array
) -> list[dict[str, Any]]:
    decided = resolution.decided.pairs
    receipts = resolution.matches
    number = {pair: row for row, pair in enumerate(zip(decided.left.tolist(), decided.right.tolist(), strict=True))}
    misses = []
    for miss in wrong.tolist():
        one, two = sorted((int(rows[0][miss]), int(rows[1][miss])))
        receipt = number.get((one, two))
        names = resolution.listings["name"].take(pa.array([one, two])).to_pylist()
        told = receipts.slice(receipt, 1).to_pylist()[0] if receipt is not None else None
        misses.append({**pairs[miss], "names": names, "match": told})
    return misses


def _rules(resolution: Resolution, left: Array, right: Array) -> dict[str, float]:
    pairs = resolution.decided.pairs
    masks = dict(zip(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True), pairs.rules.tolist(), strict=True))
    low, high = np.minimum(left, right), np.maximum(left, right)
    made = np.array([masks.get(pair, 0) for pair in zip(low.tolist(), high.tolist(), strict=True)], dtype=np.int64)
    shares = {name: float(np.mean(made >> bit & 1)) for bit, name in enumerate(RULE_NAMES)} if len(made) else {}
    return {"any": float(np.mean(made > 0)) if len(made) else float("nan"), **shares}


def lines(evaluation: Evaluation) -> list[str]:
    """Return the evaluation as the lines `labs evaluate dedupe` prints."""

    def told(name: str, score: Score) -> str:
        return f"{name:32} {score.pairs:6}  {score.precision:9.4f}  {score.recall:6.4f}  {score.f1:6.4f}"

    rules = ", ".join(f"{name} {share:.3f}" for name, share in evaluation.rules.items() if share > 0)
    result = [
        f"{'':32} {'pairs':>6}  precision  recall      F1",
        f"{told('unweighted', evaluation.score)}  [{evaluation.low:.4f}, {evaluation.high:.4f}]",
        told("weighted", evaluation.weighted),
        told("B-cubed (listings)", evaluation.b_cubed),
        *(told(name, score) for name, score in evaluation.strata.items()),
        f"unsure, left out: {evaluation.unsure}",
        f"blocking recall: {rules}",
        f"misses: {len(evaluation.misses)}",
    ]
    for miss in evaluation.misses:
        match = miss["match"]
        why = f"{match['score']:.3f} {match['rule']}: {_weighed(match)}" if match else "no rule found it"
        names = " / ".join(repr(name) for name in miss["names"])
        keys = f"{miss['source_a']} {miss['source_key_a']}, {miss['source_b']} {miss['source_key_b']}"
        result.append(f"  {miss['label']} {names} ({keys}): {why}")
    return result


def _weighed(match: dict[str, Any]) -> str:
    """Return the features of a match in words with their contributions in log-odds, those that moved it most first."""
    features = receipts.explain(match)[:FEATURES_TOLD]
    return "; ".join(f"{worded(name, value)} {weight:+.1f}" for name, value, weight in features)
