"""Features to a probability and a verdict: small trees committed as text, one contribution a feature in a receipt."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from dedupe.comparison import FEATURES
from dedupe.text import Array

MATCH_AT = 0.8
"""Probability from which a pair is called a match; between the two a person is asked."""

NO_MATCH_BELOW = 0.2
"""Probability below which a pair is called no match."""

STAYS = 2.0
"""Log-odds for two listings that were one lab last week: a week's edit splits no lab without a contradiction."""

STAYS_APART = 1.5
"""Log-odds against two listings that were two labs last week."""

FAR_KM = 50.0
"""Two countries, and farther apart than a border town: never one lab."""

CHUNK = 1 << 16
"""Pairs scored at a time: a chunk's columns stay in the processor's cache."""

MOST_LEAVES = 16
"""Leaves of a tree, so that a set of them is a 16-bit number."""

NO_VETO, FAR_ABROAD = 0, 1

VETOES = ("", "veto: other country")
"""Vetoes by number; 0 is none."""


@dataclass(frozen=True)
class Tree:
    """One decision tree of at most `MOST_LEAVES` leaves, kept as its inner nodes and its leaves.

    Attributes:
        feature: Column each inner node looks at.
        threshold: A value at most this goes left.
        missing_left: True where a missing value goes left.
        left, right: Bit l is set when leaf l can be reached from that side.
        value: What each leaf adds to the log-odds.
        contribution: The same, split by feature (leaves x features).
    """

    feature: Array
    threshold: Array
    missing_left: Array
    left: Array
    right: Array
    value: Array
    contribution: Array


@dataclass(frozen=True)
class Model:
    """Trees whose values sum to the log-odds that two listings are one lab.

    Attributes:
        version: Changes when the trees, the features or the word weights do.
        bias: Log-odds before any tree.
        trees: The trees.
    """

    version: str
    bias: float
    trees: tuple[Tree, ...]


@cache
def shipped() -> Model:
    """Return the committed model."""
    path = resources.files("dedupe") / "model" / "trees.json"
    return read(json.loads(path.read_text(encoding="utf-8")))


def read(document: dict[str, Any]) -> Model:
    """Return the model of its JSON document.

    Raises: ValueError when the model was fitted for other features than `comparison.FEATURES`.
    """
    if document["features"] != list(FEATURES):
        raise ValueError("the model was fitted for other features: run python -m dedupe.fit")
    trees = tuple(_tree(nodes) for nodes in document["trees"])
    return Model(document["version"], document["bias"], trees)


_LEAF = np.zeros(1 << MOST_LEAVES, dtype=np.int8)
"""Number of the leaf of a mask with one bit set."""
_LEAF[1 << np.arange(MOST_LEAVES)] = np.arange(MOST_LEAVES)


def _tree(nodes: list[list[float]]) -> Tree:
    """Return the tree of its nodes: [feature, threshold, missing_left, left, right, value] or [value] for a leaf.

    The first node is the root; an inner node has a value too: the mean of its leaves as they were fitted, from which
    the contribution of each split is told (Source: Saabas 2014, "Interpreting random forests").
    """
    leaves = [number for number, node in enumerate(nodes) if len(node) == 1]
    bit = {number: np.uint16(1 << position) for position, number in enumerate(leaves)}
    contribution = np.zeros((len(leaves), len(FEATURES)), dtype=np.float32)
    inner: list[tuple[int, float, bool, np.uint16, np.uint16]] = []

    def walk(number: int, path: list[tuple[int, float]]) -> np.uint16:
        node = nodes[number]
        if len(node) == 1:
            row = leaves.index(number)
            for feature, change in path:
                contribution[row, feature] += change
            return bit[number]
        split_by, threshold, missing_left, left, right, value = node
        sides = [walk(child, [*path, (int(split_by), nodes[child][-1] - value)]) for child in (int(left), int(right))]
        inner.append((int(split_by), threshold, bool(missing_left), sides[0], sides[1]))
        return np.uint16(sides[0] | sides[1])

    walk(0, [])
    return Tree(
        feature=np.array([node[0] for node in inner]),
        threshold=np.array([node[1] for node in inner], dtype=np.float32),
        missing_left=np.array([node[2] for node in inner]),
        left=np.array([node[3] for node in inner], dtype=np.uint16),
        right=np.array([node[4] for node in inner], dtype=np.uint16),
        value=np.array([nodes[number][0] for number in leaves], dtype=np.float32),
        contribution=contribution,
    )


def log_odds(features: Array, model: Model) -> Array:
    """Return the log-odds of each pair (a column of the feature matrix), float32."""
    total = np.full(features.shape[1], model.bias, dtype=np.float32)
    for start in range(0, features.shape[1], CHUNK):
        rows = slice(start, start + CHUNK)
        chunk = np.ascontiguousarray(features[:, rows])
        for tree in model.trees:
            total[rows] += tree.value[_leaves(chunk, tree)]
    return total


def contributions(features: Array, model: Model) -> Array:
    """Return what each feature adds to the log-odds of each pair, float32 (pairs x features).

    A row sums to the log-odds less what every pair starts from: `start`.
    """
    total = np.zeros((features.shape[1], len(FEATURES)), dtype=np.float32)
    for start in range(0, features.shape[1], CHUNK):
        rows = slice(start, start + CHUNK)
        chunk = np.ascontiguousarray(features[:, rows])
        for tree in model.trees:
            total[rows] += tree.contribution[_leaves(chunk, tree)]
    return total


def start(model: Model) -> float:
    """Return the log-odds every pair starts from, before any feature adds to them."""
    nothing = np.full((len(FEATURES), 1), np.nan, dtype=np.float32)
    return float(log_odds(nothing, model)[0] - contributions(nothing, model).sum())


def _leaves(features: Array, tree: Tree) -> Array:
    """Return the leaf each pair falls in: every node strikes out the leaves of the side not taken.

    Source: Lucchese et al. 2015, "QuickScorer": no pointer is followed, so it is a handful of array operations.
    """
    everything = np.uint16((1 << len(tree.value)) - 1)
    alive = np.full(features.shape[1], everything, dtype=np.uint16)
    for feature, threshold, missing_left, left, right in zip(
        tree.feature, tree.threshold, tree.missing_left, tree.left, tree.right, strict=True
    ):
        values = features[feature]
        goes_left = ~(values > threshold) if missing_left else values <= threshold
        # leaves outside this subtree stay as they are; which side is struck out is chosen without a branch
        outside = everything ^ (left | right)
        alive &= (right | outside) ^ (goes_left * (left ^ right))
    return _LEAF[alive]


def probability(log_odds_: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    result: Array = (1 / (1 + np.exp(-np.clip(log_odds_, -30, 30)))).astype(np.float32)
    return result


def vetoes(features: Array) -> Array:
    """Return the number of the veto on each pair, 0 for none (see `VETOES`)."""
    names = list(FEATURES)
    abroad = features[names.index("country_equal")] == 0
    far = features[names.index("distance_km")] > FAR_KM
    return np.where(abroad & far, FAR_ABROAD, NO_VETO).astype(np.int8)


def verdicts(score: Array) -> Array:
    """Return the verdict of each score: match, no_match or unsure."""
    names = np.array(["no_match", "unsure", "match"], dtype=object)
    told: Array = names[(score >= NO_MATCH_BELOW).astype(int) + (score >= MATCH_AT)]
    return told
