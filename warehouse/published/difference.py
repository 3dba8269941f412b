"""Two published weeks, however far apart, to what moved between them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from warehouse.changes import Snapshot, changes
from warehouse.published.verify import published_edition
from warehouse.releases import Releases
from warehouse.storage import Storage
from warehouse.weeks import Week

_COMPARED = ("labs", "lab_listings", "registry", "id_bridge", "sources", "history")


@dataclass(frozen=True)
class Difference:
    """What moved from one week to another."""

    older: Week
    newer: Week
    feed: pa.Table
    """The feed, schema Change, as if the two weeks were neighbours."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows of the feed by kind and reason, most first."""
        pairs = zip(self.feed["change"].to_pylist(), self.feed["reason"].to_pylist(), strict=True)
        counted = Counter(f"{kind} ({reason})" for kind, reason in pairs)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def diff(warehouse: str | Path, older: Week, newer: Week, *, edition: str = "full") -> Difference:
    """Return what moved from the older to the newer week; weeks given the other way round give the way back.

    Raises: NotPublished, ReleaseDamaged.
    """
    releases = Releases(Storage(warehouse))
    before, after = (_snapshot(releases, week, edition) for week in (older, newer))
    return Difference(older, newer, changes(before, after))


def _snapshot(releases: Releases, week: Week, edition: str) -> Snapshot:
    pointer = published_edition(releases, week, edition)
    return Snapshot(**{name: releases.table(pointer, name) for name in _COMPARED})
