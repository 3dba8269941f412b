"""Retries that wait: what Retry-After asks for, else longer each time with jitter; a long wait ends the retries."""

import asyncio
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for, given as seconds or as a date; None when it is neither."""
    text = (value or "").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries with a wait before each."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._first: float = settings.getfloat("LABS_RETRY_WAIT")
        self._longest: float = settings.getfloat("LABS_RETRY_LONGEST_WAIT")
        self._hosts_without_wait = frozenset(settings.getlist("LABS_LOOPBACK_HOSTS"))

    async def process_response(  # type: ignore[override]  # Scrapy awaits what its middlewares return
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return a request to be made again after a wait, or the response when it is final."""
        header = response.headers.get(b"Retry-After")
        asked = retry_after(header.decode("latin-1") if header else None, datetime.now(UTC))
        if asked is not None and asked > self._longest:
            return response
        again = super().process_response(request, response)
        if isinstance(again, Request):
            await self._wait(request, asked)
        return again

    async def process_exception(  # type: ignore[override]  # as above
        self, request: Request, exception: Exception, spider: Spider | None = None
    ) -> Request | Response | None:
        """Return a request to be made again after a wait, or None when the exception is final."""
        again = super().process_exception(request, exception)
        if isinstance(again, Request):
            await self._wait(request, None)
        return again

    async def _wait(self, request: Request, asked: float | None) -> None:
        tries: int = request.meta.get("retry_times", 0)
        first = 0.05 if urlsplit(request.url).netloc in self._hosts_without_wait else self._first
        # jitter keeps crawlers that failed together from coming back together; it is never in an output
        wait = asked if asked is not None else min(first * 2**tries * random.uniform(1, 1.5), self._longest)  # noqa: S311
        await asyncio.sleep(wait)
