"""A live week into an object store, the next one asked conditionally, and a backfill from the pages kept there."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from flows.planning.backfill_plan import Asked, plan_backfill
from flows.planning.plan import Plan, plan_week
from flows.settings import Settings
from tests.flows.directly import crawl_all, run
from tests.sample_web import served
from warehouse.storage import Storage

SOURCES = ["maplabbzh"]
PAGE = "https://gitlab.com/grouan/maplabbzh/-/raw/master/map_bzh_fablab.geojson"
NOW = datetime(2026, 10, 12, tzinfo=UTC)


def plan(warehouse: str | Path, week: str, **pages: str) -> Plan:
    return plan_week(week, warehouse=str(warehouse), now=NOW, settings=Settings(), names=SOURCES, **pages)


def parquet(warehouse: str | Path) -> dict[str, bytes]:
    storage = Storage(warehouse)
    files = [*storage.files("lake"), *storage.files("v1")]
    return {path: storage.read(path) for path in files if path.endswith(".parquet")}


def test_pages_of_a_live_week_live_in_the_object_store(bucket: str, tmp_path: Path) -> None:
    with served("2026-W40", tmp_path) as web:
        origins = str(web.origins)
        assert run(plan(bucket, "2026-W40", origins=origins)).result == "published"
        asked = len(web.answered)
        asyncio.run(crawl_all(plan(bucket, "2026-W40", origins=origins)))
        assert len(web.answered) == asked, "a week is fetched once"
        web.week = "2026-W41"
        asyncio.run(crawl_all(plan(bucket, "2026-W41", origins=origins)))
        assert (PAGE, 304) in web.answered[asked:], "what has not changed since last week is not sent again"
    archived = [f"archive/week={week}/maplabbzh.warc.gz" for week in ("2026-W40", "2026-W41")]
    assert Storage(bucket).files("archive") == archived
    folder = tmp_path / "folder"
    asked_for = Asked("2026-W40", "2026-W40", replay=Storage(bucket).below("archive"))
    again = plan_backfill(asked_for, warehouse=str(folder), now=NOW, settings=Settings())
    assert not again.missing
    assert [run(planned).result for planned in again.weeks] == ["published"]
    assert parquet(folder) == parquet(bucket)
