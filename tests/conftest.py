"""Options and fixtures every room may use."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.running", "tests.object_store", "tests.prefect_server"]

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite golden rows; the diff is what a reviewer reads")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(
                pytest.mark.skip(reason="../shared is not here: this test reads real recorded data from it")
            )


@pytest.fixture
def is_accepting(request: pytest.FixtureRequest) -> bool:
    """Whether golden rows are to be rewritten."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real recorded data beside the repository."""
    return SHARED
