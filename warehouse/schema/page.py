"""One HTTP response, and where the archive keeps it."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from warehouse.schema.listing import SOURCE_PATTERN
from warehouse.schema.row import Row


class Page(Row):
    """One response of one source."""

    key: ClassVar[tuple[str, ...]] = ("source", "request")

    source: str = Field(pattern=SOURCE_PATTERN, description="Source the page belongs to.")
    request: str = Field(description="Fingerprint of the request: method, URL and body.")
    url: str = Field(description="URL asked for, the real one whatever origin answered.")
    fetched_at: datetime = Field(description="When the response came, UTC.")
    status: int = Field(description="HTTP status.")
    content_type: str | None = Field(default=None, description="Content-Type header.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the body as stored.")
    warc_file: str = Field(description="WARC file, relative to the archive.")
    warc_offset: int = Field(ge=0, description="Byte offset of the record in the compressed file.")
