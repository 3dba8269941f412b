"""Reviewed corrections to the values they stand in for, week after week, until they expire.

`corrections.csv` has the columns of `Correction`. A correction of a lab holds whatever the sources say; a correction of
a listing is applied before labs are made of it, so it survives a new lab_id. docs/corrections.md says how to file one.
"""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from warehouse.columns import replaced
from warehouse.schema import Lab, Listing, Row, UserError
from warehouse.schema.lab import LAB_ID_PATTERN

REVIEWED = Path(__file__).with_name("corrections.csv")
"""The corrections the registry itself reviews, like code."""

_FIXED = frozenset({"lab_id", "source", "source_key", "first_seen", "sources", "staleness_weeks", "email", "phone"})
"""Identity, provenance and contacts are not corrected but judged, or withdrawn by suppressions.csv."""


class BadCorrection(UserError):
    """A line of the file that cannot be applied, named in one line."""


@dataclass(frozen=True)
class Correction:
    """One value that stands in for what the sources say."""

    subject: str
    """lab_id, or source and source_key joined by a slash."""
    field: str
    value: str
    """The value; a list as JSON; empty for none."""
    evidence_url: str
    expires_on: date
    author: str

    @property
    def is_of_lab(self) -> bool:
        """True when the subject is a lab."""
        return re.fullmatch(LAB_ID_PATTERN, self.subject) is not None

    def holds_on(self, day: date) -> bool:
        """Tell whether the correction still holds."""
        return day < self.expires_on


def read(path: Path) -> list[Correction]:
    """Return the corrections of the file; none when it is not there.

    Raises: BadCorrection naming the line and what is wrong with it.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        names = [field.name for field in fields(Correction)]
        if reader.fieldnames != names:
            raise BadCorrection(f"{path.name}: the header must be {','.join(names)}")
        return [_checked(row, f"{path.name} line {reader.line_num}") for row in reader]


def applied(
    table: pa.Table, row: type[Row], corrections: Iterable[Correction], *, on: date
) -> tuple[pa.Table, set[tuple[str, str]]]:
    """Return labs or listings with the corrections that hold on the day, and the (subject, field) that hold.

    A correction whose subject is not there changes nothing; it may come back.
    """
    held = [one for one in corrections if one.holds_on(on) and one.is_of_lab == (row is Lab)]
    if not held:
        return table, set()
    keys = zip(*(table[name].to_pylist() for name in row.key), strict=True)
    subjects = {"/".join(key): number for number, key in enumerate(keys)}
    done = set()
    for one in held:
        number = subjects.get(one.subject)
        if number is None:
            continue
        values = table[one.field].to_pylist()
        values[number] = _value(one, row)
        table = replaced(table, one.field, values)
        done.add((one.subject, one.field))
    return table, done


def expired(corrections: Sequence[Correction], on: date) -> list[Correction]:
    """Return the corrections that no longer hold: whoever filed them looks whether the sources know better by now."""
    return [one for one in corrections if not one.holds_on(on)]


def _checked(row: dict[str, str], where: str) -> Correction:
    try:
        one = Correction(**{**row, "expires_on": date.fromisoformat(row["expires_on"])})  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadCorrection(f"{where}: six values wanted, expires_on as 2027-01-31") from None
    of = Lab if one.is_of_lab else Listing
    if not one.is_of_lab and "/" not in one.subject:
        raise BadCorrection(f"{where}: the subject is a lab_id or source/source_key")
    if one.field not in of.model_fields or one.field in _FIXED:
        raise BadCorrection(f"{where}: no correctable column is called {one.field!r}")
    if not re.match(r"https?://\S+$", one.evidence_url):
        raise BadCorrection(f"{where}: evidence_url must be an http or https address")
    _value(one, of, where)
    return one


def _value(one: Correction, row: type[Row], where: str = "correction") -> Any:
    """Return the value in the type of its column."""
    if one.value == "":
        plain: Any = None
    elif pa.types.is_list(row.arrow_schema().field(one.field).type):
        plain = _list(one.value, where)
    else:
        plain = one.value
    head: dict[str, Any] = {"lab_id": one.subject} if row is Lab else {"source": "x", "source_key": "x"}
    try:
        made = row(**{"name": "x", **head, one.field: plain})
    except ValidationError as error:
        raise BadCorrection(f"{where}: {one.field}: {error.errors()[0]['msg']}") from None
    return getattr(made, one.field)


def _list(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadCorrection(f'{where}: a list is written as JSON: ["laser", "cnc"]') from None
