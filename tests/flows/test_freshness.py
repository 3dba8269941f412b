"""A release is fresh until the next Monday and a day have passed."""

from datetime import UTC, date, datetime

import pytest

from flows import freshness
from warehouse.releases import Releases


class Latest:
    iso_week = "2026-W42"
    snapshot_date = date(2026, 10, 12)


@pytest.mark.parametrize(
    ("now", "is_fresh"),
    [(datetime(2026, 10, 12, 6, tzinfo=UTC), True), (datetime(2026, 10, 19, 23, tzinfo=UTC), True),
     (datetime(2026, 10, 20, 1, tzinfo=UTC), False)],
)  # fmt: skip
def test_a_missed_monday_is_seen(monkeypatch: pytest.MonkeyPatch, now: datetime, is_fresh: bool) -> None:
    monkeypatch.setattr(Releases, "latest", lambda _: Latest())
    found = freshness.freshness("data", now)
    assert found.is_fresh is is_fresh
    assert "2026-W42" in found.sentence()


def test_a_warehouse_without_releases_is_not_fresh(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = freshness.freshness(str(tmp_path_factory.mktemp("empty")), datetime(2026, 10, 12, tzinfo=UTC))
    assert not found.is_fresh
    assert found.sentence() == "nothing is published yet"
