"""A loopback server, and the crawl process against it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawlers.guards.failures import FAILURES, Failure
from tests.faults.loopback import Loopback, Reply
from tests.faults.process import Crawl, Ended, run

HOST = "www.fablabs.io"
LIST = f"{HOST}/api/labs"

QUICK = {"DOWNLOAD_TIMEOUT": 10, "LABS_RETRY_WAIT": 0.01, "DOWNLOAD_DELAY": 0.0, "AUTOTHROTTLE_ENABLED": False}
"""Production's guards with a shorter clock, so that what is bounded in minutes is bounded in seconds here."""


def soak(*values: Any) -> Any:
    """Return a further case of a kind whose first stands in the default run."""
    return pytest.param(*values, marks=pytest.mark.soak)


CrawlOnce = Callable[..., Ended]
CrawlList = Callable[..., Ended]


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def private() -> Iterator[Loopback]:
    """A server nobody may reach: the test fails when anything was asked of it."""
    with Loopback() as loopback:
        yield loopback
        assert loopback.asked == []


@pytest.fixture
def crawl(tmp_path: Path) -> CrawlOnce:
    """Run one crawl of a source."""

    def once(name: str = "crawl", limit: float = 40.0, settings: dict[str, Any] | None = None, **what: Any) -> Ended:
        return run(Crawl(**what, settings=QUICK | (settings or {})), tmp_path / name, limit)

    return once


@pytest.fixture
def crawl_list(server: Loopback, crawl: CrawlOnce) -> CrawlList:
    """Run fablabs_io, one JSON list, with a given reply for it."""

    def once(reply: Reply, settings: dict[str, Any] | None = None, **routes: Reply) -> Ended:
        server.routes[LIST] = reply
        server.routes.update({f"{HOST}/{path}": other for path, other in routes.items()})
        return crawl(origins=server.origins(HOST), settings=settings)

    return once


def assert_failed(ended: Ended, *failures: Failure, within: float = 15.0) -> None:
    """Hold a run to the contract of a failed source: exit 1, its class and evidence, and not one row."""
    assert ended.code == 1, ended.log[-3000:]
    state = ended.state
    assert state["failure"] in failures, f"{state['failure']}: {state['evidence']}"
    assert state["state"] == FAILURES[Failure(state["failure"])].state
    assert state["evidence"]
    assert (state["listings"], state["rejections"], state["listings_week"]) == (0, 0, None)
    assert all(ended.table(name).num_rows == 0 for name in ("listings", "rejections", "unanswered", "pages"))
    kept = sorted(path.name for path in ended.archive.rglob("*") if path.is_file())
    assert kept == [f"{state['source']}.failed.warc.gz"]
    assert "Traceback" not in ended.log
    assert ended.seconds < within
