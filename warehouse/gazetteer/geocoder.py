"""Addresses to the answers of the national geocoder, politely: the gazetteer's only module that uses the network."""

import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pyarrow as pa

from warehouse.schema.located import GeocoderAnswer

log = logging.getLogger(__name__)

BASE_URL = "https://data.geopf.fr/geocodage/"
"""The geocoder of the Géoplateforme; the address of the former one was switched off in January 2026."""

# The service allows 50 a second and address; a weekly run has time.
_PER_SECOND = 10.0
_TIMEOUT_S = 10.0
# A body that drips in longer than this is no answer; the time-out above is for each packet.
_LONGEST_BODY_S = 20.0
_TRIES = 4
# Never waits longer for one address, whatever the service asks for: the answer can come next week.
_LONGEST_WAIT_S = 60.0
# So many failures in a row are no bad luck: the service is down, and the run goes on without it.
_GIVES_UP_AFTER = 5
_MAX_BYTES = 1 << 20


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A geocoder that sends elsewhere has moved: that is for people to see, not to follow."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


class _Unanswered(Exception):
    """One try failed; `wait_s` is what the service asks to wait."""

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass
class Geocoder:
    """A client of the geocoder. `clock` and `sleep` are arguments so that tests take no time."""

    user_agent: str
    base_url: str = BASE_URL
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if urlsplit(self.base_url).scheme not in ("http", "https"):
            raise ValueError(f"geocoder address {self.base_url!r}: http or https expected")
        self._opener = urllib.request.build_opener(_NoRedirects())

    def ask(self, queries: Iterable[str], asked_at: datetime) -> pa.Table:
        """Return the answers (rows of GeocoderAnswer), "no match" included; addresses without one are left out.

        Never raises for the service: after some failures in a row it stops asking, and what is known is returned.
        """
        answers, failures = [], 0
        for query in queries:
            try:
                answers.append(self._answer(query, asked_at))
            except _Unanswered as failure:
                failures += 1
                log.warning("geocoder: no answer for one address: %s", failure)
                if failures >= _GIVES_UP_AFTER:
                    log.warning("geocoder: %d failures in a row, no more addresses are asked", failures)
                    break
                continue
            failures = 0
        log.info("geocoder: %d answers", len(answers))
        return GeocoderAnswer.table(answers)

    def _answer(self, query: str, asked_at: datetime) -> GeocoderAnswer:
        """Return the best match, or that there is none; tries again where that can help."""
        for attempt in range(_TRIES):
            self._take_turn()
            try:
                return _best(self._get(query), query, asked_at)
            except _Unanswered as failure:
                if failure.wait_s is None or attempt + 1 == _TRIES:
                    raise
                if failure.wait_s > _LONGEST_WAIT_S:
                    raise _Unanswered(f"{failure}, wants {failure.wait_s:.0f} s") from failure
                self.sleep(max(failure.wait_s, 2.0**attempt))
        raise AssertionError("unreachable")

    def _take_turn(self) -> None:
        """Wait until the next request is due."""
        wait = self._next_at - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._next_at = max(self.clock(), self._next_at) + 1 / _PER_SECOND

    def _get(self, query: str) -> bytes:
        parameters = urlencode({"q": query, "limit": 1, "autocomplete": 0})
        request = urllib.request.Request(  # noqa: S310  the scheme is checked in __post_init__
            urljoin(self.base_url, f"search?{parameters}"),
            headers={"User-Agent": self.user_agent, "Accept": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as response:
                return self._body(response)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 400:
                    return b'{"features": []}'  # an address it cannot read has no match, and will have none
                is_busy = error.code == 429 or error.code >= 500
                wait_s = _retry_after(error.headers) if is_busy else None
            raise _Unanswered(f"HTTP {error.code}", wait_s) from error
        except (OSError, http.client.HTTPException) as error:
            raise _Unanswered(type(error).__name__, 0.0) from error

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Return the whole body, refused when it is too long in bytes or in time."""
        body, until = b"", self.clock() + _LONGEST_BODY_S
        while piece := response.read1(_MAX_BYTES):
            body += piece
            if len(body) > _MAX_BYTES or self.clock() > until:
                raise _Unanswered("answer too long")
        return body


def _retry_after(headers: Message) -> float:
    """Return the seconds a Retry-After header asks for, 0 where it says nothing. Source: RFC 9110, 10.2.3."""
    text = str(headers.get("Retry-After", "")).strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until, now = (parsedate_to_datetime(value) for value in (text, str(headers.get("Date", ""))))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):  # no date; one with a time zone and one without
        return 0.0


def _best(body: bytes, query: str, asked_at: datetime) -> GeocoderAnswer:
    """Return the first feature of a GeoJSON answer, or that there is none."""
    try:
        features: list[Any] = json.loads(body)["features"]
        if features == []:
            return GeocoderAnswer(query=query, asked_at=asked_at)
        said, (lon, lat) = features[0]["properties"], features[0]["geometry"]["coordinates"][:2]
        return GeocoderAnswer(
            query=query,
            asked_at=asked_at,
            label=said["label"],
            match_type=said["type"],
            score=min(float(said["score"]), 1.0),
            commune_code=said.get("citycode"),
            postcode=said.get("postcode"),
            lat=float(lat),
            lon=float(lon),
            address_id=said.get("banId") or said.get("id"),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise _Unanswered(f"unreadable answer ({type(error).__name__})") from error
