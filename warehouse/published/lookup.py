"""Any id ever published to what became of it, so that no reader is left with a dead one."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.published.verify import NotPublished, published_edition
from warehouse.releases import Releases
from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.manifest import EditionPointer
from warehouse.storage import Storage
from warehouse.weeks import Week


@dataclass(frozen=True)
class Resolved:
    """What became of one id."""

    lab_id: str
    status: str
    """active, merged, split, retired or erased."""
    first_seen: date
    last_seen: date
    heirs: tuple[str, ...]
    """Ids that stand for it now, names beside them in `names`; none when it is active or ended without heir."""
    names: tuple[str | None, ...]
    """Name of the lab itself when active, else of each heir."""
    reason: str
    """What happened, in one line."""


def resolve(warehouse: str | Path, any_id: str, *, week: Week | None = None, edition: str = "full") -> list[Resolved]:
    """Return what became of the id as of the week's release, by default the latest.

    An id is a lab_id, or `source/source_key` of a listing, or a bare source key; a key that several sources use gives
    several answers. A listing that is listed no more leads to the lab it last was.

    Raises: NotPublished when no release up to that week ever held the id.
    """
    releases = Releases(Storage(warehouse))
    pointer = published_edition(releases, week, edition)
    tables = {name: releases.table(pointer, name) for name in ("labs", "registry", "id_bridge", "lab_listings")}
    if re.fullmatch(LAB_ID_PATTERN, any_id):
        ids = [any_id]
    else:
        ids = _of_listing(tables["lab_listings"], any_id) or _of_past_listing(releases, pointer, any_id, edition)
    found = [one for one in (_resolved(lab_id, tables) for lab_id in ids) if one is not None]
    if not found:
        raise NotPublished(f"no lab was ever published under {any_id[:80]!r}")
    return found


def _resolved(lab_id: str, tables: dict[str, pa.Table]) -> Resolved | None:
    entry = _first(tables["registry"], "lab_id", lab_id)
    if entry is None:
        return None
    ends = _rows(tables["id_bridge"], "old_id", lab_id)
    heirs = tuple(sorted(row["new_id"] for row in ends if row["new_id"] is not None))
    names = tuple(_name(tables["labs"], one) for one in (heirs or (lab_id,)))
    return Resolved(
        lab_id=lab_id,
        status=entry["status"],
        first_seen=entry["first_seen"],
        last_seen=entry["last_seen"],
        heirs=heirs,
        names=names,
        reason=_told(entry, ends, heirs),
    )


def _told(entry: dict[str, Any], ends: list[dict[str, Any]], heirs: tuple[str, ...]) -> str:
    since = f" since {ends[0]['since'].isoformat()}" if ends else ""
    if entry["status"] == "active":
        return f"published since {entry['first_seen'].isoformat()}"
    if entry["status"] == "erased":
        return "withdrawn at somebody's request"
    if heirs:
        word = "merged into" if entry["status"] == "merged" else "split into"
        return f"{word} {', '.join(heirs)}{since}"
    return f"ended without heir{since}, last published {entry['last_seen'].isoformat()}"


def _of_listing(lab_listings: pa.Table, text: str) -> list[str]:
    source, slash, key = text.partition("/")
    by_key = _rows(lab_listings, "source_key", text)
    by_both = [row for row in _rows(lab_listings, "source_key", key) if row["source"] == source] if slash else []
    return sorted({row["lab_id"] for row in by_both or by_key})


def _of_past_listing(releases: Releases, pointer: EditionPointer, text: str, edition: str) -> list[str]:
    """Return the labs the listing belonged to in the last release before that held it."""
    entries = releases.index().snapshots
    before = releases.manifest(pointer).as_of
    for entry in reversed([entry for entry in entries if entry.snapshot_date < before]):
        past = entry.revisions[-1].editions.get(edition)
        ids = _of_listing(releases.table(past, "lab_listings"), text) if past else []
        if ids:
            return ids
    return []


def _name(labs: pa.Table, lab_id: str) -> str | None:
    lab = _first(labs, "lab_id", lab_id)
    return lab["name"] if lab else None


def _first(table: pa.Table, column: str, value: str) -> dict[str, Any] | None:
    return next(iter(_rows(table, column, value)), None)


def _rows(table: pa.Table, column: str, value: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.filter(pc.equal(table[column], value)).to_pylist()
    return rows
