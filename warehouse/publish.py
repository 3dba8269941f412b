"""Checked tables to a release: files, proof, then the index, then the pointer.

The order is the contract. A release is built apart, proven with another reader and put in its place whole; it exists
once index.json names it; readers find it once latest.json points to it. A kill at any moment leaves the pointer on a
proven release, and the next publication finishes or replaces what was begun.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from warehouse.changes import Snapshot
from warehouse.editions import Edition, require_known_licences
from warehouse.lake import Lake
from warehouse.manifest import MANIFEST, SUMS, document, file_sha256, sums
from warehouse.proof import Past, prove, require_proven
from warehouse.published.difference import Difference
from warehouse.published.difference import revision as difference_to
from warehouse.published.retention import expire_contacts
from warehouse.published.verify import is_intact
from warehouse.release.files import Lineage, Occasion, describe, snapshot_guards, write_contacts, write_files
from warehouse.release.material import Facts, Material
from warehouse.release.pages import earlier, write_front_pages, write_pages
from warehouse.release.placement import place, workshop
from warehouse.release.tables import assemble, from_lake
from warehouse.releases import (
    INDEX,
    ROOT,
    ReleaseDamaged,
    Releases,
    contacts_folder,
    edition_path,
    point,
    published_weeks,
    week_path,
    with_revision,
)
from warehouse.rulings import Rulings, corrections
from warehouse.schema.manifest import EditionPointer, IndexEntry, Manifest, Previous, Revision
from warehouse.storage import Storage
from warehouse.weeks import Week

__all__ = ["Release", "publish", "published_weeks"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Before:
    """What was published of an edition up to the week before: its tables, and its manifests for the report."""

    tables: Snapshot | None
    manifests: Sequence[Manifest]


@dataclass(frozen=True)
class Release:
    """A published week."""

    week: Week
    revision: int
    result: Literal["published", "revised", "unchanged"]
    path: str
    """Folder from the root of the warehouse; below it one folder an edition."""
    labs: int
    """Labs of the edition `full`."""


def publish(  # noqa: PLR0913  # two of lineage that belong to no table
    warehouse: str | Path | Storage,
    week: Week,
    *,
    generated_at: datetime,
    code_revision: str = "unknown",
    lock_sha256: str | None = None,
    rulings: Rulings | None = None,
    facts: Facts | None = None,
    before_revision: Callable[[Difference], None] | None = None,
) -> Release:
    """Publish the week from the tables of the lake; a week that is published as it is stays untouched.

    A week published otherwise becomes a revision. The edition `open` is published where the lake holds its tables.
    Contacts past their retention are removed. `before_revision` is told what a revision changes before it is placed.

    Raises: FileNotFoundError when the lake lacks a table, ReleaseDamaged when the release before is not intact,
    LicenceUnknown, ProofFailed when the finished files do not hold what they say, AnotherWriter, WarehouseUnusable.
    """
    lake = Lake(warehouse)
    ruled = rulings if rulings is not None else Rulings.of(lake.storage)
    for one in corrections.expired(ruled.corrections, week.monday):
        what = f"{one.subject} {one.field}"
        logger.warning(
            "the correction of %s by %s expired on %s; renew it or remove it", what, one.author, one.expires_on
        )
    with workshop(lake.storage, ROOT) as staging:
        checks = lake.read("checks", week)
        material = Material(from_lake(lake, week), snapshot_guards(checks), checks, facts or Facts())
        release = put_release(
            lake.storage,
            staging,
            week,
            material,
            rulings=ruled,
            lineage=Lineage(generated_at.replace(microsecond=0), code_revision, lock_sha256),
            before_revision=before_revision,
        )
        expire_contacts(lake.storage)
    return release


def put_release(  # noqa: PLR0913  # what is released, where, and by what
    storage: Storage,
    staging: Path,
    week: Week,
    material: Material,
    *,
    rulings: Rulings,
    lineage: Lineage,
    before_revision: Callable[[Difference], None] | None = None,
    must_revise: bool = False,
) -> Release:
    """Build, prove and place a release of the week, as the one publisher; index and pointer name it afterwards.

    `must_revise`: the release that stands has to go, even where the new one has the same values.
    """
    require_known_licences(material.editions["full"]["sources"])
    releases = Releases(storage)
    tag = storage.tag(INDEX)
    index = releases.index()
    known, before = index.entry(str(week)), index.before(week.monday)
    revision_number = known.revisions[-1].revision + 1 if known else 0
    manifests: dict[str, Manifest] = {}
    made: Snapshot | None = None
    for name, tables in material.editions.items():
        past = _past(releases, before, name)
        edition = assemble(name, tables, week, past, rulings)
        if before_revision and known and name == "full":
            made = Snapshot.of({**edition.tables, **{table: tables[table] for table in ("rejections", "unanswered")}})
        occasion = Occasion(week, revision_number, _previous(before, name), lineage)
        seen, compared = material.seen_by(edition), Before(past, earlier(releases, week, name))
        manifests[name] = _build(staging, edition, occasion, seen, compared)
    result: Literal["published", "revised", "unchanged"] = "revised" if known else "published"
    if known and not must_revise and _stands(releases, known.revisions[-1], manifests):
        revision, result = known.revisions[-1], "unchanged"
    else:
        if before_revision and known and made:
            try:
                before_revision(difference_to(releases, week, known.revisions[-1].editions, (made, manifests)))
            except ReleaseDamaged as error:
                logger.warning("%s; what its revision changes cannot be told", error)
        pointers = {name: _pointer(staging, manifest) for name, manifest in manifests.items()}
        revision = Revision(revision=revision_number, editions=pointers)
        contacts = f"contacts/{contacts_folder(week, revision_number)}"
        place(storage, staging, ROOT, [contacts, week_path(week, revision_number)])
        storage.replace(INDEX, document(with_revision(index, week, revision)), tag)
    point(storage)
    write_front_pages(releases)
    folder = f"{ROOT}/{week_path(week, revision.revision)}"
    return Release(week, revision.revision, result, folder, manifests["full"].counts["labs"])


def _build(staging: Path, edition: Edition, occasion: Occasion, material: Material, before: Before) -> Manifest:
    """Write the edition into the staging folder, prove it, and return its manifest as written."""
    folder = staging / edition_path(occasion.week, occasion.revision, edition.name)
    files = write_files(folder, edition, occasion.week)
    files = write_pages(folder, edition, occasion.week, material, files=files, earlier=before.manifests)
    contacts_path = f"contacts/{contacts_folder(occasion.week, occasion.revision)}/edition={edition.name}"
    contacts = write_contacts(staging / contacts_path, edition, occasion.week)
    described = describe(edition, files, occasion, material.guards)
    manifest = described.model_copy(update={"contacts": contacts, "quality": dict(material.facts.quality)})
    proof = prove(folder, manifest, Past(before.tables.labs, before.tables.registry) if before.tables else None)
    require_proven(proof)
    manifest = manifest.model_copy(update={"proof": proof})
    (folder / MANIFEST).write_bytes(document(manifest))
    digests = {file.path: file.sha256 for file in files} | {MANIFEST: file_sha256(folder / MANIFEST)}
    (folder / SUMS).write_bytes(sums(digests))
    return manifest


def _stands(releases: Releases, revision: Revision, manifests: dict[str, Manifest]) -> bool:
    """Tell whether the revision is the same release: the same editions with the same values in the same files.

    One that is damaged does not stand: publishing its week again is what heals it.
    """
    if revision.editions.keys() != manifests.keys() or not is_intact(releases, revision.editions):
        return False
    return all(_content(releases.manifest(revision.editions[name])) == _content(one) for name, one in manifests.items())


def _content(manifest: Manifest) -> tuple[str, dict[str, str]]:
    # A page drawn anew is no new release: what it shows stands in the tables.
    data = [file for file in manifest.files if not file.path.endswith(".html")]
    return manifest.schema_version, {file.path: file.content_sha256 or file.sha256 for file in data}


def _pointer(staging: Path, manifest: Manifest) -> EditionPointer:
    path = edition_path(Week.parse(manifest.iso_week), manifest.revision, manifest.edition)
    digest = file_sha256(staging / path / MANIFEST)
    return EditionPointer(path=path, manifest_sha256=digest, labs=manifest.counts["labs"])


def _past(releases: Releases, entry: IndexEntry | None, edition: str) -> Snapshot | None:
    pointer = entry.revisions[-1].editions.get(edition) if entry else None
    return releases.snapshot(pointer) if pointer else None


def _previous(entry: IndexEntry | None, edition: str) -> Previous | None:
    pointer = entry.revisions[-1].editions.get(edition) if entry else None
    if entry is None or pointer is None:
        return None
    return Previous(
        snapshot_date=entry.snapshot_date,
        revision=entry.revisions[-1].revision,
        manifest_sha256=pointer.manifest_sha256,
    )
