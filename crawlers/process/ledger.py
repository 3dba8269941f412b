"""The exchanges of a crawl to the ledger of what it cost the servers it asked: a pure function of the archive."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawlers.archive import Exchange
from crawlers.guards.failures import Failure


def ledger(exchanges: Sequence[Exchange], listings: int) -> dict[str, Any]:
    """Return the columns of `sources` that say how many requests, bytes and refusals a crawl was, and how it waited.

    A refused address was never asked, so it is no request.
    """
    asked = [exchange for exchange in exchanges if exchange.failure != Failure.REFUSED_ADDRESS]
    answers = [exchange for exchange in asked if exchange.status is not None]
    return {
        "pages": len({exchange.request for exchange in answers}),
        "requests": len(asked),
        "bytes": sum(exchange.size for exchange in answers),
        "fetched_at": max((exchange.fetched_at for exchange in exchanges), default=None),
        "not_modified_share": _share(sum(exchange.is_not_modified for exchange in answers), len(answers)),
        "rate_limited": sum(exchange.status == 429 for exchange in answers),
        "overloaded": sum(exchange.status == 503 for exchange in answers),
        "delay_s": _delay(answers),
        "requests_per_listing": _share(len(asked), listings),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _delay(answers: Sequence[Exchange]) -> float | None:
    """Return the mean seconds between two answers of the host asked most, the first in the alphabet of equals."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for exchange in answers:
        times[urlsplit(exchange.url).netloc].append(exchange.fetched_at)
    busiest = max(sorted(times), key=lambda host: len(times[host]), default=None)
    if busiest is None or len(times[busiest]) < 2:
        return None
    found = sorted(times[busiest])
    return round((found[-1] - found[0]).total_seconds() / (len(found) - 1), 3)
