"""Requests to requests that stay on the public web: checked before each hop, at connect time, and on the answer.

Two locks, because a name can change its answer between the check and the connection (DNS rebinding): `AddressGuard`
looks at every request, redirects included, and `GuardedResolver` gives the connection only addresses it has checked.
The origins map (setting `LABS_ORIGINS`, host -> base URL) is the only way to a machine of one's own. In a replay the
archive answers above this guard, so nothing is resolved.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.datatypes import LocalCache
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.guards.public_web import WEB_PORTS, address_refusal, shown, url_refusal

Lookup = Callable[[str], Awaitable[Sequence[str]]]

_DNS_SECONDS = 10.0
"""Longest wait for a name; the download timeout covers the rest."""
_CACHED_NAMES = 10_000

_refused_names: LocalCache[str, str] = LocalCache(1000)
"""Names the resolver refused, to their reason: its caller only hears that there are no addresses."""


class RefusedAddress(CrawlFailed, IgnoreRequest):
    """A request that would leave the public web; it is not made, nor tried again."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(Failure.REFUSED_ADDRESS, f"{reason}: {shown(url)}")


class AddressGuard:
    """Downloader middleware, nearest the downloader: refuse requests to anything but public web servers.

    `lookup` is a name to its addresses; tests give their own.
    """

    def __init__(self, origins: Mapping[str, str] | None, ports: frozenset[int], lookup: Lookup) -> None:
        self._origins = origins
        self._ports = ports
        self._lookup = lookup
        self._verdicts: LocalCache[str, str] = LocalCache(_CACHED_NAMES)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the origins map from the settings and the declared ports from the spider."""
        declared = getattr(crawler.spider, "ports", ()) or getattr(crawler.spidercls, "ports", ())
        return cls(crawler.settings.get("LABS_ORIGINS"), WEB_PORTS | frozenset(declared), system_lookup)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Let a request to the public web or to a mapped host pass.

        Raises: RefusedAddress; CannotResolveHostError when the name has no address.
        """
        if self._is_mapped(request.url):
            return
        if reason := url_refusal(request.url, self._ports):
            raise RefusedAddress(request.url, reason)
        if self._origins is not None:
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
        if response.ip_address is not None and not self._is_mapped(request.url):
            reason = address_refusal(str(response.ip_address))
            if reason and self._origins is None:
                raise RefusedAddress(request.url, f"answered by a peer that is not public, {reason}")
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Name the reason when the resolver refused the connection.

        Raises: RefusedAddress.
        """
        if isinstance(exception, CannotResolveHostError):
            reason = _refused_names.get(urlsplit(request.url).hostname or "")
            if reason:
                raise RefusedAddress(request.url, reason) from exception

    async def _judge(self, host: str) -> str:
        addresses = await self._lookup(host)
        return next((reason for address in addresses if (reason := address_refusal(address))), "")

    def _is_mapped(self, url: str) -> bool:
        """Whether the map names the host, or the host with this port; scheme and password are held to the rules."""
        if not self._origins:
            return False
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or "\\" in url:
            return False
        host = parts.hostname or ""
        return parts.netloc.lower() in self._origins or (
            host in self._origins and (port is None or port in self._ports)
        )


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


@implementer(IHostnameResolver)
class GuardedResolver:
    """Setting `TWISTED_DNS_RESOLVER`: names to addresses for the connection, none at all when one is not public.

    What was checked is what is connected to: the addresses are kept for the crawl, so a name cannot change its answer.
    Host and port of each base URL of the origins map pass unchecked.
    """

    def __init__(self, reactor: Any, origins: Mapping[str, str] | None = None) -> None:
        self._reactor = reactor
        self._inner: Any = reactor.nameResolver
        bases = [urlsplit(base) for base in (origins or {}).values()]
        self._allowed = {(b.hostname, b.port or (443 if b.scheme == "https" else 80)) for b in bases}
        self._cache: LocalCache[tuple[str, int], list[Any]] = LocalCache(_CACHED_NAMES)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Wrap the resolver of the reactor."""
        return cls(reactor, crawler.settings.get("LABS_ORIGINS"))

    def install_on_reactor(self) -> None:
        """Resolve every name of the reactor from now on."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[Any]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Pass on the addresses of a name once all are known and every one is public (IHostnameResolver)."""
        key = (hostName, portNumber)
        receiver = _Checking(resolutionReceiver, hostName, key in self._allowed, lambda found: self._keep(key, found))
        if key in self._cache:
            return receiver.replay(self._cache[key])
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def _keep(self, key: tuple[str, int], found: list[Any]) -> None:
        self._cache[key] = found


@implementer(IResolutionReceiver, IHostResolution)
class _Checking:
    """Holds the addresses back until the last one is in."""

    def __init__(self, receiver: Any, name: str, is_allowed: bool, keep: Callable[[list[Any]], None]) -> None:
        self.name = name
        self._receiver, self._is_allowed, self._keep = receiver, is_allowed, keep
        self._found: list[Any] = []

    def replay(self, found: list[Any]) -> Self:
        self.resolutionBegan(self)
        self._found = list(found)
        self.resolutionComplete()
        return self

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        self._found.append(address)

    def resolutionComplete(self) -> None:
        reason = None if self._is_allowed else self._refusal()
        if reason:
            _refused_names[self.name] = reason
        else:
            if self._found:
                self._keep(self._found)
            for address in self._found:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()

    def cancel(self) -> None:
        """Do nothing: a cached answer is complete before it could be cancelled."""

    def _refusal(self) -> str | None:
        return next((reason for found in self._found if (reason := address_refusal(found.host))), None)
