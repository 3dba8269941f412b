"""What the house has declared about a source, as far as matching and fusion must know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys.text import Array

LicenceLayer = Literal["open", "share_alike", "facts"]


@dataclass(frozen=True)
class SourcePolicy:
    """What is declared about one source.

    Attributes:
        rank: 1 is the source whose word counts most.
        is_duplicate_free: True when the source lists no lab twice: two of its live listings are never one lab.
        licence_layer: open; share_alike (its listings join labs, never make two one); facts (no open licence: name,
            place, URL and status only).
    """

    rank: int
    is_duplicate_free: bool = False
    licence_layer: LicenceLayer = "open"


Policy = Mapping[str, SourcePolicy]

UNDECLARED = SourcePolicy(rank=1_000)
"""A source nobody declared: no trust, and one layer with the open ones."""


def of(policy: Policy, source: str) -> SourcePolicy:
    """Return the policy of the source, `UNDECLARED` where there is none."""
    return policy.get(source, UNDECLARED)


def followers(listings: pa.Table, policy: Policy) -> Array:
    """Return True for the listings that may join a lab but never make two one: those of share-alike sources."""
    sources = pa.array([source for source, own in policy.items() if own.licence_layer == "share_alike"], pa.string())
    follows: Array = pc.is_in(listings["source"], sources).to_numpy()
    return follows
