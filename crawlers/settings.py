"""How a spider behaves: polite by default, hardened, and silent when it replays."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.guards import MIDDLEWARES, RESOLVER
from crawlers.pages.origins import loopback_hosts

AGENT = "LabRegistryBot"
"""Our token in robots.txt groups."""
VERSION = "1.0"

MEBIBYTE = 1 << 20
DEPTH_LIMIT = 2_000
"""Pages that may follow one another; a wiki of 500 a page is done in ten."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of one spider is told."""

    archive_file: Path
    is_replay: bool
    contact: str | None
    """URL of the page that says who crawls and how to object."""
    origins: dict[str, str] | None = None
    earlier: Path | None = None
    """Archive of the source a week ago, to ask only for what has changed since."""


def settings(run: Run) -> dict[str, Any]:
    """Return the Scrapy settings of a run."""
    about = f" (+{run.contact})" if run.contact else ""
    return (
        _POLITE
        | _HARDENED
        | _ARCHIVE
        | _waits(run)
        | {
            "USER_AGENT": f"{AGENT}/{VERSION}{about}",
            "LABS_ORIGINS": run.origins,
            "LABS_ARCHIVE_FILE": str(run.archive_file),
            "LABS_EARLIER_ARCHIVE": str(run.earlier) if run.earlier else None,
            "LABS_ARCHIVE_MODE": "replay" if run.is_replay else "record",
        }
    )


_POLITE: dict[str, Any] = {
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": AGENT,
    "CONCURRENT_REQUESTS": 32,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 2.0,
    "DOWNLOAD_DELAY_JITTER": 0.25,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_START_DELAY": 2.0,
    "AUTOTHROTTLE_MAX_DELAY": 60.0,
    "RETRY_TIMES": 2,
    "RETRY_HTTP_CODES": [429, 500, 502, 503, 504, 522, 524, 408],
    "LABS_RETRY_WAIT": 5.0,
    "LABS_RETRY_LONGEST_WAIT": 120.0,
    "LABS_LOOPBACK_HOSTS": [],
    "DEFAULT_REQUEST_HEADERS": {"Accept": "application/json, text/csv, text/html;q=0.8, */*;q=0.5"},
}

_HARDENED: dict[str, Any] = {
    "DOWNLOAD_MAXSIZE": 16 * MEBIBYTE,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "TWISTED_DNS_RESOLVER": RESOLVER,
    "DOWNLOAD_HANDLERS": {
        "http": "crawlers.pages.download.OriginsHandler",
        "https": "crawlers.pages.download.OriginsHandler",
        "file": None,
        "data": None,
        "ftp": None,
        "s3": None,
    },
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    # all that is needed; the others would be loaded to be off, and the web server of RemoteControl alone is a tenth of
    # what the start of a spider costs
    "EXTENSIONS_BASE": {
        "scrapy.extensions.corestats.CoreStats": 0,
        "crawlers.process.memory.OwnMemoryUsage": 0,
        "scrapy.extensions.closespider.CloseSpider": 0,
        "scrapy.extensions.throttle.AutoThrottle": 0,
    },
    # callbacks are partials: to look for a return in them Scrapy would parse their source again at every page
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    # workers Scrapy starts for each page: rows pass no pipeline that waits, and 100 of them cost a third of the crawl
    "CONCURRENT_ITEMS": 4,
    "COOKIES_ENABLED": False,
    # a proxy would resolve names itself, past the address guard
    "HTTPPROXY_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    # what Scrapy drops without a word would be missing without a word: depth is checked at the end, and a URL that is
    # too long is refused by the address guard, which counts
    "DEPTH_LIMIT": DEPTH_LIMIT,
    "URLLENGTH_LIMIT": 0,
    "MEMUSAGE_LIMIT_MB": 1024,
    "CLOSESPIDER_TIMEOUT": 1800,
    "CLOSESPIDER_PAGECOUNT": 60_000,
}

_ARCHIVE: dict[str, Any] = {
    "HTTPCACHE_ENABLED": True,
    "HTTPCACHE_POLICY": "crawlers.pages.replay.WholeArchive",
    "HTTPCACHE_STORAGE": "crawlers.pages.replay.WarcStorage",
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "crawlers.pages.retry.PatientRetryMiddleware": 550,
        "crawlers.pages.replay.ArchiveMiddleware": 900,
        **MIDDLEWARES,
    },
    "LOG_ENABLED": True,
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0,
    "STATS_DUMP": False,
}


def _waits(run: Run) -> dict[str, Any]:
    """Return the waits of a run: none in a replay, none between requests that stay on this machine."""
    if run.is_replay:
        return {
            "DOWNLOAD_DELAY": 0.0,
            "AUTOTHROTTLE_ENABLED": False,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "RETRY_TIMES": 0,
            "LABS_RETRY_WAIT": 0.0,
            # nothing is left that could ask the network, whatever a middleware lets through
            "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https", "file", "data", "ftp", "s3")),
        }
    origins = run.origins or {}
    near = loopback_hosts(origins)
    if not origins or len(near) < len(origins):
        return {}
    # a host the map does not name is never asked, so with all origins on this machine waiting spares nobody
    return {
        "DOWNLOAD_DELAY": 0.0,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "LABS_LOOPBACK_HOSTS": near,
    }
