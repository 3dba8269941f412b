"""Cases 15 to 20 of publishing-and-safety.md §5.6: redirects, private addresses, secrets.

Run without an origins map, against a pretended web: look-ups are answered from a table, 127.0.0.2 counts as public,
and everything else on loopback is what it is. A server on 127.0.0.1 stands for all that must not be reached.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawlers.guards import MIDDLEWARES
from crawlers.guards.failures import Failure
from crawlers.settings import Run, settings
from tests.crawlers.guards.addresses.spellings import LOOPBACK, PRIVATE
from tests.faults.conftest import HOST, LIST, CrawlList, CrawlOnce, assert_failed
from tests.faults.loopback import Loopback, Reply, http, redirect, then_close
from tests.faults.probe import labs
from tests.faults.process import Ended, Web

PUBLIC = "127.0.0.2"
PRODUCTION = settings(Run(archive_file=Path("x.warc.gz"), is_replay=False, contact=None))
FromWeb = Callable[..., Ended]


@pytest.fixture
def public() -> Iterator[Loopback]:
    """A server at an address that counts as public."""
    with Loopback(address=PUBLIC) as loopback:
        yield loopback


@pytest.fixture
def from_web(public: Loopback, private: Loopback, crawl: CrawlOnce) -> FromWeb:
    """Run Probe on URLs of the pretended web; `{public}` and `{private}` in them are the ports of the servers."""

    def once(*urls: str, names: dict[str, list[list[str]]] | None = None, **what: object) -> Ended:
        ports = (public.port, private.port)
        known = {"lab.example.org": [[PUBLIC]]} | (names or {})
        told = tuple(url.format(public=public.port, private=private.port) for url in urls)
        return crawl(source="probe", urls=told, web=Web(names=known, ports=ports), **what)

    return once


START = "http://lab.example.org:{public}/labs"


def test_the_pretended_web_is_reached(from_web: FromWeb, public: Loopback) -> None:
    public.routes["labs"] = http(labs(3))
    ended = from_web(START)
    assert (ended.code, ended.state["listings"]) == (0, 3), ended.log


# 15 --------------------------------------------------------------------------------------------------


def _hop(key: str) -> bytes:
    number = int(key.rpartition("/")[2] or 0)
    return redirect(f"/{HOST}/hop/{number + 1}")


@pytest.mark.parametrize("kind", ["loop", "endless", "flip-flop"])
def test_redirects_without_end_are_given_up(server: Loopback, crawl: CrawlOnce, kind: str) -> None:
    scheme = iter(["https", "http"] * 50)
    server.fallback = {
        "loop": lambda key: redirect(f"https://{HOST}/api/labs"),
        "endless": lambda key: redirect(f"https://{HOST}/api/labs/{len(server.asked)}"),
        "flip-flop": lambda key: redirect(f"{next(scheme)}://{HOST}/api/labs"),
    }[kind]
    server.routes[f"{HOST}/robots.txt"] = http(b"", 404)
    assert_failed(crawl(origins=server.origins(HOST)), Failure.REDIRECTS)
    assert len(server.pages()) == 6  # the first request and five hops


def test_redirect_to_a_page_of_data_is_followed(server: Loopback, crawl_list: CrawlList) -> None:
    ended = crawl_list(redirect(f"https://{HOST}/v2/labs"), **{"v2/labs": http(labs(5))})
    assert (ended.code, ended.state["listings"]) == (0, 5)


def test_data_that_moved_to_a_page_is_told_so(server: Loopback, crawl_list: CrawlList) -> None:
    page = http("<!doctype html><title>Bienvenue</title>", Content_Type="text/html")
    ended = crawl_list(redirect(f"https://{HOST}/accueil"), accueil=page)
    assert_failed(ended, Failure.MOVED)
    assert f"https://{HOST}/accueil" in ended.state["evidence"]


# 16, 18 ----------------------------------------------------------------------------------------------

SPELLINGS = (*LOOPBACK, *PRIVATE, "private.example.org", "both.example.org")
SCHEMES = (
    "file:///etc/passwd",
    "data:application/json,[]",
    "ftp://127.0.0.1/labs",
    "//127.0.0.1:{private}/labs",
    "http:\\\\127.0.0.1:{private}\\labs",
    "http://lab.example.org:{public}\\@127.0.0.1:{private}/",
    "http://lab.example.org@127.0.0.1:{private}/",
    "gopher://127.0.0.1:{private}/_x",
    "http://user:pass@lab.example.org:{public}/labs",
    "http://lab.example.org:22/",
)


def test_no_redirect_leads_to_a_private_address_or_another_scheme(
    from_web: FromWeb, public: Loopback, private: Loopback
) -> None:
    """All of them in one crawl: every entry is a page that redirects to where nobody may go."""
    private.fallback = lambda key: http(labs(1, start=900))
    targets = [f"http://{spelling}:{{private}}/labs" for spelling in SPELLINGS] + list(SCHEMES)
    for number, target in enumerate(targets):
        public.routes[f"to/{number}"] = redirect(target.format(public=public.port, private=private.port))
    public.routes["labs"] = http(labs(3))
    urls = [f"http://lab.example.org:{{public}}/to/{number}" for number in range(len(targets))]
    names = {"private.example.org": [["127.0.0.1"]], "both.example.org": [[PUBLIC, "127.0.0.1"]]}
    ended = from_web(START, *urls, names=names, as_entries=True)
    assert ended.code == 0, ended.log
    assert (ended.state["listings"], ended.state["unanswered"]) == (3, len(targets)), ended.state["evidence"]
    assert "refused_address" in ended.state["evidence"]


def test_private_address_in_a_declared_url_is_refused(from_web: FromWeb, private: Loopback) -> None:
    private.fallback = lambda key: http(labs(1))
    assert_failed(from_web("http://127.0.0.1:{private}/labs"), Failure.REFUSED_ADDRESS)


def test_meta_refresh_is_not_followed(server: Loopback, crawl_list: CrawlList) -> None:
    page = f'<html><meta http-equiv="refresh" content="0; url=http://{HOST}/elsewhere"></html>'
    assert_failed(crawl_list(http(page, Content_Type="text/html")), Failure.ERROR_PAGE)
    assert [asked.key for asked in server.pages()] == [LIST]


def test_line_break_in_a_location_makes_no_second_header(server: Loopback, crawl_list: CrawlList) -> None:
    location = b"/" + HOST.encode() + b"/x%0d%0aX-Injected:%201"
    head = b"HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
    ended = crawl_list(head)
    assert_failed(ended, Failure.GONE)
    assert all("x-injected" not in asked.headers for asked in server.asked)


# 17 --------------------------------------------------------------------------------------------------


def test_name_that_turns_private_between_check_and_connection_is_refused(
    from_web: FromWeb, public: Loopback, private: Loopback
) -> None:
    private.fallback = lambda key: http(labs(1))
    names = {"rebind.example.org": [[PUBLIC], ["127.0.0.1"]]}
    ended = from_web("http://rebind.example.org:{private}/labs", names=names)
    assert_failed(ended, Failure.REFUSED_ADDRESS, Failure.ROBOTS_UNREACHABLE)
    assert "not on the public internet" in ended.state["evidence"]


def test_map_of_origins_is_the_only_way_to_loopback(server: Loopback, private: Loopback, crawl: CrawlOnce) -> None:
    server.routes[LIST] = redirect(f"http://127.0.0.1:{private.port}/labs")
    assert_failed(crawl(origins=server.origins(HOST)), Failure.REFUSED_ADDRESS)
    server.routes[LIST] = redirect("https://elsewhere.example.org/labs")
    assert_failed(crawl("unmapped", origins=server.origins(HOST)), Failure.ROBOTS_UNREACHABLE, Failure.UNREACHABLE)


# 19 --------------------------------------------------------------------------------------------------


def test_secrets_do_not_follow_a_redirect_nor_stand_in_logs_and_reports(from_web: FromWeb, public: Loopback) -> None:
    public.routes["labs?key=k3y-of-the-source"] = redirect(f"http://other.example.org:{public.port}/moved")
    names = {"other.example.org": [[PUBLIC]]}
    headers = {"Authorization": "Bearer t0ken", "Cookie": "session=c00kie"}
    ended = from_web(START + "?key=k3y-of-the-source", names=names, headers=headers)
    assert_failed(ended, Failure.GONE)
    first, second = public.pages()
    assert first.headers["authorization"] == "Bearer t0ken"
    told = str(second)
    reported = ended.log + (ended.out / "source.json").read_text()
    for secret in ("t0ken", "c00kie", "k3y-of-the-source"):
        assert secret not in told
        assert secret not in reported
    assert "referer" not in second.headers


@pytest.mark.parametrize("reply", [http(b"", 404), then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")])
def test_key_in_a_query_stands_in_no_evidence(server: Loopback, crawl: CrawlOnce, reply: Reply) -> None:
    server.routes[f"{HOST}/labs?key=k3y-of-the-source"] = reply
    ended = crawl(source="probe", urls=(f"https://{HOST}/labs?key=k3y-of-the-source",), origins=server.origins(HOST))
    assert_failed(ended, Failure.GONE, Failure.PARTIAL)
    assert "k3y" not in ended.log + (ended.out / "source.json").read_text()


# 20 --------------------------------------------------------------------------------------------------


def test_odd_urls_of_a_directory_cost_one_entry_each(server: Loopback, crawl: CrawlOnce) -> None:
    endpoint = '{"space": "Fictif", "url": "https://lab.example.org", "location": {"lat": 48.1, "lon": -1.6}}'
    directory = {
        "good": "https://lab.example.org/space.json",
        "blank": "  https://lab.example.org/blank.json \\n",
        "no scheme": "lab.example.org/plain.json",
        "userinfo": "https://user:pass@lab.example.org/space.json",
        "port": "https://lab.example.org:8443/space.json",
        "empty": "",
        "file": "file:///etc/passwd",
        "loopback": "http://127.0.0.1/space.json",
        "not a text": "12",
        "bracket": "https://[lab/",
    }
    listed = ", ".join(f'"{name}": "{url}"' for name, url in directory.items())
    server.routes["directory.spaceapi.io/"] = http("{" + listed + "}")
    server.fallback = lambda key: http(endpoint) if key.startswith("lab.example.org/") and "robots" not in key else None
    ended = crawl(source="spaceapi", origins=server.origins("directory.spaceapi.io", "lab.example.org"))
    assert ended.code == 0, ended.log
    assert set(ended.table("listings")["source_key"].to_pylist()) == {"good", "blank", "no scheme"}
    assert ended.state["unanswered"] == len(directory) - 3, ended.state
    assert "pass@" not in ended.state["evidence"] + ended.log


def test_url_of_10_kb_is_counted_as_refused(server: Loopback, crawl: CrawlOnce) -> None:
    good, long = f"https://{HOST}/good", f"https://{HOST}/" + "a" * 10_000
    server.routes[f"{HOST}/good"] = http(labs(2))
    ended = crawl(source="probe", urls=(good, long), as_entries=True, origins=server.origins(HOST))
    assert (ended.state["listings"], ended.state["unanswered"]) == (2, 1)


def test_location_that_is_no_url_costs_one_entry(server: Loopback, crawl: CrawlOnce) -> None:
    server.routes[f"{HOST}/good"] = http(labs(2))
    targets = ("javascript:alert(1)", "http://[::1", "mailto:a@b", "http:")
    for number, target in enumerate(targets):
        server.routes[f"{HOST}/bad/{number}"] = redirect(target)
    urls = (f"https://{HOST}/good", *(f"https://{HOST}/bad/{number}" for number in range(len(targets))))
    ended = crawl(source="probe", urls=urls, as_entries=True, origins=server.origins(HOST))
    assert (ended.state["listings"], ended.state["unanswered"]) == (2, len(targets))


def test_production_has_every_guard_in_its_place() -> None:
    found = PRODUCTION
    assert MIDDLEWARES.items() <= found["DOWNLOADER_MIDDLEWARES"].items()
    assert found["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert found["ROBOTSTXT_OBEY"] is True
    assert not any(found[name] for name in ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "COOKIES_ENABLED"))
    assert not any(found[name] for name in ("METAREFRESH_ENABLED", "HTTPPROXY_ENABLED"))
    assert all(found["DOWNLOAD_HANDLERS"][scheme] is None for scheme in ("file", "data", "ftp", "s3"))
