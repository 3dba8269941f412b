"""Gates as data: what was measured, against which band, with which verdict and why.

A source's gate says pass or carry_forward (its week is not believed, last good listings stay); the snapshot's gates say
pass or block (nothing is published). docs/checks.md lists them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.drift import HISTORY_WEEKS, Band, count_band, share_band
from warehouse.schema import Check

SNAPSHOT = "snapshot"
"""The subject of gates that look at the whole week."""

FILL_FIELDS = ("street", "postcode", "city", "country_code", "website", "description", "email")
"""Columns whose fill rate shows that a source renamed or dropped a field."""

MAX_REMOVED_SHARE = 0.10
"""More labs than this leaving in one week hold the publication. Source: publishing-and-safety.md 1.5, shrink_total."""
MAX_IDS_CHANGED_SHARE = 0.05
"""More labs than this under another id than last week hold it. Source: GBIF, gbif/pipelines#676."""
SMALL = 20
"""Snapshots under so many labs are judged by numbers, not shares: three labs of eight may leave."""
_SMALL_LEAVING = 3


class ChecksFailed(Exception):
    """The week is held: a gate blocks. Carries the table of checks."""

    def __init__(self, checks: pa.Table) -> None:
        """Say which gates block."""
        self.checks = checks
        held = [row for row in checks.to_pylist() if row["verdict"] == "block"]
        super().__init__("; ".join(f"{row['name']} of {row['subject']}: {row['why']}" for row in held))


@dataclass(frozen=True)
class Gate:
    """One measured value and what it may be; turned into a row of checks."""

    name: str
    subject: str
    value: float
    band: Band
    refusal: str

    def row(self) -> Check:
        """Return the gate with its verdict."""
        passed = self.value >= self.band.lower
        why = f"{self.value:g} against at least {self.band.lower:.3g}: {self.band.basis}"
        return Check(
            name=self.name,
            subject=self.subject,
            value=self.value,
            lower=self.band.lower,
            verdict="pass" if passed else self.refusal,
            why=why,
        )


def check_week(listings: pa.Table, sources: pa.Table, *, history: Sequence[pa.Table] = ()) -> pa.Table:
    """Return the gates of every source that answered this week.

    Args:
        listings: what was crawled this week, all sources.
        sources: their states as crawled; a source that is not `ok` has no gates, its own state says enough.
        history: the checks of earlier weeks, oldest first. A source's values of weeks that did not pass teach nothing.
    """
    past = _values(history[-HISTORY_WEEKS:])
    rows = []
    for state in sources.to_pylist():
        if state["state"] != "ok":
            continue
        source = state["source"]
        own = listings.filter(pc.equal(listings["source"], source))
        for name, (value, basis) in measure(own).items():
            rows.append(_source_gate(name, source, value, past.get((source, name), []), basis))
    return Check.table(rows)


def check_snapshot(
    previous_labs: pa.Table | None, labs: pa.Table, id_bridge: pa.Table, *, announced: Sequence[str] = ()
) -> pa.Table:
    """Return the gates of the whole week against last week's labs.

    Args:
        previous_labs: last week's labs; None in the first week.
        labs: this week's.
        id_bridge: where retired ids lead.
        announced: ids whose leaving needs no gate: their source's listings ran out after eight stale weeks, or they
            were suppressed.
    """
    rows = [_at_least("labs_published", labs.num_rows, 1, "a snapshot without labs is never published")]
    if previous_labs is not None and previous_labs.num_rows:
        before, now = set(previous_labs["lab_id"].to_pylist()), set(labs["lab_id"].to_pylist())
        heirs = {row["old_id"] for row in id_bridge.to_pylist() if row["new_id"] is not None}
        gone = before - now - set(announced)
        rows.append(_at_most("labs_removed", len(gone - heirs), len(before), MAX_REMOVED_SHARE))
        rows.append(_at_most("ids_changed", len(gone & heirs), len(before), MAX_IDS_CHANGED_SHARE))
    return Check.table(rows)


def refused(checks: pa.Table) -> dict[str, str]:
    """Return the sources whose week is not believed, each with the reasons in words."""
    reasons: dict[str, list[str]] = {}
    for row in checks.to_pylist():
        if row["verdict"] == "carry_forward":
            reasons.setdefault(row["subject"], []).append(f"{row['name']}: {row['why']}")
    return {source: "; ".join(why) for source, why in sorted(reasons.items())}


def require_passed(checks: pa.Table) -> None:
    """Raise ChecksFailed when a gate blocks."""
    if pc.any(pc.equal(checks["verdict"], "block")).as_py():
        raise ChecksFailed(checks)


def measure(listings: pa.Table) -> dict[str, tuple[float, int]]:
    """Return what is measured of one source's listings, each value with the rows it rests on: a count, shares 0-1."""
    rows = listings.num_rows
    measures = {"count": (float(rows), rows)}
    if rows:
        placed = pc.and_(listings["lat"].is_valid(), listings["lon"].is_valid())
        measures["coordinates_share"] = pc.sum(placed).as_py() / rows, rows
        for field in FILL_FIELDS:
            measures[f"filled_{field}_share"] = 1 - listings[field].null_count / rows, rows
        countries = listings["country_code"].drop_null()
        if len(countries):
            # Rests on the listings that state a country only: of two that do, one abroad is no drift.
            counts = countries.value_counts().field("counts")
            measures["top_country_share"] = pc.max(counts).as_py() / len(countries), len(countries)
    return measures


def _source_gate(name: str, source: str, value: float, past: list[float], rows: int) -> Check:
    if not past:
        return Check(name=name, subject=source, value=value, verdict="pass", why="first good week: nothing to compare")
    band = count_band(past) if name == "count" else share_band(past, rows)
    return Gate(name, source, value, band, "carry_forward").row()


def _values(history: Sequence[pa.Table]) -> Mapping[tuple[str, str], list[float]]:
    values: dict[tuple[str, str], list[float]] = {}
    for week in history:
        rows = week.to_pylist()
        doubted = {row["subject"] for row in rows if row["verdict"] != "pass"}
        for row in rows:
            if row["subject"] not in doubted and row["value"] is not None:
                values.setdefault((row["subject"], row["name"]), []).append(row["value"])
    return values


def _at_least(name: str, value: float, lower: float, why: str) -> Check:
    verdict = "pass" if value >= lower else "block"
    return Check(name=name, subject=SNAPSHOT, value=value, lower=lower, verdict=verdict, why=why)


def _at_most(name: str, leaving: int, before: int, limit: float) -> Check:
    share = leaving / before
    passed = share <= limit or (before < SMALL and leaving <= _SMALL_LEAVING)
    why = f"{leaving} of {before} labs, at most {limit:.0%} may in one week"
    verdict = "pass" if passed else "block"
    return Check(name=name, subject=SNAPSHOT, value=share, upper=limit, verdict=verdict, why=why)
