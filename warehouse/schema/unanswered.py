"""A directory entry that gave no answer, though its source did."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field, field_validator

from warehouse.schema.listing import SOURCE_PATTERN, clean_text
from warehouse.schema.row import Row

LONGEST_KEY = 300
"""Characters of a source key."""


class UnansweredEntry(Row):
    """One directory entry without an answer, and what became of the last good listing it had.

    An entry that is a file stands for every listing whose key begins with its own: each has a row of its own.
    """

    key: ClassVar[tuple[str, ...]] = ("source", "source_key")

    source: str = Field(pattern=SOURCE_PATTERN, description="Source whose directory names the entry.")
    source_key: str = Field(
        min_length=1,
        max_length=LONGEST_KEY,
        description="The entry: the key of its listing, or what the keys of its listings begin with before a slash.",
    )
    failure: str = Field(description="Failure class: see docs/sources.md.")
    evidence: str | None = Field(
        default=None, description="What showed it, at most 200 characters, personal data removed."
    )
    listings_week: str | None = Field(
        default=None, description="ISO week its last good listing was read in; null when there was none."
    )
    fetched_at: datetime | None = Field(default=None, description="When the pages of that week were fetched, UTC.")
    staleness_weeks: int | None = Field(
        default=None, ge=0, description="Weeks that listing is overdue by the cadence of its source."
    )
    is_kept: bool = Field(
        default=False, description="True while that listing counts; false once it ran out, or when there was none."
    )

    @field_validator("source_key", mode="before")
    @classmethod
    def _clean_key(cls, value: Any) -> Any:
        return clean_text(value) or ""
