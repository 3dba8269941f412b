"""Home pages are looked at from the labs of the last snapshot, on loopback, and the table of the week says what."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawlers.guards.failures import CrawlFailed
from flows import website_checks
from tests.crawlers.spider_process import site
from tests.warehouse.fabricate import W41, lab_id, table
from warehouse.lake import Lake
from warehouse.schema import UserError
from warehouse.weeks import Week

DAY = date(2026, 10, 14)
HTML = {"Content-Type": "text/html"}
PAGE = b"<!DOCTYPE html><html lang='fr'><title>Atelier du Lavoir, fablab</title></html>"


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse whose last release is of W41, with four labs, one of them on a social network only."""
    monkeypatch.setattr(website_checks.publish, "published_weeks", lambda storage: [W41])
    websites = {
        "a": "https://lavoir.example/",
        "b": "https://away.example/",
        "c": None,
        "d": "https://www.facebook.com/d",
    }
    rows = [{"lab_id": lab_id(name), "name": name, "website": website} for name, website in websites.items()]
    for lake in (Lake(tmp_path / "data"), Lake(tmp_path / "data", edition="open")):
        lake.write("labs", W41, table("labs", rows))
    return tmp_path / "data"


def test_a_slice_is_asked_stored_and_not_asked_again_this_month(warehouse: Path, tmp_path: Path) -> None:
    origins = tmp_path / "origins.json"
    with site({"lavoir.example/": (200, HTML, PAGE)}, origins, "lavoir.example", "www.facebook.com") as asked:
        seen = asyncio.run(website_checks.look(DAY, origins=str(origins), warehouse=str(warehouse)))
        assert (seen.week, seen.asked, seen.answered, seen.waiting) == ("2026-W42", 2, 1, 0)
        again = asyncio.run(website_checks.look(DAY, origins=str(origins), warehouse=str(warehouse)))
    assert again.asked == 0
    assert asked == ["lavoir.example/robots.txt", "lavoir.example/"]
    rows = {row["lab_id"]: row for row in Lake(warehouse).read("site_checks", Week(2026, 42)).to_pylist()}
    assert sorted(rows) == sorted([lab_id("a"), lab_id("b")])
    assert (rows[lab_id("a")]["language"], rows[lab_id("a")]["workshop_words"]) == ("fr", ["fablab"])
    assert rows[lab_id("b")]["failure"] == "unreachable"
    assert not list(warehouse.rglob("*.warc.gz"))


def test_nothing_published_no_contact_and_a_broken_spider_are_one_line_and_write_nothing(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABS_CONTACT_URL", raising=False)
    with pytest.raises(UserError, match="LABS_CONTACT_URL"):
        asyncio.run(website_checks.look(DAY, warehouse=str(warehouse)))
    with pytest.raises(UserError, match="no labs are published up to 2026-W40"):
        asyncio.run(website_checks.look(DAY - timedelta(weeks=2), warehouse=str(warehouse)))
    (tmp_path / "origins.json").write_text("{}")
    monkeypatch.setattr(website_checks.sys, "executable", "/bin/false")
    with pytest.raises(CrawlFailed, match="crashed"):
        asyncio.run(website_checks.look(DAY, origins=str(tmp_path / "origins.json"), warehouse=str(warehouse)))
    assert Lake(warehouse).weeks("site_checks") == []
