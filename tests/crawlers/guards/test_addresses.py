"""Nothing but a public web server is asked, however its address is written."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.guards.addresses import AddressGuard, GuardedResolver, Reach, RedirectGuard, RefusedAddress
from crawlers.guards.failures import Failure
from crawlers.guards.public_web import WEB_PORTS, address_refusal, shown, url_refusal
from tests.crawlers.guards.spellings import LOOPBACK

PUBLIC = "93.184.215.14"


async def _public(host: str) -> Sequence[str]:
    return [PUBLIC]


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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2001:0:7f00:1::1",
        "not an address",
        "",
    ],
)
def test_address_off_the_public_internet_is_refused(address: str) -> None:
    assert address_refusal(address)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "2a01:e0a::1", "64:ff9b::101:101"])
def test_public_address_is_not(address: str) -> None:
    assert address_refusal(address) is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://fablab.fr/",
        "data:text/html,x",
        "javascript:alert(1)",
        "gopher://fablab.fr/",
        "//fablab.fr/",
        "fablab.fr",
        "http:///x",
        "http://user:pass@fablab.fr/",
        "http://fablab.fr@127.0.0.1/",
        "http://fablab.fr:8080/",
        "https://fablab.fr:22/",
        "http://fablab.fr:99999/",
        "http://fablab.fr:x/",
        "http://fablab.fr\\@127.0.0.1/",
        "http://fablab.fr /",
        "http://fablab.fr/\r\nHost: x",
        "http://intranet/",
        "http://router.local/",
        "http://nas.home.arpa/",
        "http://metadata.google.internal/",
        "http://[::1/",
        "http://[v1.x]/",
        "http://fab lab.fr/",
        "http://.fr/",
        "http://a..fr/",
        "http://1.2.3/",
        "http://1.2.3.4.5/",
        "http://127.0.0.0x1/",
        "http://①②⑦。0。0。1/",
        "http://" + "a" * 300 + ".fr/",
        "http://fablab.fr/" + "a" * 10_000,
    ],
)
def test_url_that_is_no_public_web_address_is_refused_by_its_spelling(url: str) -> None:
    assert url_refusal(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.fablabs.io/api/labs",
        "http://fablab.fr:80/?a=b%20c#d",
        "https://xn--fablab-bva.fr/",
        "https://fablab-été.fr/",
        "http://lab_1.example.org./",
        f"http://{PUBLIC}/",
        "https://[2606:4700::1111]/",
        "https://3d.fr/",
    ],
)
def test_public_web_address_passes(url: str) -> None:
    assert url_refusal(url) is None


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


class _Reactor:
    """A reactor whose resolver gives each of its answers in turn."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.nameResolver = self

    def installNameResolver(self, resolver: Any) -> None:
        self.nameResolver = resolver

    def resolveHostName(self, receiver: Any, name: str, port: int, *rest: Any) -> Any:
        receiver.resolutionBegan(self)
        for address in self.answers.pop(0):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()


class _Receiver:
    def __init__(self) -> None:
        self.found: list[str] = []
        self.is_complete = False

    def resolutionBegan(self, resolution: Any) -> None: ...

    def addressResolved(self, address: Any) -> None:
        self.found.append(address.host)

    def resolutionComplete(self) -> None:
        self.is_complete = True


def connect(reactor: _Reactor, name: str, port: int) -> list[str]:
    receiver = _Receiver()
    reactor.nameResolver.resolveHostName(receiver, name, port)
    assert receiver.is_complete
    return receiver.found


def test_connection_gets_no_address_of_a_name_that_turned_private() -> None:
    reactor = _Reactor(["127.0.0.1"], [PUBLIC, "::ffff:10.0.0.1"], [PUBLIC, "2606:4700::1111"])
    GuardedResolver(reactor).install_on_reactor()
    assert connect(reactor, "rebind.example.org", 443) == []
    assert connect(reactor, "rebind.example.org", 443) == []
    assert connect(reactor, "rebind.example.org", 443) == [PUBLIC, "2606:4700::1111"]


def test_checked_addresses_are_kept_so_a_name_cannot_change_its_answer() -> None:
    reactor = _Reactor([PUBLIC], ["127.0.0.1"])
    GuardedResolver(reactor).install_on_reactor()
    assert [connect(reactor, "rebind.example.org", 443) for _ in range(2)] == [[PUBLIC], [PUBLIC]]
    assert reactor.answers == [["127.0.0.1"]]


def test_connection_to_loopback_passes_only_to_the_port_of_an_origin() -> None:
    reactor = _Reactor(["127.0.0.1"], ["127.0.0.1"])
    GuardedResolver(reactor, ORIGINS).install_on_reactor()
    assert connect(reactor, "127.0.0.1", 8000) == ["127.0.0.1"]
    assert connect(reactor, "127.0.0.1", 5432) == []


def test_refused_connection_is_named_as_such() -> None:
    reactor = _Reactor(["127.0.0.1"])
    GuardedResolver(reactor).install_on_reactor()
    connect(reactor, "turned.example.org", 443)
    with pytest.raises(RefusedAddress):
        guard(PUBLIC)[0].process_exception(Request("https://turned.example.org/"), CannotResolveHostError("x"))


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    url_refusal(text)
    url_refusal(f"http://{text}/")
    assert url_refusal(f"http://127.0.0.1:80/{text}") is not None


@given(st.ip_addresses())
def test_an_address_is_public_only_if_what_it_holds_is(address: Any) -> None:
    if address_refusal(address) is None:
        assert address.is_global
