"""Nothing but a public web server is asked, however its address is written."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawlers.guards.addresses.middlewares import AddressGuard, Reach, RedirectGuard, RefusedAddress
from crawlers.guards.addresses.public_web import WEB_PORTS, shown, url_refusal
from crawlers.guards.addresses.resolver import refused_names
from crawlers.guards.failures import Failure
from tests.crawlers.guards.addresses.spellings import LOOPBACK

PUBLIC = "93.184.215.14"


def guard(
    *addresses: str, origins: dict[str, str] | None = None, ports: frozenset[int] = frozenset()
) -> tuple[AddressGuard, list[str]]:
    asked: list[str] = []

    async def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        if not addresses:
            raise CannotResolveHostError(host)
        return addresses

    return AddressGuard(Reach(origins, WEB_PORTS | ports), lookup), asked


def ask(addresses: AddressGuard, url: str) -> None:
    asyncio.run(addresses.process_request(Request(url)))


@pytest.mark.parametrize("host", LOOPBACK)
def test_every_spelling_of_loopback_is_refused(host: str) -> None:
    assert url_refusal(f"http://{host}/")
    with pytest.raises(RefusedAddress) as refused:
        ask(guard(PUBLIC)[0], f"http://{host}/")
    assert refused.value.failure is Failure.REFUSED_ADDRESS


def test_declared_port_passes_for_the_spider_that_declares_it() -> None:
    ask(guard(PUBLIC, ports=frozenset({8080}))[0], "http://fablab.fr:8080/")


@pytest.mark.parametrize("addresses", [("127.0.0.1",), (PUBLIC, "10.0.0.1"), (PUBLIC, "::1"), ("169.254.169.254",)])
def test_name_with_one_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    with pytest.raises(RefusedAddress):
        ask(guard(*addresses)[0], "https://rebind.example.org/")


def test_name_is_resolved_once_a_crawl() -> None:
    addresses, asked = guard(PUBLIC)
    for path in ("a", "b"):
        ask(addresses, f"https://fablab.fr/{path}")
    assert asked == ["fablab.fr"]


def test_name_without_address_is_unreachable_not_refused() -> None:
    with pytest.raises(CannotResolveHostError):
        ask(guard()[0], "https://gone.example.org/")


ORIGINS = {"www.fablabs.io": "http://127.0.0.1:8000/www.fablabs.io", "lab.example.org:8081": "http://127.0.0.1:8000/l"}


def test_mapped_host_passes_and_nothing_is_resolved() -> None:
    addresses, asked = guard(origins=ORIGINS)
    ask(addresses, "https://www.fablabs.io/api/labs")
    ask(addresses, "http://lab.example.org:8081/space.json")
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/www.fablabs.io/api/labs",
        "http://localhost/",
        "https://www.fablabs.io:8000/",
        "https://user:x@www.fablabs.io/",
        "ftp://www.fablabs.io/",
    ],
)
def test_map_opens_no_other_way_to_loopback(url: str) -> None:
    with pytest.raises(RefusedAddress):
        ask(guard(PUBLIC, origins=ORIGINS)[0], url)


def test_answer_of_a_private_peer_is_refused() -> None:
    addresses, _ = guard(PUBLIC)
    request = Request("https://fablab.fr/")
    public = Response(request.url, ip_address=ip_address(PUBLIC))
    assert addresses.process_response(request, public) is public
    with pytest.raises(RefusedAddress):
        addresses.process_response(request, Response(request.url, ip_address=ip_address("10.0.0.1")))


def test_refusal_tells_no_password_and_no_query() -> None:
    assert shown("https://user:pass@lab.fr/a?token=s#f") == "https://lab.fr/a"
    with pytest.raises(RefusedAddress) as refused:
        ask(guard(PUBLIC)[0], "https://user:hunter2@lab.fr/a?key=s3cret")
    assert "hunter2" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "location",
    [
        b"javascript:alert(1)",
        b"file:///etc/passwd",
        b"//127.0.0.1/",
        b"http://[::1/",
        b"http://user@lab.fr/",
        b"http:\\\\127.0.0.1\\",
        b"https://lab.fr:99999/",
    ],
)
def test_redirect_to_what_is_no_public_web_address_is_refused(location: bytes) -> None:
    response = Response("https://lab.fr/a", status=302, headers={"Location": location})
    with pytest.raises(RefusedAddress):
        RedirectGuard(Reach()).process_response(Request("https://lab.fr/a"), response)


@pytest.mark.parametrize(
    ("location", "status"),
    [
        (b"/b c", 301),
        (b"b?c=d", 302),
        (b"//lab.fr/", 307),
        ("https://fablab-été.fr/é".encode(), 308),
        (b"?", 302),
        (b"javascript:alert(1)", 200),
    ],
)
def test_redirect_on_the_public_web_passes(location: bytes, status: int) -> None:
    response = Response("https://lab.fr/a", status=status, headers={"Location": location})
    assert RedirectGuard(Reach()).process_response(Request("https://lab.fr/a"), response) is response


def test_refused_connection_is_named_as_such() -> None:
    refused_names["turned.example.org"] = "127.0.0.1 is not on the public internet"
    with pytest.raises(RefusedAddress, match=r"127\.0\.0\.1"):
        guard(PUBLIC)[0].process_exception(Request("https://turned.example.org/"), CannotResolveHostError("x"))
