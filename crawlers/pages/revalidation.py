"""An earlier archive to conditional requests: a page that has not changed is answered from it, and not sent again."""

from pathlib import Path

from scrapy import Request
from scrapy.http import Response

from crawlers.archive import ArchiveDamaged, Exchange, WarcReader, fingerprint

EARLIER = "earlier_exchange"
"""Key in `request.meta`: what the earlier archive holds of the request."""

NOT_MODIFIED = "not_modified"
"""Flag of a response that the server said is unchanged."""

_VALIDATORS = ((b"If-None-Match", "etag"), (b"If-Modified-Since", "last-modified"))
# of a 304 these speak of the empty body it came with, not of the page
_OF_THE_BODY = {b"content-length", b"content-encoding", b"content-type", b"transfer-encoding"}


class Earlier:
    """The archive of an earlier week; one that is absent or damaged has nothing to answer with."""

    def __init__(self, path: Path | None) -> None:
        self._reader: WarcReader | None = None
        if path is not None and path.is_file():
            try:
                self._reader = WarcReader(path)
            except ArchiveDamaged:
                self._reader = None

    def ask_if_changed(self, request: Request) -> None:
        """Make the request conditional when the archive holds a whole answer the server can recognise."""
        if self._reader is None or request.method != "GET":
            return
        exchange = self._reader.find(fingerprint(request.method, request.url, request.body))
        if exchange is None or exchange.status != 200:
            return
        _, headers, _, is_truncated = self._reader.read(exchange)
        known = {name.lower(): value for name, value in headers}
        if is_truncated or not any(validator in known for _, validator in _VALIDATORS):
            return
        for header, validator in _VALIDATORS:
            if validator in known:
                request.headers.setdefault(header, known[validator])
        request.meta[EARLIER] = exchange

    def unchanged(self, request: Request, response: Response) -> Response | None:
        """Return the page as it was, when the server says 304 to a request made conditional here, else None."""
        exchange: Exchange | None = request.meta.pop(EARLIER, None)
        if response.status != 304 or exchange is None or self._reader is None:
            return None
        status, headers, body, _ = self._reader.read(exchange)
        page = response.replace(status=status, body=body, headers=dict(headers), flags=[*response.flags, NOT_MODIFIED])
        for name, values in response.headers.items():
            if name.lower() not in _OF_THE_BODY:
                page.headers.setlist(name, values)
        return page
