"""Words to the expressions of the lexicon that begin at one of them: a walk along the trie."""

from collections.abc import Sequence
from typing import NamedTuple

from warehouse.archetypes.reading.lexicon import Meaning, Node


class Start(NamedTuple):
    """Where the expressions that begin with a word go on."""

    nodes: tuple[Node, ...]
    is_whole: bool
    """True when the word alone may be an expression."""
    follow: frozenset[str] | None
    """The words that may come second; None when an ending decides."""

    def may_lead_on(self, words: "list[Word]", position: int, stop: int) -> bool:
        """Tell cheaply whether an expression can begin here: most "de" and "the" lead nowhere."""
        if self.is_whole or self.follow is None:
            return True
        return position + 1 < stop and words[position + 1].folded in self.follow


class Word(NamedTuple):
    """A word of a text, looked up once: its folded form, the languages it marks, what begins with it."""

    folded: str
    marks: int
    cues: Start | None
    markers: Start | None
    is_boundary: bool


def start_of(root: Node, folded: str) -> Start | None:
    """Return where the expressions of a trie that begin with a word go on; None when none does."""
    nodes = tuple(step((root,), folded))
    if not nodes:
        return None
    has_endings = any(node.prefix_lengths for node in nodes)
    return Start(
        nodes,
        any(node.meanings for node in nodes),
        None if has_endings else frozenset(word for node in nodes for word in node.exact),
    )


def longest(
    words: list[Word], position: int, stop: int, allowed: int, nodes: tuple[Node, ...]
) -> tuple[int, list[Meaning]]:
    """Return where the longest allowed expression from a position ends, and what it means; 0 when there is none.

    `nodes` are those the word at the position leads to: its cues or its markers.
    """
    best_end = 0
    best: list[Meaning] = []
    end = position + 1
    reached: Sequence[Node] = nodes
    while reached:
        for node in reached:
            for meaning in node.meanings:
                if meaning.languages & allowed:
                    if best_end < end:
                        best_end, best = end, []
                    best.append(meaning)
        if end >= stop:
            break
        word = words[end].folded
        reached = step(reached, word)
        end += 1
    return best_end, best


def step(nodes: Sequence[Node], word: str) -> list[Node]:
    """Return the nodes a word leads to from any of the nodes: its own, and those of the endings it has."""
    found = []
    for node in nodes:
        child = node.exact.get(word)
        if child is not None:
            found.append(child)
        for length in node.prefix_lengths:
            child = node.prefix.get(word[:length])
            if child is not None:
                found.append(child)
    return found
