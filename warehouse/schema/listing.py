"""What one source says about one lab, cleaned of markup and never of meaning."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from warehouse.schema.row import Row

SOURCE_PATTERN = r"^[a-z0-9_]{1,40}$"
"""What a source may be called: it becomes a file name, so nothing a path could be built of."""

Status = Literal["active", "planned", "closed", "unknown"]

# C0 and C1 controls but tab and line feed, zero-width characters, bidirectional overrides: never part of a word.
# U+200C and U+200D are: Persian and emoji are spelt with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean_text(value: Any) -> Any:
    """Return the text in NFC without invisible characters and outer white space; None when nothing is left."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", value)).strip() or None


def clean_texts(value: Any) -> Any:
    """Return the texts cleaned, without repeats, in the order given; None when nothing is left."""
    if isinstance(value, str) or not isinstance(value, list | tuple):
        return value
    texts = [clean_text(text) for text in value]
    return list(dict.fromkeys(text for text in texts if text is not None)) or None


Text = Annotated[str | None, BeforeValidator(clean_text)]
Texts = Annotated[list[str] | None, BeforeValidator(clean_texts)]


class Listing(Row):
    """One lab as one source lists it. A pure function of page bytes: no clock in it. Missing is null."""

    key: ClassVar[tuple[str, ...]] = ("source", "source_key")

    source: str = Field(
        pattern=SOURCE_PATTERN, description="Source the listing was read from, as in the table sources."
    )
    source_key: str = Field(
        min_length=1, max_length=300, description="The source's own id of the lab where it has one."
    )
    url: Text = Field(default=None, description="Page a person can open to see the listing at its source.")
    name: str = Field(min_length=1, max_length=500, description="Name as the source writes it.")
    alt_names: Texts = Field(default=None, description="Other names the source gives: former, short, translated.")
    kinds: Texts = Field(default=None, description="The source's own labels of what kind of place it is.")
    description: Text = Field(default=None, description="Description as plain text, markup removed.")
    operator: Text = Field(default=None, description="Organisation that runs the lab.")
    siret: Text = Field(default=None, description="French establishment number, 14 digits.")
    rna: Text = Field(default=None, description="French register number of the association, W and 9 digits.")
    address: Text = Field(default=None, description="Address in one string, where the source has no parts.")
    street: Text = Field(default=None, description="House number and street.")
    postcode: Text = Field(default=None, description="Postcode as text, leading zeros kept.")
    city: Text = Field(default=None, description="City or commune as the source writes it.")
    commune_code: Text = Field(default=None, description="INSEE code of the French commune, as the source states it.")
    country_code: Annotated[str | None, BeforeValidator(clean_text)] = Field(
        default=None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code of the country."
    )
    lat: float | None = Field(default=None, ge=-180, le=180, description="Latitude as stated, WGS84 degrees, unjudged.")
    lon: float | None = Field(
        default=None, ge=-180, le=180, description="Longitude as stated, WGS84 degrees, unjudged."
    )
    website: Text = Field(default=None, description="The lab's own site, http or https.")
    email: Text = Field(default=None, description="Role address of the lab; published in contacts only.")
    phone: Text = Field(default=None, description="Landline of the lab; published in contacts only.")
    opening_hours: Text = Field(default=None, description="Opening hours as the source writes them.")
    equipment: Texts = Field(default=None, description="Machines the source lists.")
    services: Texts = Field(default=None, description="Services the source lists.")
    audiences: Texts = Field(default=None, description="Publics the source lists.")
    labels: Texts = Field(default=None, description="Programmes and quality labels the source lists.")
    fees: Text = Field(default=None, description="Fees as the source writes them.")
    links: Texts = Field(default=None, description="Other pages about the lab, http or https.")
    status: Status = Field(
        default="unknown", description="State by the source's own word: active, planned, closed, unknown."
    )
    founded_on: date | None = Field(default=None, description="Date of founding.")
    updated_on: date | None = Field(default=None, description="Date the source says the listing was last edited.")
    page_sha256: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the page body the listing was read from."
    )

    @field_validator("source_key", "name", mode="before")
    @classmethod
    def _clean_required(cls, value: Any) -> Any:
        return clean_text(value) or ""
