"""What moved between two snapshots, and every id ever issued."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.row import Row

ChangeKind = Literal[
    "added",
    "removed",
    "changed",
    "moved",
    "renamed",
    "merged_into",
    "split_from",
    "restored",
    "archetype_changed",
    "status_changed",
]

ChangeReason = Literal[
    "first_listed",
    "listed_again",
    "not_one_lab",
    "duplicate",
    "closed_by_source",
    "vanished_from_healthy_source",
    "key_reused",
    "left_scope",
    "source_expired",
    "edited_at_source",
    "listings_joined_or_left",
    "correction",
    "privacy",
]


class Change(Row):
    """One change of one lab against the previous snapshot."""

    key: ClassVar[tuple[str, ...]] = ("lab_id", "change")

    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab.")
    change: ChangeKind = Field(description="What happened.")
    related_ids: list[str] | None = Field(default=None, description="Heirs of a merge, parent of a split.")
    changed_fields: list[str] | None = Field(default=None, description="Columns of labs that differ.")
    reason: ChangeReason = Field(description="Why, in the words of docs/changes.md.")
    sources: list[str] | None = Field(default=None, description="Sources the reason rests on.")
    before_json: str | None = Field(default=None, description="Values before, JSON object; no contacts.")
    after_json: str | None = Field(default=None, description="Values after, JSON object; no contacts.")


class IdBridge(Row):
    """An id no longer in use and the id that stands for it now; transitively closed."""

    key: ClassVar[tuple[str, ...]] = ("old_id", "new_id")

    old_id: str = Field(pattern=LAB_ID_PATTERN, description="Retired id.")
    new_id: str | None = Field(default=None, description="Id that stands for it now; null when it ended without heir.")
    relation: Literal["merged_into", "split_into", "retired"] = Field(description="How it ended.")
    since: date = Field(description="Monday of the week it ended.")


class RegistryEntry(Row):
    """One id ever issued."""

    key: ClassVar[tuple[str, ...]] = ("lab_id",)

    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Id.")
    status: Literal["active", "merged", "split", "retired", "erased"] = Field(description="What became of it.")
    first_seen: date = Field(description="Monday of the week it was issued.")
    last_seen: date = Field(description="Monday of the last week it was published.")
    replaced_by: list[str] | None = Field(default=None, description="Ids that stand for it now.")
