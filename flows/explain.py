"""A lab_id to the reasons behind it: where it came from, why its listings are one lab, why it has its archetype."""

import re
from typing import Any

import pyarrow.compute as pc

from flows.plan import parse_week
from warehouse.archetypes.explain import explain
from warehouse.lake import Lake
from warehouse.publish import published_weeks
from warehouse.schema import UserError
from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.match import FEATURES
from warehouse.weeks import Week


def explanation(lab_id: str, *, week: str | None, warehouse: str) -> str:
    """Return the reasons in plain text.

    Raises: UserError when the id is none, was never issued, or the week is not published here.
    """
    if not re.fullmatch(LAB_ID_PATTERN, lab_id):
        raise UserError(f"{lab_id}: not a lab_id; one looks like lab-ab23cdef45gh6")
    lake = Lake(warehouse)
    chosen = published_week(lake, week)
    rows = _rows(lake, chosen, "labs", lab_id)
    entry = next(iter(_rows(lake, chosen, "registry", lab_id)), None)
    if entry is None:
        raise UserError(f"{lab_id}: never issued in {lake.storage.shown} up to week {chosen}")
    lines = [f"{lab_id} in week {chosen}: {entry['status']}, first seen {entry['first_seen']}"]
    if entry["replaced_by"]:
        lines.append(f"replaced by {', '.join(entry['replaced_by'])}")
    if not rows:
        return "\n".join([*lines, f"not in this snapshot; last seen {entry['last_seen']}"])
    lab = rows[0]
    place = ", ".join(str(lab[name]) for name in ("commune", "departement", "country_code") if lab[name])
    lines.append(f"{lab['name']} ({place or 'no place'}), {lab['status']}")
    listings = _rows(lake, chosen, "lab_listings", lab_id)
    lines += ["", "Listings, and the fields each one gave the lab"]
    for row in listings:
        carried = " (carried forward)" if row["is_carried_forward"] else ""
        lines.append(f"  {row['source']}/{row['source_key']}{carried}: {', '.join(row['fields_won'] or ['nothing'])}")
    lines += ["", "Why they are one lab", *_matches(lake, chosen, listings)]
    lines += ["", "Why it has its archetype"]
    lines += [explain(row) for row in _rows(lake, chosen, "classifications", lab_id)]
    return "\n".join(lines)


def published_week(lake: Lake, asked: str | None) -> Week:
    """Return the week asked for, by default the latest; raise UserError when it is not published."""
    published = published_weeks(lake.storage)
    if asked is None:
        if not published:
            raise UserError(f"--warehouse {lake.storage.shown}: nothing is published here")
        return published[-1]
    week = parse_week(asked)
    if week not in published:
        raise UserError(f"--week {asked}: not published in {lake.storage.shown}")
    return week


def _rows(lake: Lake, week: Week, table_name: str, lab_id: str) -> list[dict[str, Any]]:
    table = lake.read(table_name, week)
    found: list[dict[str, Any]] = table.filter(pc.equal(table["lab_id"], lab_id)).to_pylist()
    return found


def _matches(lake: Lake, week: Week, listings: list[dict[str, Any]]) -> list[str]:
    """Return a paragraph a compared pair inside the lab, and one a refused pair on its border."""
    members = {(row["source"], row["source_key"]) for row in listings}
    if len(members) == 1:
        return ["  one listing: nothing was matched"]
    lines = []
    for row in lake.read("matches", week).to_pylist():
        pair = {(row["left_source"], row["left_source_key"]), (row["right_source"], row["right_source_key"])}
        if not pair <= members:
            continue
        left, right = (f"{row[f'{side}_source']}/{row[f'{side}_source_key']}" for side in ("left", "right"))
        lines.append(
            f"  {left} and {right}: {row['verdict']}, {row['score']:.3f} by {row['decided_by']}"
            f" (candidate by {row['rule']}, model {row['model_version']})"
        )
        lines.append(f"      {row['reasons']}")
        told = (f"{name} {row[name]:.3g}" for name in FEATURES if row[name] is not None)
        lines.append(f"      {', '.join(told)}")
    return lines or ["  joined through other listings; no pair of these was compared"]
