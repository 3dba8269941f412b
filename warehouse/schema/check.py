"""A gate of publication as data."""

from typing import ClassVar, Literal

from pydantic import Field

from warehouse.schema.row import Row


class Check(Row):
    """One gate: what was measured, against which band, with which verdict."""

    key: ClassVar[tuple[str, ...]] = ("name", "subject")

    name: str = Field(description="Gate.")
    subject: str = Field(description="Source or table it looks at.")
    value: float | None = Field(default=None, description="What was measured.")
    lower: float | None = Field(default=None, description="Lower end of the band.")
    upper: float | None = Field(default=None, description="Upper end of the band; null when growth may pass.")
    verdict: Literal["pass", "carry_forward", "block"] = Field(description="What follows.")
    why: str = Field(description="The verdict in words.")
