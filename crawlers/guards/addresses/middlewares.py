"""Requests to requests that stay on the public web: checked before each hop, at connect time, and on the answer.

Two locks, because a name can change its answer between the check and the connection (DNS rebinding): `AddressGuard`
looks at every request, redirects included, and `GuardedResolver` gives the connection only addresses it has checked.
The origins map (setting `LABS_ORIGINS`, host -> base URL) is the only way to a machine of one's own. In a replay the
archive answers above this guard, so nothing is resolved.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.datatypes import LocalCache
from w3lib.url import safe_url_string

from crawlers.guards.addresses.public_web import MAX_URL, WEB_PORTS, address_refusal, shown, url_refusal
from crawlers.guards.addresses.resolver import refused_names
from crawlers.guards.failures import CrawlFailed, Failure

Lookup = Callable[[str], Awaitable[Sequence[str]]]

_DNS_SECONDS = 10.0
"""Longest wait for a name; the download timeout covers the rest."""
_CACHED_NAMES = 10_000


class RefusedAddress(CrawlFailed, IgnoreRequest):
    """A request that would leave the public web; it is not made, nor tried again."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(Failure.REFUSED_ADDRESS, f"{reason}: {shown(url)}")


@dataclass(frozen=True)
class Reach:
    """What may be asked for by its spelling: public web addresses on `ports`, and the hosts of the origins map."""

    origins: Mapping[str, str] | None = None
    """Host, or host and port, to base URL; None when there is no map."""
    ports: frozenset[int] = WEB_PORTS

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Read the origins map from the settings and the declared ports (`ports`) from the spider."""
        declared = getattr(crawler.spidercls, "ports", ())
        return cls(crawler.settings.get("LABS_ORIGINS"), WEB_PORTS | frozenset(declared))

    def refusal(self, url: str) -> str | None:
        """Return why the URL may not be asked for, None when it may as far as spelling tells."""
        return None if self.is_mapped(url) else url_refusal(url, self.ports)

    def is_mapped(self, url: str) -> bool:
        """Return whether the map names the host, or the host with this port; scheme and password are held to rules."""
        if not self.origins or len(url) > MAX_URL:
            return False
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or "\\" in url:
            return False
        host = parts.hostname or ""
        return parts.netloc.lower() in self.origins or (host in self.origins and (port is None or port in self.ports))


class RedirectGuard:
    """Downloader middleware above redirects (610 to 600): refuse one to what is no public web address by its spelling.

    Scrapy raises a bare ValueError on `Location: javascript:...`; and what is refused here is archived, so that a
    replay refuses it too.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(Reach.of(crawler))

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Return the response when it does not redirect, or to where one may go.

        Raises: RefusedAddress.
        """
        location = response.headers.get("Location")
        if location is None or not 300 <= response.status < 400:
            return response
        try:
            target = urljoin(request.url, safe_url_string(location))
            reason = self._reach.refusal(target)
        except ValueError as error:
            target, reason = request.url, f"redirects to what is no URL: {error}"
        if reason:
            raise RefusedAddress(target, f"redirect refused, {reason}")
        return response


class AddressGuard:
    """Downloader middleware, nearest the downloader: refuse requests to anything but public web servers.

    `lookup` is a name to its addresses; tests give their own.
    """

    def __init__(self, reach: Reach, lookup: Lookup) -> None:
        self._reach = reach
        self._lookup = lookup
        self._verdicts: LocalCache[str, str] = LocalCache(_CACHED_NAMES)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(Reach.of(crawler), system_lookup)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Let a request to the public web or to a mapped host pass.

        Raises: RefusedAddress; CannotResolveHostError when the name has no address.
        """
        if reason := self._reach.refusal(request.url):
            raise RefusedAddress(request.url, reason)
        if self._reach.origins is not None:
            return  # the handler asks mapped hosts only, so no name is resolved
        host = urlsplit(request.url).hostname or ""
        if host not in self._verdicts:
            self._verdicts[host] = await self._judge(host)
        if reason := self._verdicts[host]:
            raise RefusedAddress(request.url, reason)

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Return the response when the peer that gave it was public too.

        Raises: RefusedAddress.
        """
        if response.ip_address is not None and self._reach.origins is None:
            reason = address_refusal(str(response.ip_address))
            if reason:
                raise RefusedAddress(request.url, f"answered by a peer that is not public, {reason}")
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Name the reason when the resolver refused the connection.

        Raises: RefusedAddress.
        """
        if isinstance(exception, CannotResolveHostError):
            reason = refused_names.get(urlsplit(request.url).hostname or "")
            if reason:
                raise RefusedAddress(request.url, reason) from exception

    async def _judge(self, host: str) -> str:
        addresses = await self._lookup(host)
        return next((reason for address in addresses if (reason := address_refusal(address))), "")


async def system_lookup(host: str) -> Sequence[str]:
    """Return every address the system's resolver knows of a name.

    Raises: CannotResolveHostError when there is none, or no answer in `_DNS_SECONDS`.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, None, type=socket.SOCK_STREAM), _DNS_SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise CannotResolveHostError(f"{host}: {str(error) or 'no answer from the name server'}") from error
    return sorted({str(info[4][0]) for info in found})
