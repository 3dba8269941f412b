"""One page a source: who answers as they are read, and who has changed."""

import asyncio
from pathlib import Path

import pytest
from prefect.artifacts import Artifact

from flows import canary
from flows.canary import SitesChanged, site_canary
from flows.sources.crawling import failed
from tests.crawlers.spider_process import site
from tests.crawlers.test_look import labs_of, list_page

pytestmark = pytest.mark.xdist_group("deployments")

PAGES = {
    "www.fablabs.io/labs": (200, {"Content-Type": "text/html"}, list_page(labs_of(1)).encode()),
    "gitlab.com/grouan/maplabbzh/-/raw/master/map_bzh_fablab.geojson": (
        200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>Sign in</title><p>You need to sign in.",
    ),
}  # fmt: skip


def test_the_canary_tells_a_changed_site_from_one_that_is_away_and_keeps_nothing(
    server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABS_WAREHOUSE", str(tmp_path / "data"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with (
        site(PAGES, tmp_path / "origins.json", "www.fablabs.io", "gitlab.com") as asked,
        pytest.raises(SitesChanged) as caught,
    ):
        names = ["fablabs_io", "maplabbzh", "paris"]
        asyncio.run(site_canary(sources=names, origins=str(tmp_path / "origins.json")))
    looks = {look.source: look for look in caught.value.looks}
    assert (looks["fablabs_io"].verdict, looks["fablabs_io"].listings) == ("as expected", 5)
    assert (looks["maplabbzh"].is_changed, looks["paris"].is_changed) == (True, False)
    assert looks["maplabbzh"].evidence
    assert looks["paris"].verdict == "unreachable"
    assert asked.count("www.fablabs.io/labs") == 1
    assert not (tmp_path / "data").exists()
    artifact = asyncio.run(Artifact.aget("canary"))
    assert artifact is not None
    assert '"maplabbzh"' in str(artifact.data)


@pytest.mark.parametrize(
    ("failure", "is_changed"),
    [("schema_changed", True), ("crashed", True), ("gone", True), ("timed_out", False), ("server_error", False)],
)
def test_what_may_pass_is_told_and_fails_nothing(failure: str, *, is_changed: bool) -> None:
    look = canary._look(failed("paris", failure, "as the test wants it"))
    assert (look.verdict, look.is_changed) == (failure, is_changed)
