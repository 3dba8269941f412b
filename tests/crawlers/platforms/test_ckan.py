"""CKAN: success is asked as well as the status, and a datastore is paged to its end."""

from typing import Any

from crawlers.guards.failures import Failure
from crawlers.platforms.ckan import CkanPortal
from tests.crawlers.frozen import Frozen, read
from tests.crawlers.platforms.declared import declared


class Portal(CkanPortal):
    info = declared("a_portal")
    portal = "https://ckan.example"
    search = "fablab"


def ckan(frozen: Frozen, action: str, query: str, result: Any, *, success: bool = True) -> None:
    frozen.add(
        f"https://ckan.example/api/3/action/{action}?{query}", {"help": "", "success": success, "result": result}
    )


def test_a_portal_is_searched_and_a_datastore_paged_to_its_end(frozen: Frozen) -> None:
    packages = [
        {"name": "fablabs", "resources": [{"id": "r1", "format": "PDF"}, {"id": "r2", "datastore_active": True}]},
        {"name": "fablabs-csv", "resources": [{"id": "r3", "format": "CSV", "url": "https://ckan.example/x.csv"}]},
        {"name": "fablabs-pdf", "resources": [{"id": "r4", "format": "PDF"}]},
    ]
    ckan(frozen, "package_search", "q=fablab&rows=100&start=0", {"count": 3, "results": packages})
    store = "resource_id=r2&limit=1000&offset="
    ckan(frozen, "datastore_search", f"{store}0", {"records": [{"_id": 1, "nom": "A", "ville": "Die"}], "total": 9})
    ckan(frozen, "datastore_search", f"{store}1", {"records": [], "total": 9})
    frozen.add("https://ckan.example/x.csv", "nom,ville\nB,Die\n", kind="text/csv")
    found = read(Portal, frozen)
    assert sorted(row.name for row in found.harvest.listings) == ["A", "B"]
    assert list(found.spider.unread.entries) == [Failure.SCHEMA_CHANGED]


def test_an_action_without_success_is_a_failure_whatever_its_status(frozen: Frozen) -> None:
    ckan(frozen, "package_search", "q=fablab&rows=100&start=0", {}, success=False)
    found = read(Portal, frozen)
    assert found.spider.failed is not None
    assert found.spider.failed.failure == Failure.ERROR_PAGE
