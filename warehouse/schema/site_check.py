"""What a lab's own home page shows of it: facts and signals, never published as text."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.listing import Text, Texts
from warehouse.schema.row import Row


class SiteCheck(Row):
    """The last look at one home page of one lab: whether it answers, and what its head says."""

    key: ClassVar[tuple[str, ...]] = ("lab_id", "website")

    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab.")
    website: str = Field(description="Address asked, as in labs.")
    checked_on: date = Field(description="Day of the look, UTC.")
    final_url: Text = Field(default=None, description="Address that answered, after redirects.")
    status: int | None = Field(default=None, description="HTTP status; null when nothing answered.")
    failure: Text = Field(default=None, description="Failure class when the page gave nothing: see docs/sources.md.")
    is_moved: bool | None = Field(default=None, description="True when another site answered than the one asked.")
    is_parked: bool | None = Field(default=None, description="True when the domain is for sale or shows only adverts.")
    is_reserved: bool | None = Field(default=None, description="True when the site reserves text and data mining.")
    title: Text = Field(default=None, description="Title of the page; evidence only, never published.")
    description: Text = Field(default=None, description="Meta description; evidence only, never published.")
    language: Text = Field(default=None, description="Language the page declares, ISO 639-1.")
    kinds: Texts = Field(default=None, description="Types of the JSON-LD objects of the page.")
    workshop_words: Texts = Field(default=None, description="Words of title and description that attest fabrication.")
    last_modified_on: date | None = Field(default=None, description="Date of the Last-Modified header.")
    page_sha256: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the page body; equal bytes, nothing changed."
    )
