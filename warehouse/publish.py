"""Checked tables to a release: files, proof, then the index, then the pointer.

The order is the contract. A release is written beside where it will stand, proven with another reader and moved there
whole; it exists once index.json names it; readers find it once latest.json points to it. A kill at any moment leaves
the pointer on a proven release, and the next publication finishes or replaces what was begun.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from warehouse import parquet
from warehouse.changes import Snapshot, changes
from warehouse.editions import RELEASED, Edition
from warehouse.lake import Lake
from warehouse.manifest import MANIFEST, SUMS, document, file_sha256, sums
from warehouse.proof import prove, require_proven
from warehouse.release_files import Occasion, describe, write_contacts, write_files
from warehouse.releases import (
    INDEX,
    LATEST,
    ROOT,
    Releases,
    contacts_folder,
    edition_path,
    pointer_to,
    published_weeks,
    put_document,
    week_path,
    with_revision,
)
from warehouse.schema import TABLES
from warehouse.schema.manifest import EditionPointer, IndexEntry, Manifest, Previous, Revision
from warehouse.storage import Storage, sync_folder
from warehouse.weeks import Week
from warehouse.writer import only_writer

__all__ = ["Release", "publish", "published_weeks"]

_STAGING = ".publishing"
_SNAPSHOT = ("labs", "lab_listings", "registry", "id_bridge", "sources")


@dataclass(frozen=True)
class Release:
    """A published week."""

    week: Week
    revision: int
    outcome: Literal["published", "revised", "unchanged"]
    path: str
    """Folder from the root of the warehouse; below it one folder an edition."""
    labs: int


def publish(  # noqa: PLR0913  # the three of lineage belong to no table
    warehouse: str | Path,
    week: Week,
    *,
    generated_at: datetime,
    code_revision: str = "unknown",
    lock_sha256: str | None = None,
    decided: Mapping[str, str] | None = None,
) -> Release:
    """Publish the week from the tables of the lake; a week that is published as it is stays untouched.

    A week published otherwise becomes a revision. `decided` names labs a person's decision moved: privacy, correction.

    Raises: FileNotFoundError when the lake lacks a table, ReleaseDamaged when the release before is not intact,
    ProofFailed when the finished files do not hold what they say, WarehouseUnusable.
    """
    lake = Lake(warehouse)
    with _workshop(lake.storage) as staging:
        return _publish(lake, week, staging, lineage=(generated_at, code_revision, lock_sha256), decided=decided or {})


def _publish(
    lake: Lake, week: Week, staging: Path, *, lineage: tuple[datetime, str, str | None], decided: Mapping[str, str]
) -> Release:
    releases = Releases(lake.storage)
    index, known, before = releases.index(), releases.entry(week), releases.before(week)
    generated_at, code_revision, lock_sha256 = lineage
    occasion = Occasion(
        week=week,
        revision=known.revisions[-1].revision + 1 if known else 0,
        previous=_previous(before),
        generated_at=generated_at.replace(microsecond=0),
        code_revision=code_revision,
        lock_sha256=lock_sha256,
    )
    past = _snapshot(releases, before)
    edition = _full(lake, week, past, decided)
    manifest = _build(staging, edition, occasion, lake.read("checks", week), past.labs if past else None)
    revision = Revision(revision=occasion.revision, editions={edition.name: _pointer(staging, manifest)})
    outcome: Literal["published", "revised", "unchanged"] = "revised" if known else "published"
    if known and _same(manifest, releases.manifest(known.revisions[-1].editions[edition.name])):
        revision, outcome = known.revisions[-1], "unchanged"
    else:
        _move(lake.storage, staging, occasion)
    index = with_revision(index, week, revision)
    put_document(lake.storage, INDEX, index)
    put_document(lake.storage, LATEST, pointer_to(index))
    return Release(
        week, revision.revision, outcome, f"{ROOT}/{week_path(week, revision.revision)}", manifest.counts["labs"]
    )


@contextlib.contextmanager
def _workshop(storage: Storage) -> Iterator[Path]:
    """Give an empty folder to build in, on the warehouse's own disk where it has one, as the only publisher there."""
    if storage.folder is None:
        with tempfile.TemporaryDirectory(prefix="labs-publish-") as folder:
            yield Path(folder) / "release"
        return
    workshop = storage.folder / _STAGING
    with only_writer(workshop):
        staging = workshop / "release"
        for left in workshop.iterdir():
            if left.is_dir():  # what a killed publication left
                shutil.rmtree(left)
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _full(lake: Lake, week: Week, past: Snapshot | None, decided: Mapping[str, str]) -> Edition:
    names = [name for name in RELEASED if name != "changes"]
    tables = {name: parquet.canonical(lake.read(name, week), TABLES[name]) for name in [*names, "contacts"]}
    present = Snapshot(**{name: tables[name] for name in _SNAPSHOT}, rejections=lake.read("rejections", week))
    tables["changes"] = changes(past, present, decided=decided)
    return Edition("full", tables, tables.pop("contacts"))


def _build(
    staging: Path, edition: Edition, occasion: Occasion, checks: pa.Table, past_labs: pa.Table | None
) -> Manifest:
    """Write the edition into the staging folder, prove it, and return its manifest as written."""
    folder = staging / week_path(occasion.week, occasion.revision) / f"edition={edition.name}"
    files = write_files(folder, edition, occasion.week)
    contacts_path = f"contacts/{contacts_folder(occasion.week, occasion.revision)}/edition={edition.name}"
    contacts = write_contacts(staging / contacts_path, edition, occasion.week)
    manifest = describe(edition, files, occasion, checks).model_copy(update={"contacts": contacts})
    proof = prove(folder, manifest, past_labs)
    require_proven(proof)
    manifest = manifest.model_copy(update={"proof": proof})
    (folder / MANIFEST).write_bytes(document(manifest))
    digests = {file.path: file.sha256 for file in files} | {MANIFEST: file_sha256(folder / MANIFEST)}
    (folder / SUMS).write_bytes(sums(digests))
    return manifest


def _move(storage: Storage, staging: Path, occasion: Occasion) -> None:
    """Put what was built where it belongs: the release folder whole, in one rename, where the disk can."""
    target = week_path(occasion.week, occasion.revision)
    if storage.folder is None:
        for file in sorted(path for path in staging.rglob("*") if path.is_file()):
            storage.put(f"{ROOT}/{file.relative_to(staging).as_posix()}", file.read_bytes())
        return
    _sync(staging)
    for built in (f"contacts/{contacts_folder(occasion.week, occasion.revision)}", target):
        final = storage.folder / ROOT / built
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():  # moved there by a publication that was killed before the index named it
            final.rename(staging / "left_by_a_killed_run")
            shutil.rmtree(staging / "left_by_a_killed_run")
        (staging / built).rename(final)
        sync_folder(final.parent)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _same(one: Manifest, other: Manifest) -> bool:
    """Tell whether two manifests describe the same release: the same values in the same files, from the same week."""
    contents = [{file.path: file.content_sha256 or file.sha256 for file in manifest.files} for manifest in (one, other)]
    return contents[0] == contents[1] and one.schema_version == other.schema_version


def _pointer(staging: Path, manifest: Manifest) -> EditionPointer:
    path = edition_path(Week.parse(manifest.iso_week), manifest.revision, manifest.edition)
    digest = file_sha256(staging / path / MANIFEST)
    return EditionPointer(path=path, manifest_sha256=digest, labs=manifest.counts["labs"])


def _snapshot(releases: Releases, entry: IndexEntry | None) -> Snapshot | None:
    if entry is None:
        return None
    pointer = entry.revisions[-1].editions["full"]
    return Snapshot(**{name: releases.table(pointer, name) for name in _SNAPSHOT})


def _previous(entry: IndexEntry | None) -> Previous | None:
    if entry is None:
        return None
    last = entry.revisions[-1]
    return Previous(
        snapshot_date=entry.snapshot_date,
        revision=last.revision,
        manifest_sha256=last.editions["full"].manifest_sha256,
    )
