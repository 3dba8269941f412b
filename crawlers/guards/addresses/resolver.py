"""Names to addresses for the connection itself: none at all when one of them is not public."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.utils.datatypes import LocalCache
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

from crawlers.guards.addresses.public_web import address_refusal

_CACHED_NAMES = 10_000

refused_names: LocalCache[str, str] = LocalCache(1000)
"""Names the resolver refused, to their reason: its caller only hears that there are no addresses."""


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
            refused_names[self.name] = reason
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
