"""The resolved lab, its listings and its contacts."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field, create_model

from warehouse.schema.listing import Listing, Status
from warehouse.schema.located import Place
from warehouse.schema.row import Row

LAB_ID_PATTERN = r"^lab-[a-z2-7]{13}$"
"""`lab-` and 13 base32 characters of sha256(source, source_key, ISO week first seen)."""

Archetype = Literal["1", "2", "3", "4", "5", "6", "unclassified"]
Finalite = Literal["economic", "social", "general_public"]
StatusEvidence = Literal["source_says_closed", "site_answers", "source_touched", "still_listed"]

_PER_LISTING = {"source", "source_key", "url", "email", "phone", "page_sha256", "status"}


class _LabHead(Row):
    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Canonical id, never reused.")


class _LabTail(Row):
    archetype: Archetype | None = Field(
        default=None, description="Archetype of the DGE study of 2020: 1 to 6, or unclassified."
    )
    archetype_score: float | None = Field(
        default=None, ge=0, le=1, description="Share of labs with this score that are right, 0-1."
    )
    finalite: Finalite | None = Field(default=None, description="Finality derived from the archetype.")
    status: Status = Field(
        default="unknown", description="active, planned, closed or unknown, by the freshest evidence."
    )
    first_seen: date | None = Field(default=None, description="Monday of the week the lab was first published.")
    last_confirmed_on: date | None = Field(
        default=None, description="Latest date any source gave a sign of life of the lab."
    )
    staleness_weeks: int | None = Field(
        default=None, ge=0, description="Weeks since a healthy source last listed the lab."
    )
    sources: list[str] | None = Field(default=None, description="Sources that list the lab.")
    status_evidence: StatusEvidence | None = Field(
        default=None,
        description="What is newest of: source_says_closed, site_answers (its own site did), source_touched (a source "
        "edited its listing) or still_listed (a source that answered lists it).",
    )
    confirmed_by: str | None = Field(
        default=None, description="Source that gave this evidence; lab_websites for the lab's own site."
    )


def _columns(row: type[Row], without: set[str]) -> dict[str, tuple[object, object]]:
    return {name: (info.annotation, info) for name, info in row.model_fields.items() if name not in without}


# The columns of a lab are those of its listings and its place: derived, so that they cannot drift apart.
Lab = create_model(
    "Lab",
    __base__=Row,
    __doc__="One lab: the fused listing columns, its place, its archetype and its life.",
    **(  # type: ignore[call-overload]  # create_model takes the fields as keywords; mypy sees only a dict
        _columns(_LabHead, set())
        | _columns(Listing, _PER_LISTING | set(Place.model_fields))
        | _columns(Place, set())
        | _columns(_LabTail, set())
    ),
)
Lab.key = ("lab_id",)


CALENDAR_COLUMNS = ("last_confirmed_on", "staleness_weeks", "status_evidence", "confirmed_by")
"""Columns of labs that move with the calendar, not with the lab: no change feed and no history tells them."""

LabVersion = create_model(
    "LabVersion",
    __base__=Row,
    __doc__="One lab as it was published from one snapshot until another; valid_from <= day < valid_to is one filter.",
    **(
        _columns(_LabHead, set())
        | {
            "valid_from": (date, Field(description="Monday of the first snapshot the lab stood in like this.")),
            "valid_to": (
                date | None,
                Field(default=None, description="Monday of the first snapshot it no longer did; null while it does."),
            ),
        }
        | _columns(Lab, {"lab_id", *CALENDAR_COLUMNS})
    ),
)
LabVersion.key = ("lab_id", "valid_from")


class Assignment(Row):
    """Which listing is which lab."""

    key: ClassVar[tuple[str, ...]] = ("source", "source_key")

    source: str = Field(description="Source of the listing.")
    source_key: str = Field(description="The source's own id of the lab.")
    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab the listing belongs to.")


class LabListing(Row):
    """Which listing is which lab, and what it gave the lab."""

    key: ClassVar[tuple[str, ...]] = ("source", "source_key")

    source: str = Field(description="Source of the listing.")
    source_key: str = Field(description="The source's own id of the lab.")
    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab the listing belongs to.")
    fields_won: list[str] | None = Field(
        default=None, description="Columns of labs whose value comes from this listing."
    )
    url: str | None = Field(default=None, description="Page a person can open to see the listing at its source.")
    licence: str | None = Field(default=None, description="SPDX id or LicenseRef of the source's terms.")
    fetched_at: datetime | None = Field(default=None, description="When the source's page was fetched, UTC.")
    is_carried_forward: bool = Field(
        default=False,
        description="True for a last good listing that was kept: its source or entry gave none.",
    )


class Contact(Row):
    """How to reach a lab: kept apart so that history stays immutable and contacts erasable."""

    key: ClassVar[tuple[str, ...]] = ("lab_id",)

    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab.")
    email: str | None = Field(default=None, description="Role address.")
    phone: str | None = Field(default=None, description="Landline, E.164.")
