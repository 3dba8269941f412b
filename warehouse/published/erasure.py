"""An objection to releases that were published before it: the only way a published file ever goes.

Each release that holds what was withdrawn is published again as a revision without it, oldest first, so that feeds and
histories stay joined; then the older revisions are removed and named in redactions.json. Killed at any moment, it is
run again and finishes.
"""

import io
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from warehouse import parquet
from warehouse.manifest import document
from warehouse.publish import put_release
from warehouse.release.files import Lineage
from warehouse.release.material import Facts, Material
from warehouse.release.placement import workshop
from warehouse.release.tables import Tables
from warehouse.releases import INDEX, ROOT, Releases, contacts_folder, week_path
from warehouse.rulings import Rulings, suppressions
from warehouse.schema import Contact, Rejection, empty
from warehouse.schema.manifest import EditionPointer, IndexEntry, Revision
from warehouse.storage import Storage
from warehouse.weeks import Week

REDACTIONS = f"{ROOT}/revisions/redactions.json"

_TABLES = ("labs", "lab_listings", "classifications", "registry", "id_bridge", "sources")


@dataclass(frozen=True)
class Redaction:
    """One release that was replaced."""

    snapshot_date: str
    removed_revision: int
    replaced_by_revision: int
    redacted_at: str


def erase(warehouse: str | Path, rulings: Rulings, *, lineage: Lineage) -> list[Redaction]:
    """Publish every release that holds something withdrawn again without it, remove the old ones and return them."""
    storage = Storage(warehouse)
    releases = Releases(storage)
    done = []
    with workshop(storage, ROOT) as staging:
        for entry in releases.index().snapshots:
            if _holds(releases, entry.revisions[-1], rulings):
                material = _material(releases, entry.revisions[-1])
                week = Week.parse(entry.iso_week)
                put_release(storage, staging, week, material, rulings=rulings, lineage=lineage)
        redacted_at = lineage.generated_at.isoformat()
        for entry in releases.index().snapshots:
            done += _name_older(storage, entry, rulings, redacted_at)
        for one in _redactions(storage):  # those an erasure named that was killed before it removed them, too
            week = Week.of(date.fromisoformat(one.snapshot_date))
            storage.remove(f"{ROOT}/{week_path(week, one.removed_revision)}")
            storage.remove(f"{ROOT}/contacts/{contacts_folder(week, one.removed_revision)}")
    return done


def _holds(releases: Releases, revision: Revision, rulings: Rulings) -> bool:
    for pointer in revision.editions.values():
        history = releases.table(pointer, "history")
        withdrawn = suppressions.labs_withdrawn(history["lab_id"].unique().to_pylist(), rulings.suppressions)
        if withdrawn or not suppressions.fields_withdrawn(history, rulings.suppressions)[0].equals(history):
            return True
    return False


def _material(releases: Releases, revision: Revision) -> Material:
    """Return a release's own tables as the input of a new one."""
    editions: dict[str, Tables] = {}
    for name, pointer in revision.editions.items():
        tables = {table: releases.table(pointer, table) for table in _TABLES}
        editions[name] = tables | {"contacts": _contacts(releases, pointer), "rejections": empty(Rejection)}
    manifest = releases.manifest(revision.editions["full"])
    return Material(editions, manifest.guards, facts=Facts(quality=manifest.quality))


def _contacts(releases: Releases, pointer: EditionPointer) -> pa.Table:
    contacts = releases.manifest(pointer).contacts
    path = f"{ROOT}/{contacts.path}" if contacts else None
    if path is None or not releases.storage.exists(path):
        return empty(Contact)
    return parquet.read(io.BytesIO(releases.storage.read(path)), Contact)


def _name_older(storage: Storage, entry: IndexEntry, rulings: Rulings, redacted_at: str) -> list[Redaction]:
    """Take older revisions that hold something withdrawn out of the index; redactions.json names them first."""
    releases = Releases(storage)
    *older, newest = entry.revisions
    held = [one.revision for one in older if _holds(releases, one, rulings)]
    if not held:
        return []
    named = [Redaction(entry.snapshot_date.isoformat(), number, newest.revision, redacted_at) for number in held]
    known = _redactions(storage)
    storage.put(REDACTIONS, document([asdict(one) for one in [*known, *(one for one in named if one not in known)]]))
    tag, index = storage.tag(INDEX), releases.index()
    left = [one for one in entry.revisions if one.revision not in held]
    entries = [one.model_copy(update={"revisions": left}) if one == entry else one for one in index.snapshots]
    storage.replace(INDEX, document(index.model_copy(update={"snapshots": entries})), tag)
    return named


def _redactions(storage: Storage) -> list[Redaction]:
    if not storage.exists(REDACTIONS):
        return []
    return [Redaction(**one) for one in json.loads(storage.read(REDACTIONS))]
