"""A ZIP archive in memory to the bytes of one member; nothing is ever written to where a member's name says.

Parquet of third parties is not read at all: pyarrow takes its data for valid (publishing-and-safety.md 5.2), and every
portal that offers it offers CSV or JSON too.
"""

import io
import stat
import zipfile
import zlib

from crawlers.guards.bodies.whole import DEFAULT_CAP, BadBody
from crawlers.guards.failures import Failure

MAX_MEMBERS = 1000
MAX_RATIO = 200
"""Bytes out for a byte in; text of tables packs 5 to 20 times, DEFLATE 1032 times at most."""
_SEARCHED_RATIO_FROM = 1 << 20
"""Bytes below which no ratio harms."""
_CHUNK = 1 << 16


def unzipped(body: bytes, suffix: str, *, cap: int = DEFAULT_CAP) -> bytes:
    """Return the bytes of the only member whose name ends in `suffix` (".csv"), at most `cap` of them.

    Raises: BadBody: hostile for absolute or `..` names, symlinks, too many members, or a ratio no table has; too_large
    beyond the cap, whatever size the header claims; empty when there is no such member; schema_changed when there are
    several; truncated when the archive or its checksum is broken; blocked when it is encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _read(archive, _member(archive, suffix), cap)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadBody(Failure.TRUNCATED, f"the ZIP archive is broken: {error}") from error


def _member(archive: zipfile.ZipFile, suffix: str) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadBody(Failure.HOSTILE, f"{len(members)} members in the ZIP archive")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0] or "\x00" in member.orig_filename:
            raise BadBody(Failure.HOSTILE, f"the ZIP archive has a member named {member.orig_filename!r}")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BadBody(Failure.HOSTILE, f"the ZIP archive has a symlink {member.orig_filename!r}")
    found = [member for member in members if member.filename.lower().endswith(suffix) and not member.is_dir()]
    if not found:
        raise BadBody(Failure.EMPTY, f"no {suffix} in the ZIP archive of {len(members)} members")
    if len(found) > 1:
        raise BadBody(Failure.SCHEMA_CHANGED, f"{len(found)} members end in {suffix}, one is due")
    return found[0]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, cap: int) -> bytes:
    if member.flag_bits & 0x1:
        raise BadBody(Failure.BLOCKED, f"{member.filename!r} in the ZIP archive is encrypted")
    read = bytearray()
    with archive.open(member) as stream:
        # the size in the header is the sender's claim; what counts is what comes out
        while chunk := stream.read(_CHUNK):
            read += chunk
            if len(read) > cap:
                raise BadBody(Failure.TOO_LARGE, f"{member.filename!r} unpacks to more than {cap} bytes")
            if len(read) > max(_SEARCHED_RATIO_FROM, MAX_RATIO * member.compress_size):
                raise BadBody(Failure.HOSTILE, f"{member.filename!r} unpacks to {MAX_RATIO} times its size")
    return bytes(read)
