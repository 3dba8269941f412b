"""Every environment variable the registry reads, once, typed."""

import os
import re
from dataclasses import dataclass, field
from typing import Self

# What a run needs of Prefect, unless the operator says otherwise: no telemetry, a start-up time a busy machine can
# meet, and a temporary server that does not print its own shutdown noise (stack.md 3).
PREFECT_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    # A failed run is raised to the command line, once; Prefect would log its traceback for each task and flow above it.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
}


LOCAL = "local"
"""The task runner of one machine: spiders are processes of the run itself."""


@dataclass(frozen=True)
class Settings:
    """What the environment says."""

    warehouse: str = "data"
    """LABS_WAREHOUSE: path or URL of the warehouse."""
    contact_url: str | None = None
    """LABS_CONTACT_URL: page about this crawler and how to object, named to every site asked (docs/notice.md)."""
    crawl_limit_s: float = 3600.0
    """LABS_CRAWL_LIMIT_S: longest time one source may take, seconds."""
    crawls_at_once: int = 2
    """LABS_CRAWLS_AT_ONCE: spiders that run side by side; each is a process of its own."""

    task_runner: str = LOCAL
    """LABS_TASK_RUNNER: `local`, or the address of a Dask scheduler whose workers crawl, as tcp://10.0.0.5:8786."""
    writer_wait_s: float = 21_600.0
    """LABS_WRITER_WAIT_S: longest time a scheduled run waits for another writer of the warehouse, seconds."""

    webhook_url: str | None = field(default=None, repr=False)
    """LABS_WEBHOOK_URL: where a message is posted when a week is held or fails, or a source is carried or lost."""
    public_url: str | None = None
    """LABS_PUBLIC_URL: where readers find the folder v1/; links to a release start with it."""

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process.

        Raises: UserError naming the variable that does not hold what it should.
        """
        return cls(
            warehouse=os.environ.get("LABS_WAREHOUSE") or cls.warehouse,
            contact_url=os.environ.get("LABS_CONTACT_URL") or None,
            crawl_limit_s=_number("LABS_CRAWL_LIMIT_S", cls.crawl_limit_s),
            writer_wait_s=_number("LABS_WRITER_WAIT_S", cls.writer_wait_s),
            crawls_at_once=int(_number("LABS_CRAWLS_AT_ONCE", os.cpu_count() or cls.crawls_at_once)),
            task_runner=_task_runner(),
            webhook_url=_webhook(),
            public_url=_public_url(),
        )


def quiet_prefect() -> None:
    """Set Prefect's defaults for this process; must run before Prefect is imported."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)


def _task_runner() -> str:
    text = os.environ.get("LABS_TASK_RUNNER") or LOCAL
    if text == LOCAL or re.fullmatch(r"(tcp|tls)://[^\s/]+:[0-9]{1,5}", text):
        return text
    from warehouse.schema import UserError

    raise UserError(
        f"LABS_TASK_RUNNER: {text!r} is neither {LOCAL} nor the address of a Dask scheduler (tcp://HOST:8786)"
    )


def _webhook() -> str | None:
    url = os.environ.get("LABS_WEBHOOK_URL")
    if not url:
        return None
    from flows.telling.notify import require_webhook

    return require_webhook(url)


def _public_url() -> str | None:
    url = os.environ.get("LABS_PUBLIC_URL")
    if not url:
        return None
    from warehouse.report.untrusted import link

    if link(url) is None or not url.startswith("http"):
        from warehouse.schema import UserError

        raise UserError(f"LABS_PUBLIC_URL: {url!r} is no http or https address")
    return url.rstrip("/")


def _number(name: str, default: float) -> float:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        from warehouse.schema import UserError

        raise UserError(f"{name}: {text!r} is not a number above 0")
    return value
