"""The index of releases and their manifests to the pages at the root of v1: `index.html` and `feed.atom`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from warehouse.report.drawing import charts
from warehouse.report.page import PAGE_STYLES, page
from warehouse.report.site.feed import feed
from warehouse.schema.manifest import EditionPointer, Index, Manifest

REPORT = "report.html"
_SHOWN = ("labs.parquet", "labs.csv", "labs.geojson", "changes.parquet")


def front_pages(index: Index, manifests: Mapping[str, Manifest], *, base_url: str | None = None) -> Mapping[str, str]:
    """Return the pages by file name; `manifests` are those of the editions, by their path from the root of v1.

    A release whose manifest is not given is listed without its files and its changes.
    """
    return {"index.html": index_page(index, manifests), "feed.atom": feed(index, manifests, base_url=base_url)}


def index_page(index: Index, manifests: Mapping[str, Manifest]) -> str:
    """Return the page of all releases, the newest first."""
    releases = []
    for entry in reversed(index.snapshots):
        last = entry.revisions[-1]
        editions = [_edition(name, last.editions[name], manifests) for name in sorted(last.editions)]
        releases.append(
            {"day": entry.snapshot_date, "week": entry.iso_week, "revision": last.revision, "editions": editions}
        )
    counts = [max(pointer.labs for pointer in entry.revisions[-1].editions.values()) for entry in index.snapshots]
    days = [entry.snapshot_date for entry in index.snapshots]
    return page(
        "index.html.j2",
        styles=PAGE_STYLES,
        releases=releases,
        trend=charts.line(list(zip(days, counts, strict=True))),
        spark=charts.sparkline(counts[-26:]),
        labs=counts[-1] if counts else 0,
        example=_example(index),
    )


def _edition(name: str, pointer: EditionPointer, manifests: Mapping[str, Manifest]) -> dict[str, Any]:
    manifest = manifests.get(pointer.path)
    files = {file.path for file in manifest.files} if manifest else set()
    folder = quote(pointer.path, safe="/=")
    return {
        "name": name,
        "labs": pointer.labs,
        "report": f"{folder}/{REPORT}" if REPORT in files else None,
        "files": [(file, f"{folder}/{file}") for file in _SHOWN if file in files],
        "manifest": f"{folder}/manifest.json",
        "status": manifest.status if manifest else None,
        "added": manifest.counts.get("added", 0) if manifest else None,
        "removed": manifest.counts.get("removed", 0) if manifest else None,
    }


def _example(index: Index) -> str:
    if not index.snapshots:
        return ""
    editions = index.snapshots[-1].revisions[-1].editions
    path = editions[sorted(editions)[0]].path
    return (
        "SELECT archetype, count(*) AS labs\n"
        f"FROM read_parquet('http://127.0.0.1:8765/{path}/labs.parquet')\n"
        "GROUP BY archetype ORDER BY labs DESC;"
    )
