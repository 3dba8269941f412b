"""Nothing but an address of the public web passes by its spelling, however it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guards.addresses.public_web import address_refusal, url_refusal

PUBLIC = "93.184.215.14"


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


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    url_refusal(text)
    url_refusal(f"http://{text}/")
    assert url_refusal(f"http://127.0.0.1:80/{text}") is not None


@given(st.ip_addresses())
def test_an_address_is_public_only_if_what_it_holds_is(address: Any) -> None:
    if address_refusal(address) is None:
        assert address.is_global
