"""What a publisher reserves of mining is seen in headers and pages, and nothing else binds."""

import pytest
from scrapy.http import HtmlResponse

from crawlers.guards.robots.reservations import is_reserved, signals


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"tdm-reservation": "1"}, ""),
        ({"Content-Usage": "train-ai=n"}, ""),
        ({"X-Robots-Tag": "noai, noimageai"}, ""),
        ({}, '<meta name="tdm-reservation" content="1">'),
        ({}, "<META content='1' name='TDM-Reservation'/>"),
        ({}, '<meta name="robots" content="noai">'),
    ],
)
def test_reservation_of_mining_is_seen(headers: dict[str, str], body: str) -> None:
    response = HtmlResponse("https://lab.fr/", headers=headers, body=f"<head>{body}</head>".encode(), encoding="utf-8")
    assert is_reserved(signals(response))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, ""),
        ({"tdm-reservation": "0"}, ""),
        ({"Content-Usage": "train-ai=y"}, ""),
        ({"X-Robots-Tag": "noindex"}, ""),
        ({}, '<meta name="robots" content="noindex, nofollow">'),
        ({}, '<meta name="description" content="tdm-reservation: 1">'),
    ],
)
def test_what_reserves_nothing_binds_to_nothing(headers: dict[str, str], body: str) -> None:
    response = HtmlResponse("https://lab.fr/", headers=headers, body=f"<head>{body}</head>".encode(), encoding="utf-8")
    assert not is_reserved(signals(response))
