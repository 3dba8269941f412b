"""A warehouse that is made once and copied."""

from pathlib import Path

import pytest

from tests.warehouse.lived_weeks import live_three


@pytest.fixture(scope="session")
def three_lived_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse of three lived weeks, to be copied before it is written."""
    warehouse = tmp_path_factory.mktemp("three") / "w"
    live_three(warehouse)
    return warehouse
