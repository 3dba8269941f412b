"""How a source fared in a week."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from warehouse.schema.listing import SOURCE_PATTERN
from warehouse.schema.row import Row

State = Literal["ok", "carried_forward", "failed", "blocked", "skipped"]


class SourceState(Row):
    """One source in one week: what it answered, what became of it, on what terms."""

    key: ClassVar[tuple[str, ...]] = ("source",)

    source: str = Field(pattern=SOURCE_PATTERN, description="Source.")
    state: State = Field(
        description="ok, carried_forward (failed, last good listings kept), failed, blocked or skipped."
    )
    failure: str | None = Field(default=None, description="Failure class when not ok: see docs/sources.md.")
    evidence: str | None = Field(default=None, description="What showed the failure: status, URL, message.")
    listings: int = Field(ge=0, description="Listings published from this source this week.")
    rejections: int = Field(ge=0, description="Records that are no listing, out_of_scope included.")
    out_of_scope: int = Field(ge=0, description="Rejections by the scope rule.")
    unanswered: int = Field(ge=0, description="Directory entries that gave no answer or no readable one.")
    pages: int = Field(ge=0, description="Responses archived.")
    requests: int = Field(ge=0, description="Requests made, retries and robots.txt included.")
    bytes: int = Field(ge=0, description="Bytes received.")
    fetched_at: datetime | None = Field(default=None, description="When the last page was fetched, UTC.")
    listings_week: str | None = Field(default=None, description="ISO week the listings were fetched in.")
    staleness_weeks: int = Field(ge=0, description="Weeks since the source last answered well; 0 when ok.")
    robots: str | None = Field(default=None, description="Verdict of robots.txt: allowed, disallowed, unreachable.")
    licence: str = Field(description="SPDX id or LicenseRef of the terms.")
    attribution: str | None = Field(default=None, description="Credit line the terms ask for.")
    is_share_alike: bool = Field(description="True when the terms bind the whole database (ODbL, BY-SA).")
    terms_url: str | None = Field(default=None, description="Where the terms stand.")
