"""A status or an exception of a download to the failure class it means (the classes: crawlers/guards/failures.py)."""

import gzip
import zlib

import brotli
from backports.zstd import ZstdError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, ConnectionClosed

from crawlers.guards.failures import CrawlFailed, Failure

_BY_EXCEPTION: tuple[tuple[type[Exception], Failure], ...] = (
    (DownloadTimeoutError, Failure.TIMED_OUT),
    (CannotResolveHostError, Failure.UNREACHABLE),
    (DownloadConnectionRefusedError, Failure.UNREACHABLE),
    (ResponseDataLossError, Failure.PARTIAL),
    (DownloadCancelledError, Failure.TOO_LARGE),
    (UnsupportedURLSchemeError, Failure.REFUSED_ADDRESS),
    # broken compression: each decompressor has its own word for it, and gzip's is an OSError
    (gzip.BadGzipFile, Failure.PROTOCOL),
    (zlib.error, Failure.PROTOCOL),
    (EOFError, Failure.PROTOCOL),
    (brotli.error, Failure.PROTOCOL),
    (ZstdError, Failure.PROTOCOL),
    (OSError, Failure.UNREACHABLE),
)
NO_ANSWER: tuple[type[Exception], ...] = (
    CrawlFailed,
    IgnoreRequest,
    DownloadFailedError,
    ConnectError,
    ConnectionClosed,
    *dict(_BY_EXCEPTION),
)
"""What the world does to a download; anything else is a bug."""
# what the texts of Twisted and OpenSSL say of a connection that failed for another reason than the network
_BY_TEXT: tuple[tuple[str, Failure], ...] = (
    ("certificate", Failure.TLS),
    ("ssl", Failure.TLS),
    ("tls", Failure.TLS),
    ("parseerror", Failure.PROTOCOL),
    ("parse error", Failure.PROTOCOL),
    ("badheaders", Failure.PROTOCOL),
)


class Unanswered(DownloadFailedError):
    """The archive says that this request had no answer: raised in a replay where the download failed live."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


def of_status(status: int) -> Failure | None:
    """Return the failure class of an HTTP status, None when it is a success."""
    if 200 <= status < 300:
        return None
    if status == 429:
        return Failure.RATE_LIMITED
    if status in (401, 403, 406, 407, 451):
        return Failure.BLOCKED
    if status in (404, 410):
        return Failure.GONE
    if 300 <= status < 400:
        return Failure.REDIRECTS
    return Failure.SERVER_ERROR if status >= 500 else Failure.PROTOCOL


def of_exception(error: BaseException) -> CrawlFailed:
    """Return the failure an exception of a download means; guards name theirs in an attribute `failure`.

    Raises: TypeError when the exception is none a download can raise: that is a bug, not the world.
    """
    if isinstance(error, CrawlFailed):
        return error
    text = " ".join(str(error).split()) or type(error).__name__
    named = getattr(error, "failure", None)
    if isinstance(named, Failure):
        return CrawlFailed(named, text)
    if isinstance(error, HttpError):
        status = error.response.status
        return CrawlFailed(of_status(status) or Failure.PROTOCOL, f"HTTP {status} from {error.response.url}")
    lower = text.lower()
    if (failure := _failure(error, lower)) is None:
        raise TypeError(f"no failure class for {type(error).__name__}: {text}") from error
    return CrawlFailed(failure, text)


def _failure(error: BaseException, text: str) -> Failure | None:
    if isinstance(error, IgnoreRequest):
        told = (("robots", Failure.ROBOTS), ("redirect", Failure.REDIRECTS), ("size", Failure.TOO_LARGE))
        return next((failure for word, failure in told if word in text), Failure.REFUSED_ADDRESS)
    for kind, failure in _BY_EXCEPTION:
        if isinstance(error, kind):
            return failure
    if isinstance(error, DownloadFailedError):
        return next((failure for word, failure in _BY_TEXT if word in text), Failure.UNREACHABLE)
    return None
