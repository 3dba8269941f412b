"""The origins map of a file: which host's requests go elsewhere, for tests and mirrors."""

import ipaddress
import json
from pathlib import Path
from urllib.parse import urlsplit

from warehouse.schema import UserError


class BadOrigins(UserError):
    """The origins file is none: the message is one line for the user."""


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
