"""Cases 25, 29 and 30 of publishing-and-safety.md §5.6, in-process: no network is needed to show them."""

import io
import stat
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scrapy.http import Response

from crawlers.guards.bodies import BadBody, json_body, text_body
from crawlers.guards.documents import html_body, xml_body
from crawlers.guards.failures import Failure
from crawlers.guards.zips import unzipped

URL = "https://lab.example.org/sitemap.xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def response(body: bytes | str) -> Response:
    return Response(URL, body=body.encode() if isinstance(body, str) else body)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)


def test_honest_sitemap_is_read() -> None:
    root = xml_body(
        response(f'<?xml version="1.0"?><urlset xmlns="{SITEMAP}"><url><loc>https://x.fr</loc></url></urlset>')
    )
    assert [loc.text for loc in root.iter(f"{{{SITEMAP}}}loc")] == ["https://x.fr"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_bomb_is_refused_and_not_expanded(encoding: str) -> None:
    tracemalloc.start()
    body = (LAUGHS + "]><lolz>&l9;</lolz>").replace("?>", f' encoding="{encoding}"?>', 1)
    with pytest.raises(BadBody) as bad:
        xml_body(response(body.encode(encoding)))
    assert bad.value.failure in (Failure.HOSTILE, Failure.NOT_XML)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_external_entity_reads_no_file_and_asks_no_server(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    for target in (secret.as_uri(), "http://127.0.0.1:9/x"):
        body = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]><a>&x;</a>'
        with pytest.raises(BadBody) as bad:
            xml_body(response(body))
        assert "s3cret" not in bad.value.evidence


def test_external_dtd_is_not_loaded(tmp_path: Path) -> None:
    dtd = tmp_path / "x.dtd"
    dtd.write_text('<!ENTITY x "expanded">')
    root = xml_body(response(f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "{dtd.as_uri()}"><rss><t>plain</t></rss>'))
    assert root.findtext("t") == "plain"


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ("", Failure.EMPTY),
        ("<urlset><url>", Failure.NOT_XML),
        ("plain", Failure.NOT_XML),
        ("<a>" * 200_000, Failure.NOT_XML),
        ("<!DOCTYPE html><html><title>Perdu</title><br></html>", Failure.ERROR_PAGE),
        ("<a b='" + "x" * 11_000_000 + "'/>", Failure.NOT_XML),
        (b"\x00\x01\x02\x03", Failure.NOT_XML),
    ],
    ids=["empty", "cut", "text", "200 000 nested", "HTML", "11 MB attribute", "binary"],
)
def test_what_is_no_xml_is_a_failure(body: bytes | str, failure: Failure) -> None:
    with pytest.raises(BadBody) as bad:
        xml_body(response(body))
    assert bad.value.failure is failure


@pytest.mark.parametrize("unit", [b"<div>", b"<b>", b"<table><tr><td>", b"<a href=x>", b"<"])
def test_html_of_200_000_tags_is_refused_before_it_is_parsed(unit: bytes) -> None:
    started = time.process_time()
    with pytest.raises(BadBody) as bad:
        html_body(response(unit * 200_000))
    assert bad.value.failure is Failure.HOSTILE
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "body", [b"<div>" * 10_000, b"<p " + b"a=1 " * 100_000 + b">", b"<!--" * 20_000, b"\xff<p>\x00x"]
)
def test_odd_html_is_read_in_bounded_time(body: bytes) -> None:
    started = time.process_time()
    html_body(response(body)).get_text()
    assert time.process_time() - started < 3


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


def test_foreign_parquet_is_never_opened() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"x": pa.array(["bomb"] * 1_000_000)}), out)
    for read in (json_body, text_body):
        with pytest.raises(BadBody) as bad:
            read(response(out.getvalue()))
        assert bad.value.failure in (Failure.NOT_JSON, Failure.NOT_CSV)
