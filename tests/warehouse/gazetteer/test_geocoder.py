import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from warehouse.gazetteer.geocoder import Geocoder
from warehouse.schema.located import GeocoderAnswer

NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
AGENT = "lab-registry tests"


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def later(seconds: int) -> str:
    """Return a time from now as an HTTP date; the test server dates its answers itself."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def feature(**changes: Any) -> dict[str, Any]:
    properties = {
        "label": "12 Rue des Lilas 69003 Lyon",
        "type": "housenumber",
        "score": 0.97,
        "citycode": "69383",
        "postcode": "69003",
        "id": "69383_4040_00012",
    }
    return {"geometry": {"type": "Point", "coordinates": [4.861, 45.758]}, "properties": properties | changes}


def answer(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def geocoder(httpserver: HTTPServer, time: Time) -> Geocoder:
    return Geocoder(AGENT, httpserver.url_for("/geocodage/"), clock=time.clock, sleep=time.sleep)


def test_nobody_asks_the_geocoder_that_was_switched_off() -> None:
    assert urlsplit(Geocoder(AGENT).base_url).hostname == "data.geopf.fr"


def test_the_best_match_is_kept_with_score_and_type(httpserver: HTTPServer, geocoder: Geocoder) -> None:
    query = {"q": "12 rue des lilas 69003 lyon", "limit": "1", "autocomplete": "0"}
    httpserver.expect_request("/geocodage/search", query_string=query, headers={"User-Agent": AGENT}).respond_with_json(
        answer(feature())
    )
    answers = geocoder.ask(["12 rue des lilas 69003 lyon"], NOW)
    assert answers.schema.equals(GeocoderAnswer.arrow_schema())
    assert answers.to_pylist() == [
        {
            "query": "12 rue des lilas 69003 lyon",
            "asked_at": NOW,
            "label": "12 Rue des Lilas 69003 Lyon",
            "match_type": "housenumber",
            "score": 0.97,
            "commune_code": "69383",
            "postcode": "69003",
            "lat": 45.758,
            "lon": 4.861,
            "address_id": "69383_4040_00012",
        }
    ]


@pytest.mark.parametrize("status", [200, 400])
def test_no_match_is_an_answer_and_kept(httpserver: HTTPServer, geocoder: Geocoder, status: int) -> None:
    httpserver.expect_request("/geocodage/search").respond_with_json(answer(), status=status)
    (row,) = geocoder.ask(["rue de nulle part"], NOW).to_pylist()
    assert (row["query"], row["label"], row["lat"]) == ("rue de nulle part", None, None)


def test_it_waits_as_long_as_it_is_asked_to(httpserver: HTTPServer, geocoder: Geocoder, time: Time) -> None:
    httpserver.expect_ordered_request("/geocodage/search").respond_with_data("", 429, {"Retry-After": "7"})
    httpserver.expect_ordered_request("/geocodage/search").respond_with_data("", 429, {"Retry-After": later(30)})
    httpserver.expect_ordered_request("/geocodage/search").respond_with_json(answer(feature()))
    assert geocoder.ask(["12 rue des lilas 69003 lyon"], NOW).num_rows == 1
    assert time.slept[0] == 7.0
    assert time.slept[1] == pytest.approx(30, abs=3)


@pytest.mark.parametrize("retry_after", ["86400", later(86_400)], ids=["seconds", "date"])
def test_it_does_not_wait_for_ever(httpserver: HTTPServer, geocoder: Geocoder, time: Time, retry_after: str) -> None:
    httpserver.expect_request("/geocodage/search").respond_with_data("", 429, {"Retry-After": retry_after})
    assert geocoder.ask(["12 rue des lilas 69003 lyon"], NOW).num_rows == 0
    assert sum(time.slept) == 0


@pytest.mark.parametrize("retry_after", ["soon", "-1", "", "9" * 400])
def test_a_senseless_retry_after_is_survived(httpserver: HTTPServer, geocoder: Geocoder, retry_after: str) -> None:
    httpserver.expect_ordered_request("/geocodage/search").respond_with_data("", 429, {"Retry-After": retry_after})
    httpserver.expect_request("/geocodage/search").respond_with_json(answer(feature()))
    geocoder.ask(["12 rue des lilas 69003 lyon"], NOW)


def test_it_asks_at_most_ten_times_a_second(httpserver: HTTPServer, geocoder: Geocoder, time: Time) -> None:
    httpserver.expect_request("/geocodage/search").respond_with_json(answer())
    geocoder.ask([f"{number} rue des lilas" for number in range(21)], NOW)
    assert time.now - 100.0 == pytest.approx(2.0)


def test_a_service_that_is_down_is_left_alone_and_what_is_known_is_kept(
    httpserver: HTTPServer, geocoder: Geocoder, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(request.args["q"])
        return Response(json.dumps(answer(feature()))) if len(asked) <= 2 else Response("", 503)

    httpserver.expect_request("/geocodage/search").respond_with_handler(respond)
    assert geocoder.ask([f"{number} rue des lilas" for number in range(50)], NOW).num_rows == 2
    assert len(set(asked)) == 7
    assert "no more addresses are asked" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("warehouse")]
    assert not any("lilas" in message for message in ours)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b"[]",
        b'{"features": {}}',
        b'{"features": [1]}',
        b'{"features": [{"geometry": null, "properties": {}}]}',
        json.dumps(answer(feature(score="NaN"))).encode(),
        json.dumps(answer(feature(score=None))).encode(),
        json.dumps(answer(feature(label=["x"]))).encode(),
        json.dumps(answer(feature() | {"geometry": {"coordinates": [4.8, 1e9]}})).encode(),
        b"[" * 100_000,
        b'{"features": [' + b" " * (1 << 20) + b"]}",
        b"\xff\xfe",
    ],
)
def test_an_unreadable_answer_is_no_answer(httpserver: HTTPServer, geocoder: Geocoder, body: bytes) -> None:
    httpserver.expect_request("/geocodage/search").respond_with_data(body, content_type="application/json")
    assert geocoder.ask(["12 rue des lilas 69003 lyon"], NOW).num_rows == 0


def test_it_follows_nobody_elsewhere(httpserver: HTTPServer, geocoder: Geocoder) -> None:
    httpserver.expect_request("/geocodage/search").respond_with_data("", 302, {"Location": "/elsewhere"})
    httpserver.expect_request("/elsewhere").respond_with_json(answer(feature()))
    assert geocoder.ask(["12 rue des lilas 69003 lyon"], NOW).num_rows == 0
    assert [request.path for request, _ in httpserver.log] == ["/geocodage/search"]


def test_a_refused_connection_is_no_answer(time: Time) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    geocoder = Geocoder(AGENT, f"http://127.0.0.1:{port}/", clock=time.clock, sleep=time.sleep)
    assert geocoder.ask(["12 rue des lilas 69003 lyon"], NOW).num_rows == 0


def test_only_web_addresses_are_asked() -> None:
    with pytest.raises(ValueError, match="http or https"):
        Geocoder(AGENT, "file:///etc/passwd?")
