"""A page that stands where data was due is known for what it is."""

import pytest
from scrapy.http import Response

from crawlers.guards.bodies.stand_ins import challenge
from crawlers.guards.bodies.whole import (
    BadBody,
    text_body,
)

URL = "https://lab.example.org/api/labs?key=s3cret"

CLOUDFLARE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={cvId:'3'}</script></body></html>"""
PHP_ERROR = b"<br />\n<b>Fatal error</b>: Uncaught PDOException in <b>/var/www/api.php</b> on line <b>12</b><br />"


def response(body: bytes | str, status: int = 200, flags: list[str] | None = None, **headers: str) -> Response:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(URL, body=raw, status=status, flags=flags, headers=named)


@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [
        (CLOUDFLARE, 403, {}),
        (CLOUDFLARE, 200, {}),
        (b"", 403, {"cf_mitigated": "challenge"}),
        (b"", 202, {"x_amzn_waf_action": "challenge"}),
        (b"<html><script src='https://ct.captcha-delivery.com/c.js'></script></html>", 403, {}),
        (b"<html><body>Checking your browser before accessing lab.fr</body></html>", 503, {}),
    ],
)
def test_challenge_page_is_known_by_header_or_words(body: bytes, status: int, headers: dict[str, str]) -> None:
    assert challenge(response(body, status, **headers))


@pytest.mark.parametrize(
    "body",
    [
        b"<html><title>Fablab</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></html>",
        b"<html><title>Atelier captcha</title><p>Checking your browser before" + b" " * 70_000 + b"</p></html>",
        b'{"description": "checking your browser before"}',
        b"<html><form><div class='g-recaptcha'></div></form><h1>Contact</h1></html>",
    ],
)
def test_page_that_only_mentions_a_challenge_is_none(body: bytes) -> None:
    assert challenge(response(body)) is None


def test_text_of_a_table_is_no_page_of_html() -> None:
    assert text_body(response("nom;ville\nLab <b>;Lyon\n")) == "nom;ville\nLab <b>;Lyon\n"
    with pytest.raises(BadBody):
        text_body(response(PHP_ERROR))
