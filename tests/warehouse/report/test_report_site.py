"""The index, the feed and the server show what is published, and nothing else."""

import http.client
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from warehouse.report.site.browse import front_page, open_page
from warehouse.report.site.feed import ATOM, feed
from warehouse.report.site.front import front_pages, index_page
from warehouse.report.site.serve import WarehouseServer
from warehouse.schema import SCHEMA_VERSION, UserError
from warehouse.schema.manifest import Index, Manifest

NS = {"a": ATOM}
WEEKS = (("2026-09-28", "2026-W40", 210), ("2026-10-05", "2026-W41", 228), ("2026-10-12", "2026-W42", 240))


def _path(day: str, revision: int = 0) -> str:
    kind = "snapshots" if revision == 0 else "revisions"
    tail = "" if revision == 0 else f"/revision={revision}"
    return f"{kind}/snapshot_date={day}{tail}/edition=full"


def _index(weeks: Any = WEEKS, *, revised: str | None = None) -> Index:
    def revisions(day: str, labs: int) -> list[dict[str, Any]]:
        numbers = (0, 1) if day == revised else (0,)
        pointer = {"manifest_sha256": "0" * 64, "labs": labs}
        return [{"revision": n, "editions": {"full": pointer | {"path": _path(day, n)}}} for n in numbers]

    entries = [
        {"snapshot_date": day, "iso_week": week, "schema_version": SCHEMA_VERSION, "revisions": revisions(day, labs)}
        for day, week, labs in weeks
    ]
    return Index.model_validate({"schema_version": SCHEMA_VERSION, "snapshots": entries})


def _manifest(day: str, week: str, *, hostile: str = "hackers_wiki") -> Manifest:
    files = [{"path": name, "bytes": 10, "sha256": "0" * 64} for name in ("labs.parquet", "labs.csv", "report.html")]
    source = {"source": hostile, "state": "failed", "listings": 0, "staleness_weeks": 1, "licence": "CC0-1.0"}
    return Manifest.model_validate(
        {
            "schema_version": SCHEMA_VERSION,
            "as_of": day,
            "iso_week": week,
            "edition": "full",
            "licence": "ODbL-1.0",
            "revision": 0,
            "status": "partial",
            "previous": None,
            "generated_at": datetime(2026, 10, 12, 4, tzinfo=UTC),
            "code_revision": "0123abc",
            "created_by": "test",
            "files": files,
            "counts": {"labs": 240, "added": 7, "removed": 2},
            "by_country": {},
            "by_archetype": {"3": 200, "none": 40},
            "sources": [source],
            "guards": [],
            "proof": [],
        }
    )


def test_the_index_lists_every_week_the_newest_first() -> None:
    manifests = {_path(day): _manifest(day, week) for day, week, _ in WEEKS}
    document = lxml_html.fromstring(index_page(_index(), manifests))
    rows = document.xpath("//table//tbody/tr")
    assert [row.xpath(".//th/small/text()")[0] for row in rows] == ["2026-W42", "2026-W41", "2026-W40"]
    assert rows[0].xpath(".//a/@href")[0] == f"{_path('2026-10-12')}/report.html"
    assert "+7" in rows[0].text_content() and "240" in rows[0].text_content()
    assert document.xpath("//link[@type='application/atom+xml']/@href") == ["feed.atom"]
    assert document.xpath("//svg") and not document.xpath("//script")


def test_a_revised_week_shows_its_last_revision() -> None:
    page = index_page(_index(revised="2026-10-05"), {})
    assert "revisions/snapshot_date=2026-10-05/revision=1/edition=full/manifest.json" in page
    assert "snapshots/snapshot_date=2026-10-05/" not in page


def test_an_empty_warehouse_says_what_to_do() -> None:
    pages = front_pages(_index(()), {})
    assert "labs refresh" in pages["index.html"]
    assert ET.fromstring(pages["feed.atom"]).findall("a:entry", NS) == []  # noqa: S314  # our own text


def test_the_feed_is_atom_with_ids_that_stay() -> None:
    manifests = {_path("2026-10-12"): _manifest("2026-10-12", "2026-W42")}
    text = feed(_index(), manifests, base_url="https://registre.example/v1/")
    root = ET.fromstring(text)  # noqa: S314  # our own text
    entries = root.findall("a:entry", NS)
    ids = [entry.findtext("a:id", namespaces=NS) for entry in entries]
    assert ids[0] == "tag:lab-registry,2026:snapshot/2026-10-12/revision/0" and len(set(ids)) == 3
    for element in (root, *entries):
        assert all(element.findtext(f"a:{name}", namespaces=NS) for name in ("id", "title", "updated"))
    link = entries[0].find("a:link", NS)
    assert link is not None and link.get("href") == f"https://registre.example/v1/{_path('2026-10-12')}/report.html"
    assert "hackers_wiki" in (entries[0].findtext("a:summary", namespaces=NS) or "")
    assert root.findtext("a:updated", namespaces=NS) == "2026-10-12T04:00:00Z"
    assert text == feed(_index(), manifests, base_url="https://registre.example/v1/")


def test_the_feed_keeps_hostile_text_text() -> None:
    hostile = "<script>alert(1)</script>]]>\u202e&"
    manifests = {_path("2026-10-12"): _manifest("2026-10-12", "2026-W42", hostile=hostile)}
    text = feed(_index(), manifests)
    assert "<script" not in text and "\u202e" not in text
    assert {element.tag for element in ET.fromstring(text).iter()} <= {  # noqa: S314  # our own text
        f"{{{ATOM}}}{name}" for name in ("feed", "id", "title", "updated", "author", "name", "link", "entry", "summary")
    }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    folder = root / "v1" / "snapshots" / "snapshot_date=2026-10-12" / "edition=full"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"lab_id": [f"lab-{n}" for n in range(2000)]}), folder / "labs.parquet")
    (root / "v1" / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    (root / "v1" / "contacts").mkdir()
    (root / "v1" / "contacts" / "contacts.parquet").write_bytes(b"secret")
    (root / "archive").mkdir()
    (root / "archive" / "week.warc.gz").write_bytes(b"secret")
    (root / "v1" / ".publishing").mkdir()
    (root / "v1" / ".publishing" / "half").write_bytes(b"secret")
    (root / "v1" / "way_out").symlink_to(root / "archive")
    (root / "v1" / "way_in").symlink_to(root / "v1" / "contacts")
    return root


@pytest.fixture(scope="module")
def server(warehouse: Path) -> Iterator[WarehouseServer]:
    with WarehouseServer(warehouse, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


LABS = "/snapshots/snapshot_date=2026-10-12/edition=full/labs.parquet"


def _ask(server: WarehouseServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_server_answers_with_whole_files_and_parts(server: WarehouseServer, warehouse: Path) -> None:
    whole = (warehouse / "v1" / LABS[1:]).read_bytes()
    status, headers, body = _ask(server, LABS)
    assert (status, body, headers["accept-ranges"]) == (200, whole, "bytes")
    assert headers["content-type"] == "application/vnd.apache.parquet"
    status, headers, body = _ask(server, LABS, Range="bytes=-8")
    assert (status, body) == (206, whole[-8:])
    assert headers["content-range"] == f"bytes {len(whole) - 8}-{len(whole) - 1}/{len(whole)}"
    assert _ask(server, LABS, Range="bytes=4-9")[::2] == (206, whole[4:10])
    assert _ask(server, LABS, Range="bytes=4-")[::2] == (206, whole[4:])
    assert _ask(server, LABS, Range=f"bytes=4-{len(whole) * 9}")[::2] == (206, whole[4:])
    assert _ask(server, LABS, "HEAD")[0::2] == (200, b"")


@given(st.integers(0, 9000), st.integers(0, 9000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_range_gives_exactly_its_bytes(server: WarehouseServer, warehouse: Path, start: int, stop: int) -> None:
    whole = (warehouse / "v1" / LABS[1:]).read_bytes()
    status, headers, body = _ask(server, LABS, Range=f"bytes={start}-{stop}")
    if start > stop or start >= len(whole):
        assert (status, headers["content-range"]) == (416, f"bytes */{len(whole)}")
    else:
        assert body == whole[start : stop + 1]


@pytest.mark.parametrize("unread", ["bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b", "bytes = 0-1"])
def test_a_range_it_does_not_understand_gets_the_whole_file(server: WarehouseServer, unread: str) -> None:
    status, headers, body = _ask(server, LABS, Range=unread)
    assert status == 200 and len(body) == int(headers["content-length"])


def test_an_unchanged_file_is_not_sent_again_and_a_changed_one_whole(server: WarehouseServer) -> None:
    tag = _ask(server, LABS)[1]["etag"]
    assert _ask(server, LABS, If_None_Match=tag)[0] == 304
    assert _ask(server, LABS, Range="bytes=0-3", If_Range=tag)[0] == 206
    assert _ask(server, LABS, Range="bytes=0-3", If_Range='"older"')[0] == 200


def test_parquet_is_read_in_parts(server: WarehouseServer) -> None:
    # What DuckDB's httpfs does: the footer by a suffix range, then the pages it names.
    size = int(_ask(server, LABS, "HEAD")[1]["content-length"])
    footer = _ask(server, LABS, Range="bytes=-8")[2]
    length = int.from_bytes(footer[:4], "little")
    metadata = pq.read_metadata(pa.BufferReader(b"PAR1" + _ask(server, LABS, Range=f"bytes={size - 8 - length}-")[2]))
    assert metadata.num_rows == 2000


@pytest.mark.parametrize(
    "path",
    [
        "/../archive/week.warc.gz",
        "/%2e%2e/archive/week.warc.gz",
        "/..%2farchive/week.warc.gz",
        "//etc/passwd",
        "/way_out/week.warc.gz",
        "/way_in/contacts.parquet",
        "/contacts/contacts.parquet",
        "/CONTACTS/../contacts/contacts.parquet",
        "/.publishing/half",
        "/snapshots/../contacts/contacts.parquet",
        "/snapshots",
        "/index.html%00.json",
        "/snapshots\\..\\contacts\\contacts.parquet",
        "/no-such-file",
        "/" + "a" * 5000,
    ],
)
def test_nothing_but_published_files_is_served(server: WarehouseServer, path: str) -> None:
    status, _, body = _ask(server, path)
    assert status == 404 and body == b""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", ""])
def test_a_page_elsewhere_cannot_point_its_name_here(server: WarehouseServer, host: str) -> None:
    assert _ask(server, "/", Host=host)[0] == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_server_only_reads(server: WarehouseServer, method: str) -> None:
    assert _ask(server, LABS, method)[0] == 501


def test_the_server_listens_on_loopback_only(server: WarehouseServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_address[1]}/"


def test_no_other_site_may_read_the_answers(server: WarehouseServer) -> None:
    headers = _ask(server, "/", Origin="https://evil.example")[1]
    assert "access-control-allow-origin" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin" and headers["x-content-type-options"] == "nosniff"


def test_what_a_client_sends_cannot_forge_a_log_line(server: WarehouseServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="warehouse.report.site.serve"):
        with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as client:
            client.sendall(b"GET /\x1b[31mforged\x07 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while client.recv(4096):
                pass
        assert caplog.messages and all(message.isprintable() for message in caplog.messages)


def test_a_folder_without_snapshots_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="labs refresh"):
        WarehouseServer(tmp_path, port=0)
    with pytest.raises(UserError, match="labs refresh"):
        front_page(tmp_path)


def test_open_shows_the_index_page(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(shown.append(url)))
    assert open_page(warehouse) == warehouse / "v1" / "index.html"
    assert shown == [(warehouse / "v1" / "index.html").as_uri()]
