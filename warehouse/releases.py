"""The published side of a warehouse: which weeks there are, which revision counts, and their files, checked."""

import contextlib
import hashlib
import io
from typing import TypeVar

import pyarrow as pa
from pydantic import ValidationError

from warehouse import parquet
from warehouse.editions import RELEASED
from warehouse.manifest import MANIFEST, document
from warehouse.reasons import Snapshot
from warehouse.schema import SCHEMA_VERSION, conform
from warehouse.schema.manifest import EditionPointer, Index, IndexEntry, Latest, Manifest, Revision
from warehouse.storage import Storage, Superseded
from warehouse.weeks import Week

MAJOR = SCHEMA_VERSION.partition(".")[0]
ROOT = f"v{MAJOR}"
INDEX = f"{ROOT}/index.json"
LATEST = f"{ROOT}/latest.json"
_REMEDY = "restore it, or make its week again: labs backfill --cascade"


_Part = TypeVar("_Part", Index, Latest, Manifest)


class ReleaseDamaged(Exception):
    """A published file is missing, altered or of another schema major: nothing may be built on it."""


def week_path(week: Week, revision: int) -> str:
    """Return the folder of a release, from the root of v1."""
    day = f"snapshot_date={week.monday.isoformat()}"
    return f"snapshots/{day}" if revision == 0 else f"revisions/{day}/revision={revision}"


def edition_path(week: Week, revision: int, edition: str) -> str:
    """Return the folder of an edition, from the root of v1."""
    return f"{week_path(week, revision)}/edition={edition}"


def contacts_folder(week: Week, revision: int) -> str:
    """Return the folder of a release's contacts, from the root of all contacts."""
    return f"snapshot_date={week.monday.isoformat()}/revision={revision}"


class Releases:
    """The releases of one warehouse."""

    def __init__(self, storage: Storage) -> None:
        """Look at the warehouse in `storage`."""
        self.storage = storage
        self._manifests: dict[str, Manifest] = {}

    def index(self) -> Index:
        """Return the index; an empty one where nothing was published.

        Raises: ReleaseDamaged.
        """
        if not self.storage.exists(INDEX):
            if self.storage.exists(LATEST):
                raise ReleaseDamaged(f"{INDEX} is missing, and {LATEST} says that there were releases; restore it")
            return Index(schema_version=SCHEMA_VERSION, snapshots=[])
        return _parsed(Index, self.storage.read(INDEX), INDEX)

    def latest(self) -> Latest | None:
        """Return the pointer; None where nothing was published."""
        return _parsed(Latest, self.storage.read(LATEST), LATEST) if self.storage.exists(LATEST) else None

    def entry(self, week: Week) -> IndexEntry | None:
        """Return the week's entry of the index; None when it was not published."""
        return self.index().entry(str(week))

    def manifest(self, pointer: EditionPointer) -> Manifest:
        """Return an edition's manifest.

        Raises: ReleaseDamaged when it is missing or not the one that was published.
        """
        if pointer.manifest_sha256 not in self._manifests:  # a digest never stands for another manifest
            path = f"{ROOT}/{pointer.path}/{MANIFEST}"
            manifest = _parsed(Manifest, self._checked(path, pointer.manifest_sha256), path)
            self._manifests[pointer.manifest_sha256] = manifest
        return self._manifests[pointer.manifest_sha256]

    def table(self, pointer: EditionPointer, table_name: str) -> pa.Table:
        """Return one table of an edition, without a geometry column.

        Raises: ReleaseDamaged when the file is missing or not the one that was published.
        """
        manifest = self.manifest(pointer)
        name = f"{table_name}.parquet"
        file = next((file for file in manifest.files if file.path == name), None)
        if file is None:
            raise ReleaseDamaged(f"{pointer.path}: the manifest names no {name}")
        data = self._checked(f"{ROOT}/{pointer.path}/{name}", file.sha256)
        row = RELEASED[table_name]
        columns = [column for column in (file.columns or []) if column in row.column_names()]
        # a column that a later minor version appended is null in an older release
        return conform(parquet.read(io.BytesIO(data), row, columns=columns), row)

    def snapshot(self, pointer: EditionPointer) -> Snapshot:
        """Return the tables of an edition that a feed is made from.

        Raises: ReleaseDamaged.
        """
        names = ("labs", "lab_listings", "registry", "id_bridge", "sources", "history")
        return Snapshot.of({name: self.table(pointer, name) for name in names})

    def _checked(self, path: str, sha256: str) -> bytes:
        try:
            data = self.storage.read(path)
        except FileNotFoundError:
            raise ReleaseDamaged(f"{path} is missing; {_REMEDY}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ReleaseDamaged(f"{path} is not the file that was published: its SHA-256 differs; {_REMEDY}")
        return data


def published_weeks(storage: Storage) -> list[Week]:
    """Return the weeks that were published, oldest first."""
    return sorted(Week.parse(entry.iso_week) for entry in Releases(storage).index().snapshots)


def with_revision(index: Index, week: Week, revision: Revision) -> Index:
    """Return the index with one more revision of the week; the same index when it is there."""
    entries = {entry.iso_week: entry for entry in index.snapshots}
    known = entries.get(str(week))
    revisions = [one for one in (known.revisions if known else []) if one.revision != revision.revision]
    entries[str(week)] = IndexEntry(
        snapshot_date=week.monday,
        iso_week=str(week),
        schema_version=SCHEMA_VERSION,
        revisions=sorted([*revisions, revision], key=lambda one: one.revision),
    )
    ordered = sorted(entries.values(), key=lambda entry: entry.snapshot_date)
    return Index(schema_version=ordered[-1].schema_version, snapshots=ordered)


def pointer_to(index: Index) -> Latest:
    """Return the pointer to the newest week of the index, at its last revision."""
    newest = max(index.snapshots, key=lambda entry: entry.snapshot_date)
    return Latest(
        schema_version=newest.schema_version,
        snapshot_date=newest.snapshot_date,
        iso_week=newest.iso_week,
        revision=newest.revisions[-1].revision,
        editions=newest.revisions[-1].editions,
    )


def point(storage: Storage) -> None:
    """Write the pointer to the newest week of the index, unless it stands there.

    The tag is read before the index: a pointer that lost a race is made again from the index of the winner, so that it
    never moves backwards.
    """
    while True:
        tag = storage.tag(LATEST)
        data = document(pointer_to(Releases(storage).index()))
        if tag is not None and storage.read(LATEST) == data:
            return
        with contextlib.suppress(Superseded):
            storage.replace(LATEST, data, tag)
            return


def _parsed(kind: type[_Part], data: bytes, path: str) -> _Part:
    try:
        part = kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ReleaseDamaged(f"{path} cannot be read: {f'{where}: ' if where else ''}{first['msg']}") from error
    if part.schema_version.partition(".")[0] != MAJOR:
        raise ReleaseDamaged(f"{path} is of schema {part.schema_version}; this code reads version {MAJOR}")
    return part
