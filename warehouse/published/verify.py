"""A published release, as any reader has it, to what it proves: the same proof as before it was published."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.manifest import MANIFEST, SUMS, file_sha256, sums
from warehouse.proof import Past, prove
from warehouse.releases import INDEX, LATEST, ROOT, ReleaseDamaged, Releases
from warehouse.schema import UserError
from warehouse.schema.manifest import EditionPointer, IndexEntry, Manifest, Proof
from warehouse.storage import Storage
from warehouse.weeks import Week

_NAMED = 5
"""So many weeks a message names."""


class NotPublished(UserError):
    """The week, id or edition asked for was never published: one line for the user."""


@dataclass(frozen=True)
class Verification:
    """What a release proves; `subject` of each proof names edition and file."""

    week: Week
    revision: int
    proofs: tuple[Proof, ...]

    @property
    def passed(self) -> bool:
        """True when everything holds."""
        return all(proof.passed for proof in self.proofs)

    @property
    def doubts(self) -> tuple[Proof, ...]:
        """What does not hold."""
        return tuple(proof for proof in self.proofs if not proof.passed)


def verify(warehouse: str | Path, week: Week | None = None) -> Verification:
    """Return what the release of the week proves, by default of the latest; it writes nothing into the warehouse.

    Raises: NotPublished; ReleaseDamaged when index or pointer cannot be read.
    """
    releases = Releases(Storage(warehouse))
    entry = published_entry(releases, week)
    last = entry.revisions[-1]
    proofs = [_pointer(releases)]
    for name, pointer in sorted(last.editions.items()):
        proofs += [
            proof.model_copy(update={"subject": f"{name}/{proof.subject}"}) for proof in _edition(releases, pointer)
        ]
    return Verification(Week.parse(entry.iso_week), last.revision, tuple(proofs))


def published_entry(releases: Releases, week: Week | None) -> IndexEntry:
    """Return the index entry of the week, by default of the one latest.json names.

    Raises: NotPublished.
    """
    if week is None:
        latest = releases.latest()
        if latest is None:
            raise NotPublished(f"warehouse {releases.storage.shown}: nothing was published yet; is it the right one?")
        week = Week.parse(latest.iso_week)
    entry = releases.entry(week)
    if entry is None:
        there = ", ".join(one.iso_week for one in releases.index().snapshots[-_NAMED:])
        raise NotPublished(f"week {week} was not published; published last: {there or 'none'}")
    return entry


def published_edition(releases: Releases, week: Week | None, edition: str) -> EditionPointer:
    """Return where the week's edition is.

    Raises: NotPublished.
    """
    entry = published_entry(releases, week)
    pointer = entry.revisions[-1].editions.get(edition)
    if pointer is None:
        there = ", ".join(entry.revisions[-1].editions)
        raise NotPublished(f"week {entry.iso_week} has no edition {edition!r}; it has {there}")
    return pointer


def is_intact(releases: Releases, editions: Mapping[str, EditionPointer]) -> bool:
    """Tell whether every file of a release is the one that was published, and so are those its feed starts from."""
    try:
        for pointer in editions.values():
            manifest = releases.manifest(pointer)
            for file in manifest.files:
                if releases.storage.digest(f"{ROOT}/{pointer.path}/{file.path}") != file.sha256:
                    return False
            _past(releases, manifest)
    except (ReleaseDamaged, FileNotFoundError):
        return False
    return True


def _pointer(releases: Releases) -> Proof:
    latest, index = releases.latest(), releases.index()
    newest = index.snapshots[-1]
    agrees = latest is not None and (latest.iso_week, latest.revision, latest.editions) == (
        newest.iso_week,
        newest.revisions[-1].revision,
        newest.revisions[-1].editions,
    )
    why = f"{LATEST} and {INDEX} " + ("agree" if agrees else "differ: publish again to heal the pointer")
    return Proof(name="latest", subject=LATEST, passed=agrees, why=why)


def _edition(releases: Releases, pointer: EditionPointer) -> list[Proof]:
    try:
        manifest = releases.manifest(pointer)
        before = _past(releases, manifest)
    except ReleaseDamaged as error:
        return [Proof(name="manifest", subject=MANIFEST, passed=False, why=str(error))]
    with tempfile.TemporaryDirectory(prefix="labs-verify-") as copied:
        folder = _local(releases.storage, pointer, Path(copied))
        proofs = prove(folder, manifest, before)
        proofs += [_sums(folder, manifest), _contacts(releases.storage, manifest)]
    return proofs


def _local(storage: Storage, pointer: EditionPointer, copied: Path) -> Path:
    if storage.folder is not None:
        return storage.folder / ROOT / pointer.path
    for file in storage.files(f"{ROOT}/{pointer.path}"):
        (copied / file.rpartition("/")[2]).write_bytes(storage.read(file))
    return copied


def _past(releases: Releases, manifest: Manifest) -> Past | None:
    """Return what the feed starts from: of the revision it was made against, not of the newest."""
    previous = manifest.previous
    if previous is None:
        return None
    entry = releases.entry(Week.of(previous.snapshot_date))
    revisions = entry.revisions if entry else []
    found = next((one for one in revisions if one.revision == previous.revision), None)
    if found is None:
        raise ReleaseDamaged(f"{previous.snapshot_date} revision {previous.revision}, where the feed starts, is gone")
    pointer = found.editions[manifest.edition]
    return Past(releases.table(pointer, "labs"), releases.table(pointer, "registry"))


def _sums(folder: Path, manifest: Manifest) -> Proof:
    path = folder / SUMS
    digests = {file.path: file.sha256 for file in manifest.files} | {MANIFEST: file_sha256(folder / MANIFEST)}
    same = path.is_file() and path.read_bytes() == sums(digests)
    why = "as in the manifest" if same else f"{SUMS} is missing or differs from the manifest"
    return Proof(name="sums", subject=SUMS, passed=same, why=why)


def _contacts(storage: Storage, manifest: Manifest) -> Proof:
    """Tell whether the contacts are as published, or gone as their short retention wants."""
    if manifest.contacts is None or not storage.exists(f"{ROOT}/{manifest.contacts.path}"):
        return Proof(name="contacts", subject="contacts.parquet", passed=True, why="past their retention, or none")
    same = storage.digest(f"{ROOT}/{manifest.contacts.path}") == manifest.contacts.sha256
    why = f"{manifest.contacts.rows} rows" if same else "not the file that was published"
    return Proof(name="contacts", subject="contacts.parquet", passed=same, why=why)
