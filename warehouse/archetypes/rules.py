"""The table of rules.toml: what a signal is worth for an archetype, in which step of the decision, and why."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from warehouse.archetypes.signals import SIGNALS

ARCHETYPES = ("1", "2", "3", "4", "5", "6")
STEPS = ("scope", "operator", "functions", "audience", "community", "score")


_VERSIONED = (
    "rules.toml",
    "lexicon.toml",
    "reading/languages.toml",
    "reading/fields.toml",
    "decision/codebook.toml",
    "decision/calibration.toml",
)


class Rule(NamedTuple):
    """One row of the table."""

    name: str
    signal: str
    archetype: str
    weight: float
    step: str
    why_fr: str
    why_en: str
    is_guarded: bool


class RuleError(ValueError):
    """The table names a signal, an archetype or a step that does not exist."""


@cache
def load() -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules by signal."""
    text = resources.files(__package__).joinpath("rules.toml").read_text("utf-8")
    table: dict[str, tuple[Rule, ...]] = {}
    for row in tomllib.loads(text)["rule"]:
        rule = Rule(
            f"{row['signal']}>{row['archetype']}",
            row["signal"],
            row["archetype"],
            float(row["weight"]),
            row["step"],
            row["why"]["fr"],
            row["why"]["en"],
            row.get("guarded", False),
        )
        if rule.signal not in SIGNALS or rule.archetype not in ARCHETYPES or rule.step not in STEPS:
            raise RuleError(f"rules.toml: {rule.name} in step {rule.step}: no such signal, archetype or step")
        table[rule.signal] = (*table.get(rule.signal, ()), rule)
    return table


@cache
def version() -> str:
    """Return the version of the tables that decide: the first characters of their hash."""
    digest = hashlib.sha256()
    for name in _VERSIONED:
        digest.update(resources.files(__package__).joinpath(name).read_bytes())
    return digest.hexdigest()[:12]
