"""A real Prefect server in a process of its own: one a test session, with a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
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


@pytest.fixture(scope="session")
def prefect_server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a server on loopback; return the environment of a process that uses it."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_HOME": str(folder / "home")}
    address = f"http://127.0.0.1:{port}/api"
    asked = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = start(asked, environment | quiet, folder / "server.log")
    try:
        _await(f"{address}/health", folder / "server.log")
        yield environment | quiet | {"PREFECT_API_URL": address}
    finally:
        stop(server)


def _await(url: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.25)
    raise AssertionError(log.read_text("utf-8"))
