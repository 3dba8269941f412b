"""A warehouse folder to a read-only server on this machine, with byte ranges so that Parquet is read in parts.

Only what is published is served (`v1/`, without its contacts); the archive and the lake stay unseen. Only loopback,
and only requests that name loopback: a page elsewhere that makes its own host name point here reads nothing.
"""

import email.utils
import hashlib
import logging
import re
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from warehouse.schema import UserError

LOOPBACK = "127.0.0.1"
PORT = 8765
ROOT = "v1"
HIDDEN = ("contacts",)
"""Folders of v1 that no other program on the machine should read through a browser: they hold personal data."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".gpkg": "application/geopackage+sqlite3",
}
_NAMES = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_NAME_MAX = 255
"""Bytes of a name on common disks; a longer one is an error there, not a missing file."""

_CHUNK = 1 << 18
_HARMLESS = re.compile(r"[^\x20-\x7e]")

_log = logging.getLogger(__name__)


class WarehouseServer(ThreadingHTTPServer):
    """Serves the published side of one warehouse until it is shut down."""

    daemon_threads = True

    def __init__(self, warehouse: str | Path, port: int = PORT) -> None:
        """Listen on loopback; port 0 takes a free one.

        Raises: UserError when the folder holds no published snapshot.
        """
        self.root = (Path(warehouse) / ROOT).resolve()
        if not self.root.is_dir():
            raise UserError(f"no published snapshot in {warehouse}: run labs refresh first")
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        """Return the address of the index page."""
        return f"http://{LOOPBACK}:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: WarehouseServer
    server_version = "labs"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30
    _policy: ClassVar[dict[str, str]] = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }

    def do_GET(self) -> None:
        """Answer with the file or the part asked for."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of the file."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        if not _NAMES.fullmatch(self.headers.get("Host", "")):
            return self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        path = self._file()
        if path is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        stat = path.stat()
        tag = f'"{hashlib.sha256(f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:24]}"'
        if self.headers.get("If-None-Match") == tag:
            return self._head(HTTPStatus.NOT_MODIFIED, {"ETag": tag})
        part = self._part(stat.st_size, tag)
        if part is None:
            return self._refuse(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{stat.st_size}"}
            )
        headers = {
            "Content-Type": _TYPES.get(path.suffix, "application/octet-stream"),
            "Content-Length": str(len(part)),
            "Accept-Ranges": "bytes",
            "ETag": tag,
            "Last-Modified": email.utils.formatdate(stat.st_mtime, usegmt=True),
        }
        whole = len(part) == stat.st_size
        if not whole:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{stat.st_size}"
        self._head(HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT, headers)
        if with_body:
            for chunk in _chunks(path, part):
                self.wfile.write(chunk)
        return None

    def _file(self) -> Path | None:
        """Return the published file the request names; None for anything outside, hidden, or no file."""
        name = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
        parts = name.split("/")
        if "\0" in name or "\\" in name or parts[0] in HIDDEN or any(part.startswith(".") for part in parts):
            return None
        if any(len(part.encode()) > _NAME_MAX for part in parts):
            return None
        path = (self.server.root / name).resolve()
        is_inside = path.is_relative_to(self.server.root) and path.relative_to(self.server.root).parts[:1] not in [
            (hidden,) for hidden in HIDDEN
        ]
        return path if is_inside and path.is_file() else None

    def _part(self, size: int, tag: str) -> range | None:
        """Return the bytes asked for, all of them without a range we understand; None when there are none such."""
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        if found is None or self.headers.get("If-Range", tag) != tag or found[1] == found[2] == "":
            return range(size)
        if found[1] == "":
            return range(max(0, size - int(found[2])), size) if int(found[2]) else None
        start, stop = int(found[1]), min(int(found[2] or size) + 1, size)
        return range(start, stop) if start < stop else None

    def _refuse(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        self._head(status, {"Content-Length": "0"} | (headers or {}))

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (self._policy | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log the request without control characters, which a client chose."""
        _log.info("%s", _HARMLESS.sub("?", format % args))


def _chunks(path: Path, part: range) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(part.start)
        left = len(part)
        while left and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def serve(warehouse: str | Path, port: int = PORT) -> None:
    """Serve the warehouse until interrupted.

    Raises: UserError when nothing is published there; OSError when the port is taken.
    """
    with WarehouseServer(warehouse, port) as server:
        _log.info("serving %s at %s", server.root, server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _log.info("stopped")
