"""HTTP exchanges to a WARC file and back: what was asked, what was answered, when, and what gave no answer."""

import gzip
import hashlib
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from w3lib.url import canonicalize_url
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
Asked = tuple[str, str, bytes]
"""Method, URL and body of a request."""
Answered = tuple[int, Headers, bytes]
"""Status, headers and body of a response, the body as it came (still compressed, no longer chunked)."""

EARLIER_WEEKS = 13
"""How far back an archive may be to ask only for what has changed since: pages are kept no longer."""
# the body is stored unchunked, and a cookie is a secret of the session
_HEADERS_LEFT_OUT = {"transfer-encoding", "set-cookie", "set-cookie2"}
_NOT_MODIFIED = "Labs-Not-Modified"
"""Our own WARC field. A `revisit` record would leave the page in another file, and each week's archive is whole."""
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_SOFTWARE = b"software: lab-registry\r\nformat: WARC File Format 1.1\r\n"


class ArchiveDamaged(Exception):
    """A WARC file is cut short or its bytes have changed."""


def fingerprint(method: str, url: str, body: bytes = b"") -> str:
    """Return the name of a request: SHA-256 of method, canonical URL and body, in hexadecimal."""
    canonical = canonicalize_url(url, keep_fragments=False)
    return hashlib.sha256(b"\n".join([method.upper().encode(), canonical.encode(), body])).hexdigest()


@dataclass(frozen=True)
class Exchange:
    """One request in the archive: either `status` and `sha256` say what came, or `failure` why nothing did."""

    request: str
    url: str
    fetched_at: datetime
    offset: int
    status: int | None
    content_type: str | None
    sha256: str | None
    size: int
    """Bytes of the body that came over the network, as they came."""
    failure: str | None
    message: str
    is_not_modified: bool = False
    """True when the server said 304: the page is the one of an earlier week, and no byte of it came again."""


class WarcWriter:
    """Append exchanges to a new gzipped WARC 1.1 file; equal exchanges give equal bytes, whatever the clock says."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("wb")
        self._warc = WARCWriter(self._stream, gzip=True, warc_version="1.1")
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(
        self,
        request: Asked,
        response: Answered,
        fetched_at: datetime,
        *,
        is_truncated: bool = False,
        is_not_modified: bool = False,
    ) -> int:
        """Append one answered request and return the offset of its response record, bytes.

        `is_truncated`: the connection ended before the body did (`WARC-Truncated: disconnect`). `is_not_modified`: the
        server said 304, and the page stands here as it came in an earlier week.
        """
        asked = self._write_request(request, fetched_at)
        status, headers, body = response
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        kept = [(name, value) for name, value in pairs if name.lower() not in _HEADERS_LEFT_OUT]
        head = StatusAndHeaders(f"{status} {_phrase(status)}".strip(), kept, protocol="HTTP/1.1")
        offset: int = self._stream.tell()
        fields = {"WARC-Target-URI": request[1], "WARC-Date": _stamp(fetched_at), "WARC-Concurrent-To": asked}
        if is_truncated:
            fields["WARC-Truncated"] = "disconnect"
        if is_not_modified:
            fields[_NOT_MODIFIED] = "304"
        self._write("response", body, fields, head)
        return offset

    def write_failure(self, request: Asked, failure: str, message: str, fetched_at: datetime) -> int:
        """Append one request that got no answer, with its failure class, and return the offset, bytes."""
        asked = self._write_request(request, fetched_at)
        offset: int = self._stream.tell()
        text = f"failure: {failure}\r\nmessage: {' '.join(message.split())[:500]}\r\n".encode()
        fields = {"WARC-Target-URI": request[1], "WARC-Date": _stamp(fetched_at), "WARC-Concurrent-To": asked}
        self._write("metadata", text, fields)
        return offset

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()

    def _write_request(self, request: Asked, at: datetime) -> str:
        if self._sequence == 0:
            self._write("warcinfo", _SOFTWARE, {"WARC-Date": _stamp(at), "Content-Type": "application/warc-fields"})
        method, url, body = request
        # the full URL stands in the request line; agent and addresses would make the bytes differ between machines
        head = StatusAndHeaders(f"{method.upper()} {url} HTTP/1.1", [], is_http_request=True)
        return self._write("request", body, {"WARC-Target-URI": url, "WARC-Date": _stamp(at)}, head)

    def _write(self, kind: str, payload: bytes, headers: dict[str, str], head: StatusAndHeaders | None = None) -> str:
        self._sequence += 1
        url = headers.pop("WARC-Target-URI", None)
        identity = f"{self._sequence} {kind} {url} {hashlib.sha256(payload).hexdigest()}"
        record_id = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}>"
        record = self._warc.create_warc_record(
            url,
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            http_headers=head,
            warc_headers_dict={"WARC-Record-ID": record_id, **headers},
        )
        self._warc.write_record(record)
        return record_id


class WarcReader:
    """Look exchanges up by the fingerprint of their request; the last answer counts, as retries overwrite.

    Raises: ArchiveDamaged when the file is cut short or damaged; FileNotFoundError when there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.exchanges: list[Exchange] = list(self._index())
        self._last = {exchange.request: exchange for exchange in self.exchanges}

    def last(self) -> list[Exchange]:
        """Return the last exchange of every request, in the order of first asking."""
        return list(self._last.values())

    def find(self, request: str) -> Exchange | None:
        """Return the last exchange of a request fingerprint."""
        return self._last.get(request)

    def read(self, exchange: Exchange) -> tuple[int, list[tuple[str, str]], bytes, bool]:
        """Return status, headers, body and whether the body was cut short, of an answered exchange."""
        with self.path.open("rb") as stream:
            stream.seek(exchange.offset)
            record = next(ArchiveIterator(stream))
            is_truncated = record.rec_headers.get_header("WARC-Truncated") is not None
            head = record.http_headers
            return int(head.get_statuscode()), list(head.headers), record.raw_stream.read(), is_truncated

    def _index(self) -> Iterator[Exchange]:
        self._verify()
        with self.path.open("rb") as stream:
            records = ArchiveIterator(stream)
            asked = ""
            for record in records:
                kind, url = record.rec_type, record.rec_headers.get_header("WARC-Target-URI")
                if kind == "request":
                    asked = fingerprint(record.http_headers.protocol, url, record.raw_stream.read())
                elif kind in ("response", "metadata"):
                    body = record.raw_stream.read()  # before the offset: asking for it skips what is unread
                    yield _exchange(record, asked, body, records.get_record_offset())

    def _verify(self) -> None:
        # warcio ends a cut file without a word; gzip checks length and CRC of every member
        try:
            with gzip.open(self.path) as stream:
                while stream.read(1 << 20):
                    pass
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ArchiveDamaged(f"{self.path.name} is damaged ({error}): fetch the week again") from error


def _exchange(record: Any, asked: str, body: bytes, offset: int) -> Exchange:
    url = record.rec_headers.get_header("WARC-Target-URI")
    at = datetime.strptime(record.rec_headers.get_header("WARC-Date"), _STAMP).replace(tzinfo=UTC)
    if record.rec_type == "metadata":
        fields = dict(line.split(": ", 1) for line in body.decode().splitlines() if ": " in line)
        failure, message = fields.get("failure", "unreachable"), fields.get("message", "")
        return Exchange(asked, url, at, offset, None, None, None, 0, failure, message)
    head = record.http_headers
    digest = hashlib.sha256(body).hexdigest()
    status, kind = int(head.get_statuscode()), head.get_header("Content-Type")
    is_not_modified = record.rec_headers.get_header(_NOT_MODIFIED) is not None
    size = 0 if is_not_modified else len(body)
    return Exchange(asked, url, at, offset, status, kind, digest, size, None, "", is_not_modified)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_STAMP)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
