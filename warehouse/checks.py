"""Gates as data: what was measured, against which band, with which verdict and why.

A source's gate says pass or carry_forward (its week is not believed, last good listings stay); the snapshot's gates say
pass or block (nothing is published). docs/checks.md lists them.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.drift import HISTORY_WEEKS, KNOWN_AGAIN, Band, count_band, measure, share_band
from warehouse.rulings.overrides import Override, overridden
from warehouse.schema import Check

SNAPSHOT = "snapshot"
"""The subject of gates that look at the whole week."""

MAX_REMOVED_SHARE = 0.10
"""More labs than this leaving in one week hold the publication. Source: publishing-and-safety.md 1.5, shrink_total."""
MAX_IDS_CHANGED_SHARE = 0.05
"""More labs than this under another id than last week hold it. Source: GBIF, gbif/pipelines#676."""
MAX_ARCHETYPES_CHANGED_SHARE = 0.20
"""More labs than this in another archetype than last week is a change of rules or of a source's words, not of labs."""
MAX_DOUBTFUL_SHARE = 0.02
"""More labs than this whose listings may not be one hold it: of recorded lists 0.1 and 0.3 % are."""
MAX_LISTINGS = 20
"""A lab of more listings holds it: the largest real one has 8, and a chain of wrong pairs grows without end."""
_USUALLY_KNOWN = 0.9
"""What is expected of a source in its second week."""
PATIENCE_WEEKS = 8
"""So many weeks may a source be refused; then its last good listings run out, and a person decides."""
GROWN = 1.25
"""A source with so many times the listings of its last good week has grown, not drifted."""
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


def check_week(
    listings: pa.Table,
    sources: pa.Table,
    *,
    history: Sequence[pa.Table] = (),
    previous: pa.Table | None = None,
    overrides: Sequence[Override] = (),
) -> pa.Table:
    """Return the gates of every source that answered this week.

    Args:
        listings: what was crawled this week, all sources.
        sources: their states as crawled; a source that is not `ok` has no gates, its own state says enough.
        history: the checks of earlier weeks, oldest first. A source's values of weeks that did not pass teach nothing.
        previous: the listings that counted last week: shows how many of them are known again.
        overrides: reviewed decisions that hold this week; the gate passes and says by whom.
    """
    weeks = [week.to_pylist() for week in history[-HISTORY_WEEKS:]]
    values = _values(weeks)
    rows = []
    for state in sources.to_pylist():
        if state["state"] != "ok":
            continue
        source = state["source"]
        own = listings.filter(pc.equal(listings["source"], source))
        before = previous.filter(pc.equal(previous["source"], source)) if previous is not None else None
        steps, refused = _since_good(weeks, source)
        for name, value in measure(own, before).items():
            past = _Past(values.get((source, name), []), steps, refused)
            row = _source_gate(name, source, value, own.num_rows, past)
            rows.append(overridden(_patient(row, refused), overrides))
    return Check.table(rows)


def check_snapshot(
    previous_labs: pa.Table | None,
    labs: pa.Table,
    id_bridge: pa.Table,
    *,
    announced: Sequence[str] = (),
    overrides: Sequence[Override] = (),
) -> pa.Table:
    """Return the gates of the whole week against last week's labs.

    Args:
        previous_labs: last week's labs; None in the first week.
        labs: this week's.
        id_bridge: where retired ids lead.
        announced: ids whose leaving needs no gate: their source's listings ran out after eight stale weeks, or they
            were suppressed.
        overrides: reviewed decisions that hold this week.
    """
    rows = [_at_least("labs_published", labs.num_rows, 1, "a snapshot without labs is never published")]
    if previous_labs is not None and previous_labs.num_rows:
        before, now = set(previous_labs["lab_id"].to_pylist()), set(labs["lab_id"].to_pylist())
        heirs = {row["old_id"] for row in id_bridge.to_pylist() if row["new_id"] is not None}
        gone = before - now - set(announced)
        rows.append(_at_most("labs_removed", len(gone - heirs), len(before), MAX_REMOVED_SHARE))
        rows.append(_at_most("ids_changed", len(gone & heirs), len(before), MAX_IDS_CHANGED_SHARE))
        moved = _archetypes_changed(previous_labs, labs)
        rows.append(_at_most("archetypes_changed", moved, len(before), MAX_ARCHETYPES_CHANGED_SHARE))
    return Check.table([overridden(row, overrides) for row in rows])


def check_matching(assignments: pa.Table, doubtful: int, *, overrides: Sequence[Override] = ()) -> pa.Table:
    """Return the gates of the whole week on what matching has made of its listings.

    Args:
        assignments: which listing is which lab.
        doubtful: labs whose listings may not be one.
        overrides: reviewed decisions that hold this week.
    """
    labs = pc.value_counts(assignments["lab_id"]).to_pylist()
    if not labs:
        return Check.table([])
    largest = max(labs, key=lambda lab: (lab["counts"], lab["values"]))
    listings = largest["counts"]
    rows = [
        Check(
            name="largest_lab",
            subject=SNAPSHOT,
            value=listings,
            upper=MAX_LISTINGS,
            verdict="pass" if listings <= MAX_LISTINGS else "block",
            why=f"{largest['values']} has {listings} listings, at most {MAX_LISTINGS} are believed",
        ),
        _at_most("labs_doubtful", doubtful, len(labs), MAX_DOUBTFUL_SHARE),
    ]
    return Check.table([overridden(row, overrides) for row in rows])


def _archetypes_changed(previous: pa.Table, labs: pa.Table) -> int:
    """Return how many labs have another archetype than last week and the same sources.

    What a lab's sources say of it decides its archetype: where one has left, or has come back, another is no surprise.
    """
    before, now = (
        {lab["lab_id"]: (lab["archetype"], frozenset(lab["sources"] or ()))
         for lab in table.select(["lab_id", "archetype", "sources"]).to_pylist()}
        for table in (previous, labs)
    )  # fmt: skip
    return sum(
        archetype != before[lab_id][0] and sources == before[lab_id][1]
        for lab_id, (archetype, sources) in now.items()
        if lab_id in before and before[lab_id][0] is not None
    )


def refused(checks: pa.Table) -> dict[str, str]:
    """Return the sources whose week is not believed, each with the reasons in words."""
    reasons: dict[str, list[str]] = {}
    for row in checks.to_pylist():
        if row["verdict"] != "pass" and row["subject"] != SNAPSHOT:
            reasons.setdefault(row["subject"], []).append(f"{row['name']}: {row['why']}")
    return {source: "; ".join(why) for source, why in sorted(reasons.items())}


def require_passed(checks: pa.Table) -> None:
    """Raise ChecksFailed when a gate blocks."""
    if pc.any(pc.equal(checks["verdict"], "block")).as_py():
        raise ChecksFailed(checks)


@dataclass(frozen=True)
class _Past:
    """What is known of a measure of a source: its values in good weeks, and what came after the last of them."""

    values: list[tuple[float, float]]
    """Each with the count of its week, oldest first."""
    steps: float
    """Weeks from the last good one to this, refused ones aside, as a multiple of what usually lies between two: a
    source that is read once a month is not silent meanwhile."""
    refused: int
    """Weeks since the last good one that it was refused in."""


def _source_gate(name: str, source: str, value: float, rows: int, past: _Past) -> Check:
    """Return the gate of one measure, over so many rows."""
    good = past.values or ([(_USUALLY_KNOWN, float(rows))] if name == KNOWN_AGAIN else [])
    if not good:
        return Check(name=name, subject=source, value=value, verdict="pass", why="first good week: nothing to compare")
    values = [measured for measured, _ in good]
    if name == "count":
        return Gate(name, source, value, count_band(values, steps=past.steps), "carry_forward").row()
    # Other labs come in while a source is refused, too; but what it lacks does not become right by lasting.
    steps = past.steps + (past.refused if name == KNOWN_AGAIN else 0)
    band = share_band(values, rows, steps=steps, adds_up=name == KNOWN_AGAIN)
    if name.startswith("filled_") and rows >= GROWN * good[-1][1]:
        # Growth passes: another population than before, whose fields no earlier week speaks of. The fall is told.
        why = f"{value:g}, {band.basis}; told and not held: the source grew from {good[-1][1]:g} to {rows} listings"
        return Check(name=name, subject=source, value=value, lower=band.lower, verdict="pass", why=why)
    if name != KNOWN_AGAIN:
        # A source that grows by bare records has lost nothing: it is held when the share and the number both fell.
        kept = count_band([measured * count for measured, count in good], steps=steps).lower / rows
        band = Band(min(band.lower, kept), band.basis)
    return Gate(name, source, value, band, "carry_forward").row()


def _patient(row: Check, refused_weeks: int) -> Check:
    """Return the gate, blocking once its source was refused for so long that its last good listings run out."""
    if row.verdict != "carry_forward" or refused_weeks < PATIENCE_WEEKS:
        return row
    why = f"{row.why}; refused for {refused_weeks} weeks before: decide by a line in overrides.csv"
    return row.model_copy(update={"verdict": "block", "why": why})


def _since_good(weeks: Sequence[list[dict[str, Any]]], source: str) -> tuple[float, int]:
    """Return the steps of `_Past` since a source's last good week, and how many weeks it was refused in since."""
    verdicts = [[row["verdict"] for row in week if row["subject"] == source] for week in weeks]
    good = [place for place, own in enumerate(verdicts) if own and all(verdict == "pass" for verdict in own)]
    since = verdicts[good[-1] + 1 :] if good else verdicts
    refused = sum(bool(own) for own in since)
    usual = median(after - before for before, after in itertools.pairwise(good)) if len(good) > 1 else 1
    return max(1.0, (1 + len(since) - refused) / usual), refused


def _values(weeks: Sequence[list[dict[str, Any]]]) -> Mapping[tuple[str, str], list[tuple[float, float]]]:
    values: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for week in weeks:
        rows = [row for row in week if row["value"] is not None]
        doubted = {row["subject"] for row in rows if row["verdict"] != "pass"}
        counts = {row["subject"]: row["value"] for row in rows if row["name"] == "count"}
        for row in rows:
            if row["subject"] not in doubted and row["subject"] in counts:
                key = row["subject"], row["name"]
                values.setdefault(key, []).append((row["value"], counts[row["subject"]]))
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
