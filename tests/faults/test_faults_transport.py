"""Cases 1 to 14 of publishing-and-safety.md §5.6: what the wire can do to a crawl."""

import gzip
import itertools
import socket
import ssl
import zlib
from collections.abc import Iterator
from email.utils import formatdate

import brotli
import pytest

from crawlers.guards.failures import Failure
from tests.faults.certificates import Certificates
from tests.faults.conftest import HOST, LIST, CrawlList, CrawlOnce, assert_failed, soak
from tests.faults.loopback import Asked, Loopback, Reply, drip, endless, hang, http, then_close, then_reset
from tests.faults.probe import labs

try:
    from compression import zstd  # type: ignore[import-not-found]  # Python 3.14
except ImportError:
    from backports import zstd

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CAP = 1 << 20
"""Bytes: production's 16 MiB, scaled down so that a bomb need not be large to be seen."""


def test_a_healthy_list_is_read(crawl_list: CrawlList) -> None:
    ended = crawl_list(http(labs(5)))
    assert ended.code == 0, ended.log
    assert (ended.state["state"], ended.state["listings"], ended.state["robots"]) == ("ok", 5, "allowed")
    assert ended.table("listings").num_rows == 5
    assert ended.log == ""


# 1 ---------------------------------------------------------------------------------------------------


def test_connection_refused(crawl: CrawlOnce) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    ended = crawl(origins={HOST: f"http://127.0.0.1:{port}"})
    assert_failed(ended, Failure.UNREACHABLE)
    assert ended.state["robots"] == "unreachable"


@pytest.mark.parametrize("sent", [b"", soak(HEAD[:20]), soak(HEAD), HEAD + b'\r\n[{"id": 1'])
def test_connection_reset(crawl_list: CrawlList, sent: bytes) -> None:
    assert_failed(crawl_list(then_reset(sent)), Failure.UNREACHABLE, Failure.PARTIAL, Failure.PROTOCOL)


# 2, 3 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [hang, drip(HEAD, b"X-Slow: 1\r\n", 0.2), drip(HEAD + b"Content-Length: 900\r\n\r\n", b" ", 0.2)],
    ids=["silence", "headers", "body"],
)
def test_slow_answer_is_cut_at_the_timeout(crawl_list: CrawlList, reply: Reply) -> None:
    assert_failed(crawl_list(reply, {"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 1}), Failure.TIMED_OUT)


# 4, 5, 6 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        then_close(HEAD + b"Content-Length: 5000\r\n\r\n" + labs(3).encode()),
        then_close(HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\n" + labs(3).encode()[:64] + b"\r\n"),
        soak(then_close(HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\n" + labs(3).encode()[:30])),
        soak(then_close(HEAD + b"Connection: close\r\n\r\n" + labs(5).encode()[:300])),
        then_close(HEAD + b"Connection: close\r\n\r\n" + labs(5).encode()),
    ],
    ids=["content length", "no final chunk", "cut chunk", "no length, cut", "no length, whole"],
)
def test_body_that_is_cut_gives_no_partial_listings(crawl_list: CrawlList, server: Loopback, reply: Reply) -> None:
    assert_failed(crawl_list(reply), Failure.PARTIAL, Failure.TRUNCATED)
    assert len(server.pages()) == 3  # asked again twice before it was given up


# 7 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[1]",
        HEAD + b"X-Large: " + b"a" * 2_000_000 + b"\r\n\r\n[1]",
        soak(HEAD + b"X: y\r\n" * 40_000 + b"\r\n[1]"),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        soak(b"HTTP/9.9 abc\r\n\r\n"),
        soak(b"\x00\x16\x03\x01garbage\r\n\r\n"),
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n[1]",
    ],
    ids=["two lengths", "2 MB header", "40 000 headers", "SSH banner", "bad status line", "binary", "bad header"],
)
def test_what_is_no_http_fails_cleanly(crawl_list: CrawlList, raw: bytes) -> None:
    ended = crawl_list(then_close(raw), {"RETRY_TIMES": 0})
    assert_failed(ended, Failure.PROTOCOL, Failure.UNREACHABLE, Failure.PARTIAL, Failure.SCHEMA_CHANGED)
    assert ended.rss_mb < 250


# 8, 9, 10 --------------------------------------------------------------------------------------------


def _bomb(encoding: str, size: int) -> bytes:
    data = b"[" + b" " * size + b"]"
    match encoding:
        case "gzip":
            return gzip.compress(data)
        case "deflate":
            return zlib.compress(data)
        case "br":
            return bytes(brotli.compress(data, quality=5))
        case "zstd":
            return bytes(zstd.compress(data))
    return gzip.compress(gzip.compress(data))


@pytest.mark.parametrize("encoding", ["gzip", soak("deflate"), "br", soak("zstd"), "gzip, gzip"])
def test_compressed_bomb_is_stopped_below_the_cap(crawl_list: CrawlList, encoding: str) -> None:
    bomb = _bomb(encoding, 50 * CAP)
    assert len(bomb) < CAP
    ended = crawl_list(http(bomb, Content_Encoding=encoding), {"DOWNLOAD_MAXSIZE": CAP})
    assert_failed(ended, Failure.TOO_LARGE)
    assert ended.rss_mb < 200


@pytest.mark.parametrize("encoding", ["gzip", soak("deflate"), "br", soak("zstd")])
def test_broken_compression_is_a_failure(crawl_list: CrawlList, encoding: str) -> None:
    cut = _bomb(encoding, 5000)[:12] + b"\xff" * 50
    assert_failed(crawl_list(http(cut, Content_Encoding=encoding), {"RETRY_TIMES": 0}), Failure.PROTOCOL)


def test_entry_with_broken_compression_costs_one_entry(server: Loopback, crawl: CrawlOnce) -> None:
    server.routes[f"{HOST}/good"] = http(labs(2))
    server.routes[f"{HOST}/bad"] = http(b"no deflate", Content_Encoding="deflate")
    urls = (f"https://{HOST}/good", f"https://{HOST}/bad")
    ended = crawl(source="probe", urls=urls, as_entries=True, origins=server.origins(HOST))
    assert (ended.code, ended.state["listings"], ended.state["unanswered"]) == (0, 2, 1)


def test_endless_chunked_stream_is_cancelled_at_the_cap(crawl_list: CrawlList) -> None:
    reply, sent = endless(itertools.repeat(b" " * 65536), 200 * CAP)
    ended = crawl_list(reply, {"DOWNLOAD_MAXSIZE": CAP})
    assert_failed(ended, Failure.TOO_LARGE)
    assert sent[0] < 20 * CAP  # the cap and what the sockets hold
    assert ended.rss_mb < 200


@pytest.mark.parametrize("excess", [0, 1])
def test_body_at_the_cap_is_read_and_one_byte_more_is_not(crawl_list: CrawlList, excess: int) -> None:
    body = labs(5).ljust(CAP + excess)
    ended = crawl_list(http(body), {"DOWNLOAD_MAXSIZE": CAP})
    if excess:
        assert_failed(ended, Failure.TOO_LARGE)
    else:
        assert (ended.code, ended.state["listings"]) == (0, 5)


def test_body_announced_larger_than_the_cap_is_not_received(crawl_list: CrawlList) -> None:
    reply = then_close(HEAD + b"Content-Length: 99999999999\r\n\r\n" + b" " * 1000)
    assert_failed(crawl_list(reply), Failure.TOO_LARGE)


# 11 --------------------------------------------------------------------------------------------------


class _Busy:
    """Answers 429 a number of times, then well."""

    def __init__(self, times: int, retry_after: str) -> None:
        self.times, self.retry_after = times, retry_after

    def __call__(self, connection: socket.socket, asked: Asked) -> None:
        self.times -= 1
        busy = http(b"", 429, Retry_After=self.retry_after, Connection="close")
        connection.sendall(busy if self.times >= 0 else http(labs(5), Connection="close"))


def test_retry_after_in_seconds_is_waited(crawl_list: CrawlList, server: Loopback) -> None:
    ended = crawl_list(_Busy(1, "2"))
    assert (ended.code, ended.state["listings"]) == (0, 5)
    first, second = (asked.at for asked in server.asked if asked.key == LIST)
    assert second - first >= 2


@pytest.mark.parametrize("retry_after", ["soon", soak("-5"), soak(""), "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 5000])
def test_retry_after_that_is_past_or_nonsense_is_not_waited(crawl_list: CrawlList, retry_after: str) -> None:
    ended = crawl_list(_Busy(1, retry_after))
    if retry_after.startswith("999"):  # a wait without end is no wait: the source has failed
        assert_failed(ended, Failure.RATE_LIMITED)
    else:
        assert (ended.code, ended.state["listings"]) == (0, 5), ended.state
    assert ended.seconds < 15


@pytest.mark.parametrize("retry_after", ["86400", formatdate(4_102_444_800, usegmt=True)])
def test_retry_after_beyond_the_cap_ends_the_source_at_once(
    crawl_list: CrawlList, server: Loopback, retry_after: str
) -> None:
    assert_failed(crawl_list(_Busy(9, retry_after)), Failure.RATE_LIMITED)
    assert len(server.pages()) == 1


# 12, 13 ----------------------------------------------------------------------------------------------

ERROR_PAGE = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Revenez plus tard</body></html>"
LOGIN_PAGE = '<html><form action="/users/sign_in"><input name="p" type="password"></form></html>'
CHALLENGE_PAGE = "<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


@pytest.mark.parametrize(
    ("body", "status", "failure"),
    [
        (ERROR_PAGE, 200, Failure.ERROR_PAGE),
        (LOGIN_PAGE, 200, Failure.LOGIN_PAGE),
        (CHALLENGE_PAGE, 200, Failure.CHALLENGE_PAGE),
        soak(CHALLENGE_PAGE, 403, Failure.CHALLENGE_PAGE),
        soak(CHALLENGE_PAGE, 503, Failure.CHALLENGE_PAGE),
        (ERROR_PAGE, 403, Failure.BLOCKED),
        (ERROR_PAGE, 404, Failure.GONE),
        soak(ERROR_PAGE, 410, Failure.GONE),
        (ERROR_PAGE, 500, Failure.SERVER_ERROR),
        ("", 200, Failure.EMPTY),
        soak(" \n", 200, Failure.EMPTY),
        soak("", 204, Failure.EMPTY),
        ("[]", 200, Failure.EMPTY),
        soak("{}", 200, Failure.EMPTY),
        soak("null", 200, Failure.SCHEMA_CHANGED),
        ('{"error": "This endpoint does not exist anymore"}', 200, Failure.SCHEMA_CHANGED),
        ("Access forbidden", 200, Failure.NOT_JSON),
    ],
)
def test_success_without_data_is_a_failure_with_its_class(
    crawl_list: CrawlList, body: str, status: int, failure: Failure
) -> None:
    assert_failed(crawl_list(http(body, status, Content_Type="text/html"), {"RETRY_TIMES": 0}), failure)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ("ID,NOM_TL,ADRESSE,CP,INSEECOM,NOMCOM,WEB,TYPO,LAT,LONG\n", Failure.EMPTY),
        (ERROR_PAGE, Failure.ERROR_PAGE),
        ("", Failure.EMPTY),
    ],
)
def test_table_without_rows_is_a_failure(server: Loopback, crawl: CrawlOnce, body: str, failure: Failure) -> None:
    host = "raw.githubusercontent.com"
    server.fallback = lambda key: http(body, Content_Type="text/csv") if key.endswith(".csv") else None
    assert_failed(crawl(source="cget_2019", origins=server.origins(host)), failure)


def test_overpass_that_ran_out_of_time_has_not_lost_its_labs(server: Loopback, crawl: CrawlOnce) -> None:
    body = '{"version": 0.6, "elements": [], "remark": "runtime error: Query timed out in \\"query\\" at line 3"}'
    server.routes["overpass-api.de/api/interpreter"] = http(body)
    assert_failed(crawl(source="openstreetmap", origins=server.origins("overpass-api.de")), Failure.REMARK)


# 14 --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def over_tls(crawl: CrawlOnce, certificates: Certificates) -> Iterator[CrawlList]:
    def once(kind: str) -> object:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.chain(kind))
        with Loopback(tls=context, routes={LIST: http(labs(5))}) as server:
            authority = {"SSL_CERT_FILE": str(certificates.authority)}
            return crawl(origins=server.origins(HOST), environ=authority, settings={"RETRY_TIMES": 0})

    yield once


def test_good_certificate_is_accepted(over_tls: CrawlList) -> None:
    ended = over_tls("good")
    assert (ended.code, ended.state["listings"]) == (0, 5), ended.log


@pytest.mark.parametrize("kind", ["expired", "self-signed", "wrong host"])
def test_bad_certificate_is_refused(over_tls: CrawlList, kind: str) -> None:
    # robots.txt stands behind the same certificate, so it is the first to fail
    ended = over_tls(kind)
    assert_failed(ended, Failure.TLS, Failure.ROBOTS_UNREACHABLE)


def test_evidence_of_a_bad_certificate_says_so(over_tls: CrawlList) -> None:
    assert "certificate" in over_tls("expired").state["evidence"].lower()
