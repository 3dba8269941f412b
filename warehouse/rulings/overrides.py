"""Reviewed decisions on gates: a person looked, and lets a week pass until a date.

`overrides.csv` has the columns of `Override`; it is reviewed like code, and a line that has expired does nothing.
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
    return [one for one in rows if on < one.expires_on]


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
        one = Override(**{**row, "expires_on": date.fromisoformat(row["expires_on"])})  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadOverride(f"{where}: five values wanted, expires_on as 2027-01-31") from None
    if not (one.subject and one.gate and one.reason and one.author):
        raise BadOverride(f"{where}: subject, gate, reason and author are all wanted")
    return one
