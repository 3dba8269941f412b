"""The real crawl process, forked from one that has loaded Scrapy already: a fifth of a second instead of two."""

import base64
import json
import os
import pickle
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

WEEK = "2026-W42"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Web:
    """A web without origins map, for tests of what the map would hide: names to the addresses each look-up gives.

    The loopback addresses of `public` count as public, so that a redirect has somewhere to start from; the last
    answer of a name is repeated.
    """

    names: dict[str, list[list[str]]]
    public: tuple[str, ...] = ("127.0.0.2",)
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """One run: which source, which web it sees, what differs from production so that the test is short."""

    source: str = "fablabs_io"
    origins: dict[str, str] | None = None
    web: Web | None = None
    urls: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    as_entries: bool = False
    entry_timeout: float | None = None
    replay: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int | None
    seconds: float
    rss_mb: float
    log: str
    out: Path
    archive: Path

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "source.json").read_text(encoding="utf-8"))
        return found

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.out / f"{name}.parquet")


def run(crawl: Crawl, folder: Path, limit: float = 60.0) -> Ended:
    """Run a crawl in a child process and return how it ended; code is None when it had to be killed at the limit."""
    folder.mkdir(parents=True, exist_ok=True)
    parent = _parent()
    assert parent.stdin is not None
    assert parent.stdout is not None
    started = time.monotonic()
    parent.stdin.write(base64.b64encode(pickle.dumps((crawl, folder))) + b"\n")
    pid = int(parent.stdout.readline())
    is_late = not select.select([parent.stdout], [], [], limit)[0]
    if is_late:
        os.kill(pid, signal.SIGKILL)
    ended = int(parent.stdout.readline())
    seconds, code = time.monotonic() - started, None if is_late else ended
    peak = folder / "rss"
    rss = float(peak.read_text()) / 1024 if peak.exists() else 0.0
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    return Ended(code, seconds, rss, log, folder / "out", folder / "archive")


@cache
def _parent() -> "subprocess.Popen[bytes]":
    """Start the process that has everything loaded and forks a child for each run; it ends with this one."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


def _fork_for_each_line() -> None:
    """Read runs from standard input; write the pid of each, then how it ended."""
    import tests.faults.preloaded  # noqa: F401

    for line in sys.stdin.buffer:
        crawl, folder = pickle.loads(base64.b64decode(line))  # noqa: S301 -- our own, through our own pipe
        pid = os.fork()
        if pid == 0:
            code = 70  # of a crash, whose traceback is in the log
            try:
                code = _child(crawl, folder)
            except Exception:  # noqa: BLE001 -- the main of a process
                traceback.print_exc()
            finally:
                # tearing all that was loaded down again takes longer than the crawl
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _child(crawl: Crawl, folder: Path) -> int:
    log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(crawl.environ)
    import crawlers.__main__ as main
    import crawlers.process.crawl as crawling
    from crawlers.spiders.spaceapi import SpaceApi
    from tests.faults.probe import Probe

    if crawl.source == "probe":
        Probe.urls, Probe.headers, Probe.as_entries = list(crawl.urls), crawl.headers, crawl.as_entries
        main.spider = crawling.spider_class = lambda name: Probe  # type: ignore[assignment]
    if crawl.web is not None:
        _pretend(crawl.web)
        for kind in (Probe, SpaceApi):
            kind.ports = crawl.web.ports  # type: ignore[attr-defined]
    if crawl.source == "spaceapi" and crawl.urls:
        SpaceApi.requests = lambda self: (self.get(url) for url in crawl.urls)  # type: ignore[method-assign]
    if crawl.entry_timeout is not None:
        _hurry(crawl.entry_timeout)
    production = crawling.settings
    crawling.settings = lambda run: production(run) | crawl.settings  # type: ignore[assignment]
    arguments = [crawl.source, "--week", WEEK, "--archive", str(folder / "archive"), "--out", str(folder / "out")]
    if crawl.origins is not None:
        (folder / "origins.json").write_text(json.dumps(crawl.origins), encoding="utf-8")
        arguments += ["--origins", str(folder / "origins.json")]
    if crawl.replay:
        arguments.append("--replay")
    code = main.main([*arguments, "--contact", "https://bot.example.org/about"])
    (folder / "rss").write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    return code


def _hurry(seconds: float) -> None:
    """Hold entries of a directory, which have a time limit of their own, to a shorter one."""
    from crawlers.source import Source

    real = Source.get_entry

    def get_entry(self: Any, *given: Any, **named: Any) -> Any:
        return real(self, *given, **named | {"limits": named.get("limits", {}) | {"download_timeout": seconds}})

    Source.get_entry = get_entry  # type: ignore[method-assign]


def _pretend(web: Web) -> None:
    """Answer look-ups from the table, and let the chosen addresses count as public."""
    from crawlers.guards.addresses import middlewares as addresses
    from crawlers.guards.addresses import public_web, resolver

    real = public_web.address_refusal
    addresses.address_refusal = resolver.address_refusal = public_web.address_refusal = lambda address: (  # type: ignore[assignment]
        None if str(address) in web.public else real(address)
    )
    answers = {name: list(turns) for name, turns in web.names.items()}
    looked_up = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name.replace(".", "").isdigit() or ":" in name:
            return looked_up(host, port, *rest, **named)
        turns = answers.get(name)
        if not turns:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in found]

    socket.getaddrinfo = getaddrinfo
    # Twisted bound the function when it was imported
    from twisted.internet._resolver import GAIResolver

    *others, _ = GAIResolver.__init__.__defaults__
    GAIResolver.__init__.__defaults__ = (*others, getaddrinfo)


if __name__ == "__main__":
    # what is pickled names this module by its import name
    from tests.faults.process import _fork_for_each_line as fork_for_each_line

    fork_for_each_line()
