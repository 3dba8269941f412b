"""Two releases, of weeks however far apart or of one week made again, to what moved between them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from warehouse.changes import Snapshot, changes
from warehouse.published.verify import published_edition
from warehouse.releases import Releases
from warehouse.schema.manifest import EditionPointer, Manifest
from warehouse.storage import Storage
from warehouse.weeks import Week


@dataclass(frozen=True)
class Difference:
    """What moved from one release to another."""

    older: Week
    newer: Week
    feed: pa.Table
    """The feed, schema Change, as if the two weeks were neighbours."""
    tables: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Of one week made again: the tables that differ, as edition/table, with their rows before and now."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows of the feed by kind and reason, most first."""
        pairs = zip(self.feed["change"].to_pylist(), self.feed["reason"].to_pylist(), strict=True)
        counted = Counter(f"{kind} ({reason})" for kind, reason in pairs)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def lines(self) -> Iterator[str]:
        """Give one line a row of the feed: the lab, what happened, to which columns, and why."""
        for row in self.feed.to_pylist():
            fields = f" ({', '.join(row['changed_fields'])})" if row["changed_fields"] else ""
            related = f" {', '.join(row['related_ids'])}" if row["related_ids"] else ""
            yield f"{row['lab_id']}  {row['change']}{related}{fields}: {row['reason']}"


def diff(warehouse: str | Path, older: Week, newer: Week, *, edition: str = "full") -> Difference:
    """Return what moved from the older to the newer week; weeks given the other way round give the way back.

    Raises: NotPublished, ReleaseDamaged.
    """
    releases = Releases(Storage(warehouse))
    before, after = (releases.snapshot(published_edition(releases, week, edition)) for week in (older, newer))
    return Difference(older, newer, changes(before, after))


def revision(
    releases: Releases,
    week: Week,
    standing: Mapping[str, EditionPointer],
    made: tuple[Snapshot, Mapping[str, Manifest]],
) -> Difference:
    """Return what a week made again, not published yet, has otherwise than the revision that stands.

    Args:
        releases: where the standing revision is.
        week: the week.
        standing: its editions.
        made: the edition full as made again, and the manifests of all editions.
    """
    now, manifests = made
    before = {f"{name}/{file}": one for name in standing for file, one in _tables(releases.manifest(standing[name]))}
    after = {f"{name}/{file}": one for name, manifest in manifests.items() for file, one in _tables(manifest)}
    nothing = (0, None)
    differing = {
        name: (before.get(name, nothing)[0], after.get(name, nothing)[0])
        for name in sorted(before.keys() | after.keys())
        if before.get(name, nothing) != after.get(name, nothing)
    }
    return Difference(week, week, changes(releases.snapshot(standing["full"]), now), differing)


def _tables(manifest: Manifest) -> Iterator[tuple[str, tuple[int, str | None]]]:
    for file in manifest.files:
        if file.content_sha256 is not None:
            yield file.path.removesuffix(".parquet"), (file.rows or 0, file.content_sha256)
