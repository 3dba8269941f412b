"""A connection gets only addresses that were checked, and a name cannot change its answer."""

from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.guards.addresses.resolver import GuardedResolver, refused_names

PUBLIC = "93.184.215.14"


ORIGINS = {"www.fablabs.io": "http://127.0.0.1:8000/www.fablabs.io", "lab.example.org:8081": "http://127.0.0.1:8000/l"}


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
    assert refused_names["rebind.example.org"] == "127.0.0.1 is not on the public internet"
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
