"""A real Prefect server in a process of its own: one a test session, with a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
PREFECT = Path(sys.executable).with_name("prefect")


def start(arguments: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start `prefect ARGUMENTS`; `stop` ends it."""
    # A worker started where SIGINT is ignored survives being told to stop (stack.md 3), hence a group of its own.
    return subprocess.Popen(
        [str(PREFECT), *arguments], cwd=ROOT, env=environment, stdout=log.open("wb"), stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and its group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


@contextmanager
def own_server(
    environment: Mapping[str, str], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run a server on loopback while the block runs; give its process and the environment of a process that uses it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_HOME": str(folder / "home")}
    address = f"http://127.0.0.1:{port}/api"
    asked = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
    own = {**environment, **quiet}
    server = start(asked, own, folder / "server.log")
    try:
        _await(f"{address}/health", folder / "server.log")
        yield server, own | {"PREFECT_API_URL": address}
    finally:
        stop(server)


@pytest.fixture(scope="session")
def prefect_server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a server for the session; return the environment of a process that uses it."""
    with own_server(environment, tmp_path_factory.mktemp("server")) as (_, connected):
        yield connected


def _await(url: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.25)
    raise AssertionError(log.read_text("utf-8"))
