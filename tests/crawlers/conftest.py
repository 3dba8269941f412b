"""Fixtures of the crawlers' tests."""

import pytest

from tests.crawlers.frozen import Frozen


@pytest.fixture
def frozen() -> Frozen:
    """Pages a test writes itself."""
    return Frozen()
