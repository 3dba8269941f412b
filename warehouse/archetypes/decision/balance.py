"""Signals to points: what every rule gives, by archetype and by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.archetypes.rules import ARCHETYPES, Rule
from warehouse.archetypes.signals import Signal

REPEAT = 0.2
"""What each further distinct wording of a signal adds to its strongest one."""
_WORDINGS = 3
"""Wordings counted a signal; more would reward length."""


class Counted(NamedTuple):
    """One cue with the rule that counts it and the points it gives."""

    signal: Signal
    rule: Rule
    points: float


@dataclass(frozen=True)
class Balance:
    """Points of one lab."""

    counted: tuple[Counted, ...]
    points: Mapping[str, float]
    by_rule: Mapping[Rule, float]
    tags: frozenset[str]

    def of(self, *signals: str) -> float:
        """Return the largest points each of the signals gives any archetype, summed."""
        return sum(
            max((points for rule, points in self.by_rule.items() if rule.signal == signal), default=0.0)
            for signal in signals
        )

    def step(self, step: str, archetype: str) -> dict[Rule, float]:
        """Return the rules that speak for an archetype in a step, with their points."""
        return {
            rule: points for rule, points in self.by_rule.items() if rule.step == step and rule.archetype == archetype
        }

    def strongest(self, step: str, archetype: str) -> tuple[float, str]:
        """Return the most points a rule gives in a step, and its signal; zero and no signal when there is none."""
        found = self.step(step, archetype)
        return max(((points, rule.signal) for rule, points in found.items()), default=(0.0, ""))


def weigh(signals: Sequence[Signal], rules: Mapping[str, tuple[Rule, ...]]) -> Balance:
    """Return the points: the strongest wording of a signal counts in full, two more a little."""
    by_tag: dict[str, list[Signal]] = {}
    for signal in signals:
        by_tag.setdefault(signal.tag, []).append(signal)
    counted: list[Counted] = []
    points = dict.fromkeys(ARCHETYPES, 0.0)
    by_rule: dict[Rule, float] = {}
    for tag, found in by_tag.items():
        wordings = _distinct(found)
        for rule in rules.get(tag, ()):
            total = 0.0
            for rank, signal in enumerate(wordings[:_WORDINGS]):
                value = rule.weight * signal.strength * (1.0 if rank == 0 else REPEAT)
                counted.append(Counted(signal, rule, value))
                total += value
            by_rule[rule] = total
            points[rule.archetype] += total
    return Balance(tuple(counted), points, by_rule, frozenset(by_tag))


def _distinct(found: Sequence[Signal]) -> list[Signal]:
    """Return the strongest signal of each wording, strongest first, ties in a fixed order."""
    distinct: dict[str, Signal] = {}
    for signal in found:
        wording = signal.cue.matched.lower()
        if wording not in distinct or signal.strength > distinct[wording].strength:
            distinct[wording] = signal
    return sorted(distinct.values(), key=lambda s: (-s.strength, s.cue.matched, s.cue.source, s.cue.source_key))
