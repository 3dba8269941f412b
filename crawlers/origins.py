"""The origins map: a host's requests go elsewhere, under the handler, so all above sees only the real URL."""

import ipaddress
import json
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure


class BadOrigins(ValueError):
    """The origins file is none: the message is one line for the user."""


class NotInOrigins(CrawlFailed, IgnoreRequest):
    """A request to a host the map does not name: it fails at once, as asking again would change nothing."""

    def __init__(self, host: str) -> None:
        super().__init__(Failure.UNREACHABLE, f"{host} is not in the origins map")


def read_origins(path: Path) -> dict[str, str]:
    """Return the map host (with port, if it has one) -> base URL of a JSON file.

    Raises: BadOrigins when the file cannot be read or is not such a map.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadOrigins(f"origins file {path}: {type(error).__name__}: {error}") from error
    if not isinstance(found, dict):
        raise BadOrigins(f"origins file {path}: a JSON object host -> base URL is wanted, not {type(found).__name__}")
    for host, base in found.items():
        if not host or "/" in host or not isinstance(base, str) or not _is_base(base):
            raise BadOrigins(f"origins file {path}: {host!r}: {base!r} is not a host and an http(s) base URL")
    return {host.lower(): base.rstrip("/") for host, base in found.items()}


def loopback_hosts(origins: dict[str, str]) -> list[str]:
    """Return the hosts whose requests stay on this machine: nobody is spared by waiting between those."""
    return [host for host, base in origins.items() if _is_loopback(urlsplit(base).hostname or "")]


class OriginsHandler(HTTP11DownloadHandler):
    """Download over HTTP; with a map given, from the origin of the host, and never from a host it does not name."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # a copy: settings hold None when no map was given, which is not an empty map
        origins = crawler.settings.get("LABS_ORIGINS")
        self._origins: dict[str, str] | None = None if origins is None else dict(origins)

    async def download_request(self, request: Request) -> Response:
        """Return the response to the request, as if it came from the real URL."""
        if self._origins is None:
            return await super().download_request(request)
        parts = urlsplit(request.url)
        host = parts.netloc.rpartition("@")[2].lower()
        base = self._origins.get(host) or self._origins.get((parts.hostname or "").lower())
        if base is None:
            raise NotInOrigins(host)
        path = request.url.split("#", 1)[0].partition("://")[2]
        path = path[len(path.split("/", 1)[0].split("?", 1)[0]) :]
        response = await super().download_request(request.replace(url=base + path, headers=request.headers.copy()))
        return response.replace(url=request.url)


def _is_base(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
