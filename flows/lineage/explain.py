"""A lab_id to the reasons behind it: where it came from, why its listings are one lab, why it has its archetype."""

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedupe import scoring
from dedupe.explanation import receipts
from dedupe.explanation.wording import worded
from dedupe.rules import REASONS
from flows.planning.plan import parse_week
from warehouse.archetypes.explain import explain
from warehouse.lake import Lake
from warehouse.publish import published_weeks
from warehouse.schema import UserError
from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.match import FEATURES
from warehouse.weeks import Week

TOLD_FROM = 0.05
"""Log-odds; what moved the score by less is left out of a receipt."""


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
    """Return a paragraph a compared pair inside the lab, and one a pair across its border that is not called apart."""
    members = {(row["source"], row["source_key"]) for row in listings}
    matches = lake.read("matches", week)
    keys = pa.array([key for _, key in members], matches.schema.field("left_source_key").type)
    near = pc.or_(*(pc.is_in(matches[f"{side}_source_key"], keys) for side in ("left", "right")))
    inside, border = [], []
    for row in matches.filter(near).to_pylist():
        pair = {(row[f"{side}_source"], row[f"{side}_source_key"]) for side in ("left", "right")}
        if pair <= members:
            inside += _receipt(row)
        elif pair & members and row["verdict"] != "no_match":
            border += _receipt(row)
    alone = "one listing: nothing was matched" if len(members) == 1 else "joined by last week or by other listings"
    told = inside or [f"  {alone}"]
    return [*told, "", "Near, yet another lab", *border] if border else told


def _receipt(row: dict[str, Any]) -> list[str]:
    left, right = (f"{row[f'{side}_source']}/{row[f'{side}_source_key']}" for side in ("left", "right"))
    head = f"  {left} and {right}: {row['verdict']}, {row['score']:.3f} by {row['decided_by']}"
    rule = f"      candidate by {row['rule']}: {REASONS[row['rule']]} Model {row['model_version']}."
    if row["model_version"] != scoring.shipped().version:
        values = (worded(name, row[name]) for name in FEATURES if row[name] is not None)
        return [head, rule, f"      {'; '.join(values)}"]
    weighed = [(worded(name, value), weight) for name, value, weight in receipts.explain(row)]
    weighed.append(("what they were last week", receipts.last_week(row)))
    told = "; ".join(f"{words} {weight:+.1f}" for words, weight in weighed if abs(weight) >= TOLD_FROM)
    return [head, rule, f"      in log-odds: {scoring.start(scoring.shipped()):+.1f} to begin with; {told}"]
