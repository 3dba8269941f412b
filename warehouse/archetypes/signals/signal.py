"""A lab's testimony to signals: each function finds one kind of evidence and says how directly it is stated."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from warehouse.archetypes.reading.testimony import IDENTITY_ROLES, Cue, Testimony

Weighed = Iterable[tuple[Cue, float]]
"""Cues, each with the share of a rule's weight it gives, 0-1."""


class Signal(NamedTuple):
    """One cue that counts."""

    tag: str
    cue: Cue
    strength: float


class Detector(NamedTuple):
    """A signal function and the concepts of the lexicon it listens to."""

    concepts: tuple[str, ...]
    find: Callable[[Sequence[Cue]], Weighed]


SIGNALS: dict[str, Detector] = {}
"""Every signal by name, in the order of declaration."""


def signal(*concepts: str) -> Callable[[Callable[[Sequence[Cue]], Weighed]], Callable[[Sequence[Cue]], Weighed]]:
    """Register a signal under the name of its function; its docstring is published by labs explain."""

    def register(function: Callable[[Sequence[Cue]], Weighed]) -> Callable[[Sequence[Cue]], Weighed]:
        SIGNALS[function.__name__] = Detector(concepts, function)
        return function

    return register


def detect(testimony: Testimony) -> Iterator[Signal]:
    """Yield every signal of a testimony, in the order of their declaration."""
    for tag, (concepts, find) in SIGNALS.items():
        if testimony.by_concept.keys().isdisjoint(concepts):
            continue
        for cue, strength in find(testimony.of(*concepts)):
            if strength > 0:
                yield Signal(tag, cue, strength)


def by_host(cues: Sequence[Cue]) -> Weighed:
    """Weigh institutions: in prose only the host counts in full (trap 3)."""
    return ((cue, cue.host_strength) for cue in cues)


def by_place(cues: Sequence[Cue]) -> Weighed:
    """Weigh by the field the words stand in."""
    return ((cue, cue.place_strength) for cue in cues)


def in_words(cues: Sequence[Cue]) -> Weighed:
    """Weigh by the field, names and operators left out: "Roche aux Fées Communauté" is no community of makers."""
    return ((cue, cue.place_strength) for cue in cues if cue.role not in IDENTITY_ROLES)
