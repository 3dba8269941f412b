"""Reviewed decisions on gates: a person looked, and lets the weeks from one date until another pass.

`overrides.csv` has the columns of `Override`; it is reviewed like code. A line does nothing before it starts, so that a
backfill of earlier weeks still gives what was published, and nothing once it has expired.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from warehouse.schema import Check, UserError

REVIEWED = Path(__file__).with_name("overrides.csv")


class BadOverride(UserError):
    """A line of the file that cannot be applied, named in one line."""


@dataclass(frozen=True)
class Override:
    """One gate that passes."""

    subject: str
    """Source, or `snapshot`."""
    gate: str
    """Name of the gate, or `*` for every gate of the subject."""
    reason: str
    starts_on: date
    """The first Monday it holds on."""
    expires_on: date
    author: str


def read(path: Path, *, on: date) -> list[Override]:
    """Return the overrides of the file that hold on the day; none when it is not there.

    Raises: BadOverride.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != [field.name for field in fields(Override)]:
            raise BadOverride(f"{path.name}: the header must be {','.join(field.name for field in fields(Override))}")
        rows = [_checked(row, f"{path.name} line {reader.line_num}") for row in reader]
    return [one for one in rows if one.starts_on <= on < one.expires_on]


def overridden(check: Check, overrides: Sequence[Override]) -> Check:
    """Return the gate, passed where an override names it, with who says so beside what was measured."""
    if check.verdict == "pass":
        return check
    found = next((one for one in overrides if one.subject == check.subject and one.gate in {check.name, "*"}), None)
    if found is None:
        return check
    said = f"passed by {found.author} until {found.expires_on.isoformat()}: {found.reason}"
    return check.model_copy(update={"verdict": "pass", "why": f"{check.why}; {said}"})


def _checked(row: dict[str, str], where: str) -> Override:
    try:
        dates = {name: date.fromisoformat(row[name]) for name in ("starts_on", "expires_on")}
        one = Override(**{**row, **dates})  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadOverride(f"{where}: six values wanted, starts_on and expires_on as 2027-01-31") from None
    if not (one.subject and one.gate and one.reason and one.author):
        raise BadOverride(f"{where}: subject, gate, reason and author are all wanted")
    if one.starts_on >= one.expires_on:
        raise BadOverride(f"{where}: expires_on {one.expires_on} is not after starts_on {one.starts_on}")
    return one
