"""Cases 25 and 29 of publishing-and-safety.md §5.6, in-process: no network is needed to show them."""

import io
import time
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scrapy.http import Response

from crawlers.guards.bodies.documents import html_body, xml_body
from crawlers.guards.bodies.whole import BadBody, json_body, text_body
from crawlers.guards.failures import Failure

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


def test_foreign_parquet_is_never_opened() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"x": pa.array(["bomb"] * 1_000_000)}), out)
    for read in (json_body, text_body):
        with pytest.raises(BadBody) as bad:
            read(response(out.getvalue()))
        assert bad.value.failure in (Failure.NOT_JSON, Failure.NOT_CSV)
