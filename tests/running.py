"""Run the real command line in processes of their own, and serve recorded real weeks on loopback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

Labs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Prefect home of the tests' own: nobody's server, nobody's database."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def environment(prefect_home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LABS_"))}
    return kept | {"PREFECT_HOME": str(prefect_home)}


@pytest.fixture(scope="session")
def labs(environment: dict[str, str]) -> Labs:
    """Run `labs ARGUMENTS` to its end and return what it said."""

    alone = environment

    def run(
        *arguments: str, timeout: float = 300, environment: Mapping[str, str] = alone
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flows.cli", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    return run


class Sites:
    """Recorded weeks of real sources on loopback, one process a week."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[str]] = []

    def serve(self, week: str) -> Path:
        """Serve the week and return its origins file."""
        command = [sys.executable, str(SHARED / "tools" / "source_sites.py"), str(SHARED / "data" / "weeks" / week)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        path = self._folder / f"origins-{week}.json"
        path.write_text(json.dumps(json.loads(process.stdout.readline())), "utf-8")
        return path

    def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: the real recorded weeks cannot be served")
    served = Sites(tmp_path_factory.mktemp("origins"))
    yield served
    served.stop()


@pytest.fixture(scope="session")
def sample(labs: Labs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse that `make sample` makes."""
    warehouse = tmp_path_factory.mktemp("sample") / "data"
    weeks = ("--from-week", "2026-W40", "--to-week", "2026-W42")
    done = labs("backfill", *weeks, "--replay", "crawlers/sample/archive", "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return warehouse
