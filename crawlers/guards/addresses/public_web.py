"""A URL or an IP address to the reason why it is none of the public web; pure, nothing is resolved here."""

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

WEB_PORTS = frozenset({80, 443})
MAX_URL = 4096
"""Characters; the longest URL of a real directory entry is under 300."""

# Names that belong to one machine or one site by RFC 6761, RFC 6762, RFC 8375 and RFC 9476, or by bad habit.
_PRIVATE_NAMES = frozenset(
    {
        "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private",
        "test", "invalid", "onion", "arpa", "alt",
    }
)  # fmt: skip
_IPV4 = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
_NUMERIC_LABEL = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_refusal(address: str | Address) -> str | None:
    """Return why an IP address is not on the public internet, None when it is.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) counts as what it leads to.
    """
    try:
        found = ipaddress.ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return f"{address} is no IP address"
    if found in _NAT64:
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)  # how a network without IPv4 reaches all of IPv4
    for inner in (found, *_inside(found)):
        if not inner.is_global or inner.is_multicast or inner.is_reserved or inner.is_unspecified:
            return f"{found} is not on the public internet"
    return None


def url_refusal(url: str, ports: frozenset[int] = WEB_PORTS) -> str | None:
    """Return why a URL is no public web address by its spelling alone, None when it may be one.

    http and https only, no user or password, a port of `ports`, a name with a dot or a public IP address in its
    plain spelling: every other spelling of a number (127.1, 0x7f000001, 2130706433, full-width digits) is refused.
    """
    if len(url) > MAX_URL:
        return f"the URL is longer than {MAX_URL} characters"
    if re.search(r"[\x00-\x20\x7f\\]", url):
        return "the URL holds a blank, a control character or a backslash"
    try:
        parts = urlsplit(url)
        return _parts_refusal(parts, parts.port, ports)
    except ValueError as error:
        return f"the URL cannot be read: {error}"


def _parts_refusal(parts: SplitResult, port: int | None, ports: frozenset[int]) -> str | None:
    if parts.scheme not in ("http", "https"):
        return f"the scheme is {parts.scheme or 'missing'}, not http or https"
    if "@" in parts.netloc:
        return "the URL carries a user or a password"
    if port is not None and port not in ports:
        return f"port {port} is not declared"
    if "[" in parts.netloc:
        return address_refusal(parts.hostname or "")
    return host_refusal(parts.hostname or "")


def host_refusal(host: str) -> str | None:
    """Return why a host name or literal is not public by its spelling alone, None when it may be."""
    name = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    if _IPV4.fullmatch(name):
        return address_refusal(name)
    labels = name.split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return f"{host} is a number in another spelling than a.b.c.d"
    if len(labels) < 2 or labels[-1] in _PRIVATE_NAMES:
        return f"{host or 'no host'} is not a public name"
    try:
        encoded = name.encode() if name.isascii() else name.encode("idna")
    except UnicodeError:
        encoded = b""
    is_name = len(encoded) <= 253 and re.fullmatch(rb"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+", encoded)
    return None if is_name else f"{host} is no host name"


def shown(url: str) -> str:
    """Return a URL as it may be logged and published: no user, password, query or fragment, at most 150 characters."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return re.split(r"[?#]", url)[0][:150]
    authority, slash, path = re.split(r"[?#]", rest)[0].partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"[:150]


def _inside(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _COMPATIBLE and int(address) > 1:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [found for found in inner if found is not None]
