"""Case 30 of publishing-and-safety.md §5.6: an archive gives the bytes of its one table, or is refused."""

import io
import stat
import struct
import zipfile

import pytest

from crawlers.guards.bodies.whole import BadBody
from crawlers.guards.bodies.zips import unzipped
from crawlers.guards.failures import Failure


def packed(**members: bytes) -> bytes:
    return _zip([(zipfile.ZipInfo(name.replace("__", "/")), data) for name, data in members.items()])


def _zip(members: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members:
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return out.getvalue()


def _named(name: str, mode: int = stat.S_IFREG) -> bytes:
    member = zipfile.ZipInfo("placeholder.csv")
    member.filename, member.external_attr = name, (mode | 0o644) << 16
    return _zip([(member, b"a,b\n1,2\n")])


def _flagged(body: bytes) -> bytes:
    at = body.index(b"PK\x01\x02")
    return body[: at + 8] + struct.pack("<H", struct.unpack_from("<H", body, at + 8)[0] | 1) + body[at + 10 :]


def _claims(body: bytes, size: int) -> bytes:
    at = body.index(b"PK\x01\x02")
    return body[: at + 24] + struct.pack("<I", size) + body[at + 28 :]


def test_the_one_table_of_an_archive_is_read() -> None:
    assert unzipped(packed(LISEZ_MOI=b"x", data__labs_csv=b"y"), "labs_csv") == b"y"


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (_named("../../etc/cron.d/x.csv"), Failure.HOSTILE),
        (_named("/etc/x.csv"), Failure.HOSTILE),
        (_named("C:\\x.csv"), Failure.HOSTILE),
        (_named("a\\..\\..\\x.csv"), Failure.HOSTILE),
        (_named("x.csv", stat.S_IFLNK), Failure.HOSTILE),
        (_zip([(zipfile.ZipInfo(f"{n}.csv"), b"") for n in range(1001)]), Failure.HOSTILE),
        (_zip([(zipfile.ZipInfo("x.csv"), b"0" * 10_000_000)]), Failure.HOSTILE),
        (_claims(_zip([(zipfile.ZipInfo("x.csv"), b"0" * 10_000_000)]), 10), Failure.TRUNCATED),
        (_flagged(_named("x.csv")), Failure.BLOCKED),
        (_named("x.txt"), Failure.EMPTY),
        (_zip([(zipfile.ZipInfo("a.csv"), b"a"), (zipfile.ZipInfo("b.csv"), b"b")]), Failure.SCHEMA_CHANGED),
        (_named("x.csv")[:60], Failure.TRUNCATED),
        (b"PK\x03\x04", Failure.TRUNCATED),
        (b"", Failure.TRUNCATED),
    ],
    ids=["slip", "absolute", "drive", "backslash", "symlink", "1001 members", "bomb", "wrong size", "encrypted",
         "no table", "two tables", "cut", "head only", "nothing"],
)  # fmt: skip
def test_archive_that_is_a_trap_is_refused(body: bytes, failure: Failure) -> None:
    with pytest.raises(BadBody) as bad:
        unzipped(body, ".csv")
    assert bad.value.failure is failure


def test_archive_in_an_archive_is_not_opened() -> None:
    with pytest.raises(BadBody) as bad:
        unzipped(packed(inner_zip=packed(labs_csv=b"a,b")), ".csv")
    assert bad.value.failure is Failure.EMPTY


def test_table_larger_than_the_cap_is_refused() -> None:
    body = packed(labs_csv=bytes(range(256)) * 1000)
    assert len(unzipped(body, "labs_csv", cap=256_000)) == 256_000
    with pytest.raises(BadBody) as bad:
        unzipped(body, "labs_csv", cap=255_999)
    assert bad.value.failure is Failure.TOO_LARGE
