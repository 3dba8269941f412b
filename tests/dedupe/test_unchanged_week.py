"""A week in which nothing changed gives the labs of the week before, on thousands of real listings."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedupe.tables import run


@pytest.mark.shared
def test_the_same_listings_a_week_later_are_the_same_labs(shared: Path, tmp_path: Path) -> None:
    listings = shared / "data" / "gold" / "lab_listings.parquet"
    run(listings, tmp_path / "first", week="2026-W40")
    run(listings, tmp_path / "second", week="2026-W41", previous=tmp_path / "first")
    first, second = (pq.read_table(tmp_path / week / "lab_listings.parquet") for week in ("first", "second"))
    assert second.equals(first)
