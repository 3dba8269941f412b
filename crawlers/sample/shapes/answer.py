"""What a site answers to one request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of one response."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def all_headers(self) -> dict[str, str]:
        """Return the headers with the type and the length of the body."""
        return {"Content-Type": self.content_type, **self.headers, "Content-Length": str(len(self.body))}


def as_json(value: Any, content_type: str = "application/json; charset=utf-8", *, indent: int | None = None) -> Answer:
    """Return the answer that holds the value as JSON."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return Answer(text.encode(), content_type)


def not_found() -> Answer:
    """Return the answer of a server that does not know the path."""
    return Answer(b"<h1>Not Found</h1>\n", status=404)
