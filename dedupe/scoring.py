"""Features to a probability and a verdict: small trees committed as text, one contribution a feature in a receipt."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np

from dedupe.comparison import FEATURES
from dedupe.keys.text import Array

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


VETOED_BY = ("country_equal", "distance_km")
"""The features that `vetoes` reads."""

Question = tuple[int, float, bool]
"""Feature, threshold, and whether a missing value goes left."""


@dataclass(frozen=True)
class Tree:
    """One decision tree of at most `MOST_LEAVES` leaves, kept as its inner nodes and its leaves.

    Attributes:
        feature: Column each inner node looks at.
        threshold: A value at most this goes left.
        missing_left: True where a missing value goes left.
        left: Bit l is set when leaf l, counted from the left, can be reached from the left side.
        value: What each leaf adds to the log-odds.
        contribution: The same, split by feature (leaves x features).
    """

    feature: Array
    threshold: Array
    missing_left: Array
    left: Array
    value: Array
    contribution: Array

    @cached_property
    def questions(self) -> list[Question]:
        """What each inner node asks."""
        columns = (self.feature, self.threshold, self.missing_left)
        return list(zip(*(column.tolist() for column in columns), strict=True))


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

    @cached_property
    def questions(self) -> dict[Question, int]:
        """The number of each question that some node asks."""
        return {
            question: number
            for number, question in enumerate(dict.fromkeys(one for tree in self.trees for one in tree.questions))
        }


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
        raise ValueError("the model was fitted for other features: run python -m dedupe.model.fit")
    trees = tuple(_tree(nodes) for nodes in document["trees"])
    return Model(document["version"], document["bias"], trees)


def _tree(nodes: list[list[float]]) -> Tree:
    """Return the tree of its nodes: [feature, threshold, missing_left, left, right, value] or [value] for a leaf.

    The first node is the root; an inner node has a value too: the mean of its leaves as they were fitted, from which
    the contribution of each split is told (Source: Saabas 2014, "Interpreting random forests").
    """
    leaves: list[int] = []
    contribution = np.zeros((sum(len(node) == 1 for node in nodes), len(FEATURES)), dtype=np.float32)
    inner: list[tuple[int, float, bool, int]] = []

    def walk(number: int, path: list[tuple[int, float]]) -> int:
        node = nodes[number]
        if len(node) == 1:
            for feature, change in path:
                contribution[len(leaves), feature] += change
            leaves.append(number)
            return 1 << (len(leaves) - 1)
        split_by, threshold, missing_left, left, right, value = node
        sides = [walk(child, [*path, (int(split_by), nodes[child][-1] - value)]) for child in (int(left), int(right))]
        inner.append((int(split_by), threshold, bool(missing_left), sides[0]))
        return sides[0] | sides[1]

    walk(0, [])
    return Tree(
        feature=np.array([node[0] for node in inner]),
        threshold=np.array([node[1] for node in inner], dtype=np.float32),
        missing_left=np.array([node[2] for node in inner]),
        left=np.array([node[3] for node in inner], dtype=np.uint16),
        value=np.array([nodes[number][0] for number in leaves], dtype=np.float32),
        contribution=contribution,
    )


def log_odds(features: Array, model: Model) -> Array:
    """Return the log-odds of each pair (a column of the feature matrix), float32."""
    total = np.full(features.shape[1], model.bias, dtype=np.float32)
    for start in range(0, features.shape[1], CHUNK):
        rows = slice(start, start + CHUNK)
        for tree, leaf in zip(model.trees, _leaves(features[:, rows], model), strict=True):
            total[rows] += tree.value.take(leaf)
    return total


def contributions(features: Array, model: Model) -> Array:
    """Return what each feature adds to the log-odds of each pair, float32 (pairs x features).

    A row sums to the log-odds less what every pair starts from: `start`.
    """
    total = np.zeros((features.shape[1], len(FEATURES)), dtype=np.float32)
    for start in range(0, features.shape[1], CHUNK):
        rows = slice(start, start + CHUNK)
        for tree, leaf in zip(model.trees, _leaves(features[:, rows], model), strict=True):
            total[rows] += tree.contribution[leaf]
    return total


def start(model: Model) -> float:
    """Return the log-odds every pair starts from, before any feature adds to them."""
    nothing = np.full((len(FEATURES), 1), np.nan, dtype=np.float32)
    return float(log_odds(nothing, model)[0] - contributions(nothing, model).sum())


def _leaves(features: Array, model: Model) -> Iterator[Array]:
    """Yield for each tree the leaf each pair falls in: where a pair goes right, the leaves on the left are struck out.

    The first leaf that is left is the one. Trees ask the same questions, so each is asked once. Source: Lucchese et al.
    2015, "QuickScorer": no pointer is followed, so it is a handful of array operations.
    """
    questions = model.questions
    goes_left = np.empty((len(questions), features.shape[1]), dtype=np.uint16)
    for answer, (feature, threshold, missing_left) in zip(goes_left, questions, strict=True):
        values = features[feature]
        yes = ~(values > threshold) if missing_left else values <= threshold
        np.negative(yes.astype(np.uint16), out=answer)
    struck = np.empty(features.shape[1], dtype=np.uint16)
    for tree in model.trees:
        alive = np.full(features.shape[1], 0xFFFF, dtype=np.uint16)
        for question, left in zip(tree.questions, tree.left, strict=True):
            np.bitwise_or(goes_left[questions[question]], ~left, out=struck)
            alive &= struck
        # the lowest bit alone, and its number by way of the exponent of a float
        alive &= -alive
        yield (alive.astype(np.float32).view(np.int32) >> 23) - 127


def probability(log_odds_: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    result: Array = (1 / (1 + np.exp(-np.clip(log_odds_, -30, 30)))).astype(np.float32)
    return result


def vetoes(features: Mapping[str, Array]) -> Array:
    """Return the number of the veto on each pair by its features of `VETOED_BY`, 0 for none (see `VETOES`)."""
    is_abroad, is_far = features["country_equal"] == 0, features["distance_km"] > FAR_KM
    return np.where(is_abroad & is_far, FAR_ABROAD, NO_VETO).astype(np.int8)


def verdicts(score: Array) -> Array:
    """Return the verdict of each score: match, no_match or unsure."""
    names = np.array(["no_match", "unsure", "match"], dtype=object)
    told: Array = names[(score >= NO_MATCH_BELOW).astype(int) + (score >= MATCH_AT)]
    return told
