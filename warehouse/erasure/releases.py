"""An objection to releases that were published before it: the only way a published file ever goes.

Each release that holds what is withdrawn is published again as a revision without it, oldest first, and so is each
whose feed starts from one that goes; then the older revisions are removed and named in redactions.json. Releases that
hold nothing of it stay byte for byte. Killed at any moment, it is run again and finishes.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import parquet
from warehouse.erasure.listings import without_listings
from warehouse.lake import Lake
from warehouse.manifest import document
from warehouse.publish import put_release
from warehouse.release.files import Lineage
from warehouse.release.material import Facts, Material
from warehouse.release.pages import write_front_pages
from warehouse.release.tables import Tables
from warehouse.releases import INDEX, ROOT, ReleaseDamaged, Releases, contacts_folder, point, week_path
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


class Holdings:
    """Which published revisions hold what is withdrawn."""

    def __init__(self, releases: Releases, rulings: Rulings) -> None:
        """Look at the releases with the objections; what was looked at once is remembered by its manifest."""
        self._releases = releases
        self._objections = rulings.suppressions
        self._known: dict[str, bool] = {}

    def going(self) -> dict[tuple[Week, int], bool]:
        """Return the revisions that go, oldest week first, and of each whether it is the last of its week.

        What holds something withdrawn goes, and so does what starts from one that goes: its history tells the same.
        """
        found: dict[tuple[Week, int], bool] = {}
        seen: set[tuple[Week, int]] = set()
        for entry in self._releases.index().snapshots:
            week = Week.parse(entry.iso_week)
            for revision in entry.revisions:
                is_last = revision == entry.revisions[-1]
                try:
                    start = self._start(revision)
                    # a start that stands no more was removed by an erasure that was killed
                    goes = start in found or (start is not None and start not in seen) or self._holds(revision)
                except ReleaseDamaged:
                    if is_last:
                        raise
                    goes = True  # one that was made again for its damage: nobody can say what it holds
                if goes:
                    found[week, revision.revision] = is_last
            seen |= {(week, revision.revision) for revision in entry.revisions}
        return found

    def _start(self, revision: Revision) -> tuple[Week, int] | None:
        previous = self._releases.manifest(revision.editions["full"]).previous
        return (Week.of(previous.snapshot_date), previous.revision) if previous else None

    def _holds(self, revision: Revision) -> bool:
        return any(self._edition(pointer) for pointer in revision.editions.values())

    def _edition(self, pointer: EditionPointer) -> bool:
        digest = pointer.manifest_sha256
        if digest not in self._known:
            self._known[digest] = any(self._signs(pointer))
        return self._known[digest]

    def _signs(self, pointer: EditionPointer) -> Iterator[bool]:
        objections = self._objections
        history = self._releases.table(pointer, "history")
        yield bool(suppressions.labs_withdrawn(history["lab_id"].unique().to_pylist(), objections))
        yield not suppressions.fields_withdrawn(history, objections)[0].equals(history)
        listed = self._releases.table(pointer, "lab_listings")
        yield bool(pc.any(suppressions.listings_withdrawn(listed, objections)).as_py())
        contacts = contacts_of(self._releases, pointer)
        yield not suppressions.contacts_left(contacts, objections).equals(contacts)


def replace_releases(lake: Lake, staging: Path, rulings: Rulings, *, lineage: Lineage) -> list[Redaction]:
    """Publish again what is due, remove what holds something withdrawn, and return what was removed.

    As the one publisher of the warehouse.
    """
    storage = lake.storage
    releases = Releases(storage)
    for (week, _), is_last in Holdings(releases, rulings).going().items():
        entry = releases.entry(week) if is_last else None
        if entry is not None:
            material = _material(lake, releases, entry, rulings)
            put_release(storage, staging, week, material, rulings=rulings, lineage=lineage, must_revise=True)
    if not releases.index().snapshots:
        return []
    point(storage)  # an erasure may have been killed before its last release was pointed to, and what stood now goes
    going = Holdings(releases, rulings).going()
    done = []
    for entry in releases.index().snapshots:
        week = Week.parse(entry.iso_week)
        numbers = [one.revision for one in entry.revisions[:-1] if (week, one.revision) in going]
        done += _name(storage, entry, numbers, lineage.generated_at) if numbers else []
    for path in unnamed(releases):
        storage.remove(path)
    write_front_pages(releases)
    return done


def unnamed(releases: Releases) -> list[str]:
    """Return the folders of releases and contacts that the index does not name: none is ever read.

    An erasure took them out of it, or a publication was killed before it put them in.
    """
    named = set()
    for entry in releases.index().snapshots:
        week = Week.parse(entry.iso_week)
        for revision in entry.revisions:
            named.add(f"{ROOT}/{week_path(week, revision.revision)}")
            named.add(f"{ROOT}/contacts/{contacts_folder(week, revision.revision)}")
    found = {f"{ROOT}/snapshots/{day}" for day in releases.storage.names(f"{ROOT}/snapshots")}
    for top in (f"{ROOT}/revisions", f"{ROOT}/contacts"):
        days = (f"{top}/{day}" for day in releases.storage.names(top) if day.startswith("snapshot_date="))
        found |= {f"{day}/{name}" for day in days for name in releases.storage.names(day)}
    return sorted(found - named)


def contacts_of(releases: Releases, pointer: EditionPointer) -> pa.Table:
    """Return the contacts published with an edition; none once they are past their retention."""
    contacts = releases.manifest(pointer).contacts
    path = f"{ROOT}/{contacts.path}" if contacts else None
    if path is None or not releases.storage.exists(path):
        return empty(Contact)
    return parquet.read(io.BytesIO(releases.storage.read(path)), Contact)


def _material(lake: Lake, releases: Releases, entry: IndexEntry, rulings: Rulings) -> Material:
    """Return the last release's own tables, without withdrawn listings, as the input of a new one."""
    week, revision = Week.parse(entry.iso_week), entry.revisions[-1]
    said, located = lake.kept("listings", week), lake.kept("located", week)
    editions: dict[str, Tables] = {}
    for name, pointer in sorted(revision.editions.items()):  # full before open
        tables = {table: releases.table(pointer, table) for table in _TABLES}
        tables |= {"contacts": contacts_of(releases, pointer), "rejections": empty(Rejection)}
        tables["unanswered"] = lake.kept("unanswered", week)
        editions[name] = without_listings(tables, said, located, rulings.suppressions)
    # a lab that leaves the open edition alone is not erased
    editions = {name: {**tables, "registry": editions["full"]["registry"]} for name, tables in editions.items()}
    manifest = releases.manifest(revision.editions["full"])
    checks = lake.kept("checks", week)
    return Material(editions, manifest.guards, checks, Facts(quality=manifest.quality))


def _name(storage: Storage, entry: IndexEntry, numbers: list[int], at: datetime) -> list[Redaction]:
    """Take revisions of a week out of the index; redactions.json names them first."""
    newest = entry.revisions[-1].revision
    named = [Redaction(entry.snapshot_date.isoformat(), number, newest, at.isoformat()) for number in numbers]
    known = _redactions(storage)
    storage.put(REDACTIONS, document([asdict(one) for one in [*known, *(one for one in named if one not in known)]]))
    tag, index = storage.tag(INDEX), Releases(storage).index()
    left = [one for one in entry.revisions if one.revision not in numbers]
    entries = [one.model_copy(update={"revisions": left}) if one == entry else one for one in index.snapshots]
    storage.replace(INDEX, document(index.model_copy(update={"snapshots": entries})), tag)
    return named


def _redactions(storage: Storage) -> list[Redaction]:
    if not storage.exists(REDACTIONS):
        return []
    return [Redaction(**one) for one in json.loads(storage.read(REDACTIONS))]
