"""What a release is made of before it is written: tables of each edition, gates, and facts beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.editions import Edition
from warehouse.release.files import Guards
from warehouse.release.tables import Tables
from warehouse.schema import Check, empty


@dataclass(frozen=True)
class Facts:
    """What the pages and the manifest say beside the tables: names of sources, and measured quality by stage."""

    titles: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
    """`archetypes`: the frozen evaluation of warehouse.archetypes; `dedupe`: that of dedupe."""


@dataclass(frozen=True)
class Material:
    """The input of one release."""

    editions: Mapping[str, Tables]
    guards: Guards
    checks: pa.Table = field(default_factory=lambda: empty(Check))
    """Every gate of the week, for the report; the guards are those of the whole snapshot, for the manifest."""
    facts: Facts = field(default_factory=Facts)

    def seen_by(self, edition: Edition) -> Self:
        """Return the material as the edition may show it: what was measured of sources it may not hold stays out.

        The gates of the whole snapshot look at every source, so `full` alone tells them.
        """
        if edition.name == "full":
            return self
        own = pc.is_in(self.checks["subject"], value_set=edition.tables["sources"]["source"].combine_chunks())
        return replace(self, guards=[], checks=self.checks.filter(own))
