"""A record no listing can hold."""

from typing import ClassVar

from pydantic import Field

from warehouse.schema.listing import SOURCE_PATTERN
from warehouse.schema.row import Row


class Rejection(Row):
    """One record that a source serves and that is no listing, with the rule that says so."""

    key: ClassVar[tuple[str, ...]] = ("source", "page", "record")

    source: str = Field(pattern=SOURCE_PATTERN, description="Source the record was read from.")
    page: str = Field(description="URL of the page.")
    record: str = Field(description="Where on the page: the source's own id, else the position from 0.")
    field: str | None = Field(default=None, description="Field that broke the rule; null when the whole record did.")
    value: str | None = Field(default=None, description="The value, at most 200 characters, personal data removed.")
    rule: str = Field(description="Rule that was broken; out_of_scope when it is no lab.")
    reason: str = Field(description="The rule in words.")
