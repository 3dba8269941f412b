"""What went wrong to the one line and the exit status the user gets; anything else is a bug and keeps its traceback."""

import errno
import sqlite3

import httpx

from crawlers.guards.failures import CrawlFailed
from flows.sources.workers import WorkersUnreachable
from warehouse.checks import ChecksFailed
from warehouse.proof import ProofFailed
from warehouse.releases import ReleaseDamaged
from warehouse.schema import UserError
from warehouse.storage.writer import AnotherWriter

HELD = (CrawlFailed, ChecksFailed, ProofFailed, ReleaseDamaged, AnotherWriter, WorkersUnreachable)
"""What the world did: exit status 1."""

DISK = {errno.ENOSPC: "no space left", errno.EDQUOT: "the quota is used up", errno.EFBIG: "a file may not be so large"}
"""What a disk refuses."""


def line_of(error: Exception) -> tuple[str | None, int]:
    """Return the line to print and the exit status; no line for a bug."""
    if isinstance(error, UserError):
        return str(error), 2
    if isinstance(error, HELD):
        return str(error), 1
    if full := _full(error):
        return f"disk full: {full}; what was published stands. Make room for the warehouse and TMPDIR, and run again", 1
    if isinstance(error, httpx.TransportError):  # nothing but Prefect's client speaks through httpx
        server = f"the Prefect server does not answer ({type(error).__name__})"
        return f"{server}; what was published stands. Start it, or unset PREFECT_API_URL, and run again", 1
    return None, 1


def _full(error: Exception) -> str | None:
    if isinstance(error, sqlite3.OperationalError) and "full" in str(error):  # a GeoPackage is a SQLite file
        return DISK[errno.ENOSPC]
    return DISK.get(error.errno or 0) if isinstance(error, OSError) else None
