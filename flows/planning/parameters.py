"""The parameters of the flows, typed: what the Prefect UI offers and the API refuses; docstrings describe them."""

from typing import Annotated, Literal

from pydantic import Field

from crawlers.catalogue import names

WeekName = Annotated[str, Field(pattern=r"^\d{4}-W[0-5]\d$", examples=["2026-W42"])]
SourceName = Annotated[str, Field(json_schema_extra={"enum": list(names())})]
StageName = Literal["collect", "locate", "resolve", "classify", "fuse", "check"]
Place = Annotated[str, Field(min_length=1, examples=["/srv/labs/data", "s3://bucket/labs"])]
"""A folder or an s3:// URL."""
