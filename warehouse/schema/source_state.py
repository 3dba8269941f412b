"""How a source fared in a week."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from warehouse.schema.listing import SOURCE_PATTERN, Texts
from warehouse.schema.row import Row

State = Literal["ok", "carried_forward", "failed", "blocked", "skipped"]


class SourceState(Row):
    """One source in one week: what it answered, what became of it, on what terms."""

    key: ClassVar[tuple[str, ...]] = ("source",)

    source: str = Field(pattern=SOURCE_PATTERN, description="Source.")
    state: State = Field(
        description="ok, carried_forward (failed, last good listings kept), failed, blocked or skipped (not due)."
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
    staleness_weeks: int = Field(
        ge=0, description="Weeks the source is overdue by its cadence; 0 when it answered well or was not due."
    )
    robots: str | None = Field(default=None, description="Verdict of robots.txt: allowed, disallowed, unreachable.")
    licence: str = Field(description="SPDX id or LicenseRef of the terms.")
    attribution: str | None = Field(default=None, description="Credit line the terms ask for.")
    is_share_alike: bool = Field(description="True when the terms bind the whole database (ODbL, BY-SA).")
    terms_url: str | None = Field(default=None, description="Where the terms stand.")
    not_modified_share: float | None = Field(
        default=None, ge=0, le=1, description="Answers that said 304, so sent no page again, of all answers, 0-1."
    )
    rate_limited: int | None = Field(default=None, ge=0, description="Answers 429: fewer requests are asked for.")
    overloaded: int | None = Field(default=None, ge=0, description="Answers 503: the server could not serve.")
    delay_s: float | None = Field(
        default=None,
        ge=0,
        description="Mean seconds between two answers of the host asked most; null when none was asked twice.",
    )
    requests_per_listing: float | None = Field(
        default=None, ge=0, description="Requests made for each listing; null without listings."
    )
    reservations: Texts = Field(
        default=None,
        description="Hosts whose pages reserve text and data mining, with the signal (TDMRep, AIPREF); only facts are "
        "kept of those pages.",
    )
    listings_kept: int | None = Field(
        default=None,
        ge=0,
        description="Of the listings those kept from an earlier week, of entries that gave no answer.",
    )
