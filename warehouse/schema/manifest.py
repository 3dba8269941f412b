"""What a release says of itself: the manifest, the index of releases and the pointer to the latest."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EditionName = Literal["open", "full"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ReleasedFile(_Part):
    """One file of an edition."""

    path: str = Field(description="Name, relative to the manifest.")
    bytes: int = Field(ge=0, description="Size.")
    sha256: str = Field(description="SHA-256 of the file.")
    content_sha256: str | None = Field(
        default=None, description="SHA-256 of the values, the same from every toolchain: docs/snapshots.md; Parquet."
    )
    rows: int | None = Field(default=None, ge=0, description="Rows; null where the file holds no table.")
    columns: list[str] | None = Field(default=None, description="Columns in their order.")


class ContactsFile(_Part):
    """The contacts that belong to the edition; kept apart, and not for long."""

    path: str = Field(description="Path from the root of the warehouse.")
    sha256: str = Field(description="SHA-256 of the file.")
    rows: int = Field(ge=0, description="Labs with a contact.")
    kept_weeks: int = Field(description="After so many weeks the file is removed; its absence then is no damage.")


class Previous(_Part):
    """The release the change feed starts from."""

    snapshot_date: date = Field(description="Its Monday.")
    revision: int = Field(ge=0, description="Its revision.")
    manifest_sha256: str = Field(description="SHA-256 of its manifest.")


class Proof(_Part):
    """One thing that was proven by reading the finished files again with another reader."""

    name: str = Field(description="What was looked at.")
    subject: str = Field(description="File it was looked at in.")
    passed: bool = Field(description="True when it holds.")
    why: str = Field(description="What was seen.")


class ReleasedSource(_Part):
    """What a source gave to the edition."""

    source: str = Field(description="Source.")
    state: str = Field(description="ok, carried_forward, failed, blocked or skipped.")
    listings: int = Field(description="Listings in the edition.")
    staleness_weeks: int = Field(description="Weeks since it last answered well.")
    licence: str = Field(description="SPDX id or LicenseRef.")
    robots: str | None = Field(default=None, description="Verdict of robots.txt.")
    fetched_at: datetime | None = Field(default=None, description="When its last page was fetched, UTC.")
    failure: str | None = Field(default=None, description="Failure class when not ok.")


class Manifest(_Part):
    """One edition of one release."""

    schema_version: str = Field(description="Version of the schema.")
    as_of: date = Field(description="Monday of the week.")
    iso_week: str = Field(description="ISO week.")
    edition: EditionName = Field(description="open or full.")
    licence: str = Field(description="Licence of the edition.")
    revision: int = Field(ge=0, description="0 for the first publication of the week, then counted.")
    status: Literal["complete", "partial"] = Field(description="partial when a source is not ok this week.")
    previous: Previous | None = Field(description="Release the change feed starts from; null for the first.")
    generated_at: datetime = Field(description="When it was made, UTC; the only clock in a release.")
    code_revision: str = Field(description="Revision of the code that made it.")
    lock_sha256: str | None = Field(default=None, description="SHA-256 of requirements.lock.")
    created_by: str = Field(description="Parquet writer.")
    files: list[ReleasedFile] = Field(description="Every file but the manifest and SHA256SUMS.")
    contacts: ContactsFile | None = Field(default=None, description="The contacts, outside the immutable directory.")
    counts: dict[str, int] = Field(description="Labs, and rows of the feed by kind.")
    by_country: dict[str, int] = Field(description="Labs by country; ZZ where unknown.")
    by_archetype: dict[str, int] = Field(description="Labs by archetype; none where not classified.")
    sources: list[ReleasedSource] = Field(description="Every source of the week.")
    guards: list[dict[str, str | float | None]] = Field(description="Gates of the week that look at the snapshot.")
    proof: list[Proof] = Field(description="What was proven before the pointer moved.")
    quality: dict[str, Any] = Field(
        default_factory=dict, description="Measured quality by stage (archetypes, dedupe), frozen with the code."
    )


class EditionPointer(_Part):
    """Where an edition's manifest is."""

    path: str = Field(description="Folder, from the root of v1.")
    manifest_sha256: str = Field(description="SHA-256 of its manifest.json.")
    labs: int = Field(description="Labs in it.")


class Revision(_Part):
    """One publication of a week."""

    revision: int = Field(ge=0, description="0 is the snapshot itself.")
    editions: dict[str, EditionPointer] = Field(description="By edition.")


class IndexEntry(_Part):
    """One week in the index; its last revision counts."""

    snapshot_date: date = Field(description="Monday.")
    iso_week: str = Field(description="ISO week.")
    schema_version: str = Field(description="Version of the schema.")
    revisions: list[Revision] = Field(min_length=1, description="Oldest first.")


class Index(_Part):
    """Every release, oldest first."""

    schema_version: str = Field(description="Version of the schema of the newest.")
    retention: str = Field(default="every release is kept", description="How long releases stay.")
    snapshots: list[IndexEntry] = Field(description="One entry a week.")

    def entry(self, iso_week: str) -> IndexEntry | None:
        """Return the week's entry; None when it was not published."""
        return next((entry for entry in self.snapshots if entry.iso_week == iso_week), None)

    def before(self, monday: date) -> IndexEntry | None:
        """Return the last entry before the day; None when there is none."""
        earlier = [entry for entry in self.snapshots if entry.snapshot_date < monday]
        return max(earlier, key=lambda entry: entry.snapshot_date, default=None)


class Latest(_Part):
    """The pointer: read this first."""

    schema_version: str = Field(description="Version of the schema.")
    snapshot_date: date = Field(description="Monday.")
    iso_week: str = Field(description="ISO week.")
    revision: int = Field(ge=0, description="Its revision.")
    editions: dict[str, EditionPointer] = Field(description="By edition.")
