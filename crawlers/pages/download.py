"""The download handler: with an origins map, a host's requests go elsewhere, and all above sees only the real URL."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure


class NotInOrigins(CrawlFailed, IgnoreRequest):
    """A request to a host the map does not name: it fails at once, as asking again would change nothing."""

    def __init__(self, host: str) -> None:
        super().__init__(Failure.UNREACHABLE, f"{host} is not in the origins map")


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
        target = mapped(request.url, self._origins)
        response = await super().download_request(request.replace(url=target, headers=request.headers.copy()))
        return response.replace(url=request.url)


def mapped(url: str, origins: dict[str, str]) -> str:
    """Return where a URL leads by the map: the origin of its host and port, or else of its host; path and query stay.

    Raises: NotInOrigins.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    base = origins.get(host) or origins.get((parts.hostname or "").lower())
    if base is None:
        raise NotInOrigins(host)
    # cut from the text, as urlsplit and back would change an empty query or a double slash
    rest = url.split("#", 1)[0].partition("://")[2]
    return base + rest[len(rest.split("/", 1)[0].split("?", 1)[0]) :]
