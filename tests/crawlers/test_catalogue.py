"""The catalogue knows every source without loading Scrapy's reactor, and its documents are never stale."""

import json
import subprocess
import sys

import pytest

from crawlers.catalogue import UnknownSource, rows, sources, spider, table
from crawlers.declaration import SourceInfo
from crawlers.source_docs import document
from tests.conftest import ROOT

SOURCES = sources()


def test_there_are_at_least_22_sources_the_most_trusted_first() -> None:
    assert len(SOURCES) >= 22
    assert [info.rank for info in SOURCES] == sorted(info.rank for info in SOURCES)
    assert len({info.name for info in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("info", SOURCES, ids=lambda info: info.name)
def test_a_source_declares_what_the_registry_needs_to_know(info: SourceInfo) -> None:
    assert spider(info.name).info is info
    assert info.hosts
    assert info.scope
    assert info.terms.attribution
    for address in (info.homepage, info.terms.terms_url, info.contact):
        assert address.startswith("https://")
    fewest, most = info.expectations.listings
    assert 0 < fewest < most
    assert info.terms.layer in ("open", "share_alike", "facts")
    if info.terms.licence.startswith(("LicenseRef", "ODbL")) or "-SA-" in info.terms.licence:
        assert info.terms.layer != "open"


@pytest.mark.parametrize("info", SOURCES, ids=lambda info: info.name)
def test_the_first_requests_go_to_declared_hosts_over_https(info: SourceInfo) -> None:
    first = list(spider(info.name)().requests())
    assert first
    for request in first:
        assert request.url.startswith("https://")
        assert request.url.split("/")[2] in info.hosts


def test_spider_files_stay_short() -> None:
    """Code lines of a source's file; its declaration is data."""
    for info in SOURCES:
        lines = (ROOT / "crawlers" / "spiders" / f"{info.name}.py").read_text("utf-8").splitlines()
        assert len(lines) <= 140, info.name


@pytest.mark.parametrize("name", ["nowhere", "../etc", "", "x" * 60, "os"])
def test_an_unknown_source_is_told_in_one_line(name: str) -> None:
    with pytest.raises(UnknownSource) as caught:
        spider(name)
    assert "labs sources lists them" in str(caught.value)


def test_rows_are_json_and_the_table_has_a_line_a_source() -> None:
    told = json.loads(json.dumps(rows()))
    assert [row["name"] for row in told] == [info.name for info in SOURCES]
    assert {"licence", "licence_layer", "scope", "expected_listings", "hosts", "terms_checked_on"} <= set(told[0])
    assert len(table().splitlines()) == len(SOURCES) + 1


def test_docs_sources_md_is_what_the_declarations_say(is_accepting: bool) -> None:
    path = ROOT / "docs" / "sources.md"
    if is_accepting:
        path.write_text(document(), "utf-8")
    assert path.read_text("utf-8") == document(), "stale: pytest tests/crawlers/test_catalogue.py --accept"


def test_importing_the_catalogue_loads_neither_scrapy_nor_a_reactor() -> None:
    code = (
        "import sys, crawlers.catalogue as c; assert 'scrapy' not in sys.modules; c.sources(); "
        "assert 'twisted.internet.reactor' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
