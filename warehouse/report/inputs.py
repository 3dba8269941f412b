"""What a report is made of: the tables of one snapshot and the plain facts that stand beside them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from warehouse.report.untrusted import plain
from warehouse.schema import SCHEMA_VERSION, TABLES, conform, empty
from warehouse.schema.manifest import Manifest, ReleasedFile
from warehouse.weeks import Week

REPORT_TABLES = ("labs", "lab_listings", "classifications", "changes", "id_bridge", "registry", "sources", "checks")
"""Tables of the lake a report shows; contacts are not among them, so a report cannot leak one."""

HISTORY = pa.schema(
    [
        pa.field("snapshot_date", pa.date32(), nullable=False, metadata={"description": "Monday of the week."}),
        pa.field("archetype", pa.string(), nullable=False, metadata={"description": "1 to 6, or unclassified."}),
        pa.field("labs", pa.int64(), nullable=False, metadata={"description": "Labs published that week."}),
    ]
)
"""Counts of the snapshots up to this one; key snapshot_date, archetype."""


@dataclass(frozen=True)
class Measure:
    """One figure of quality, 0-1, and what it was measured on."""

    name: str
    """Key of words.toml under `measure_`, for instance `dedupe_precision`; others are shown as they are."""
    value: float
    lower: float | None = None
    upper: float | None = None
    on: str | None = None


@dataclass(frozen=True)
class Quality:
    """What evaluations on labelled data gave; empty when none was run for this snapshot."""

    measures: tuple[Measure, ...] = ()
    confusion: tuple[tuple[str, str, int], ...] = ()
    """(archetype by hand, archetype by rules, labs); absent pairs are zero."""


@dataclass(frozen=True)
class Publication:
    """Who publishes, on which terms, and where a mistake is reported."""

    title: str = "Registre des ateliers de fabrication numérique · Digital fabrication lab registry"
    publisher: str | None = None
    licence: str | None = None
    """SPDX id of the edition, for instance `ODbL-1.0` or `etalab-2.0`."""
    licence_url: str | None = None
    base_url: str | None = None
    """Where the snapshot is served, if it is; without it links stay relative."""
    correction_url: str | None = None
    """http, https or mailto link that corrects a lab; `{lab_id}` in it becomes the id."""


@dataclass(frozen=True)
class ReportInput:
    """One edition of one snapshot, complete: a report is a pure function of it."""

    week: Week
    edition: str
    tables: Mapping[str, pa.Table]
    history: pa.Table
    schema_version: str = SCHEMA_VERSION
    code_revision: str | None = None
    generated_at: datetime | None = None
    """Left out of a released file: a clock in it would make the same week another release."""
    files: tuple[ReleasedFile, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Names of sources as people know them, by source; without one the source's own id is shown."""
    quality: Quality = field(default_factory=Quality)
    publication: Publication = field(default_factory=Publication)
    _rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, tables: Mapping[str, pa.Table], *, week: Week, edition: str, earlier: Iterable[Manifest] = (), **facts: Any
    ) -> "ReportInput":
        """Return the input with every table in its declared schema; a table not given is empty, others are left out.

        `earlier` are manifests of the weeks before, for the history; `facts` are the remaining fields by name.

        Raises: SchemaMismatch when a table has another schema.
        """
        complete = {
            name: conform(tables[name], TABLES[name]) if name in tables else empty(TABLES[name])
            for name in REPORT_TABLES
        }
        history = history_of(complete["labs"], week.monday, earlier)
        return cls(week=week, edition=edition, tables=complete, history=history, **facts)

    @property
    def snapshot_date(self) -> date:
        """Return the Monday of the week."""
        return self.week.monday

    def title_of(self, source: str) -> str:
        """Return what people call a source."""
        return plain(self.titles.get(source, source), 80)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of one table as plain values; the same list at every call, to be read only."""
        if table not in self._rows:
            self._rows[table] = self.tables[table].to_pylist()
        return self._rows[table]


def history_of(labs: pa.Table, snapshot_date: date, earlier: Iterable[Manifest] = ()) -> pa.Table:
    """Return the labs of this snapshot and of the manifests before it, counted by archetype, as rows of HISTORY."""
    weeks = {manifest.as_of: Counter(manifest.by_archetype) for manifest in earlier if manifest.as_of < snapshot_date}
    weeks[snapshot_date] = Counter(archetype or "none" for archetype in labs["archetype"].to_pylist())
    rows = [
        {"snapshot_date": day, "archetype": archetype, "labs": count}
        for day, counts in sorted(weeks.items())
        for archetype, count in sorted(_with_names(counts).items())
    ]
    return pa.Table.from_pylist(rows, schema=HISTORY)


def _with_names(counts: Mapping[str, int]) -> Counter[str]:
    # A manifest writes "none" for a lab that was never classified; readers see it among the unclassified.
    named: Counter[str] = Counter()
    for archetype, count in counts.items():
        named["unclassified" if archetype == "none" else archetype] += count
    return named
