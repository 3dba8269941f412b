"""One edition to the pages people look at: the report and the archetypes in its folder, index and feed at the root."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.editions import Edition
from warehouse.manifest import file_sha256
from warehouse.release.material import Material
from warehouse.releases import ROOT, Releases
from warehouse.report.inputs import Measure, Publication, Quality, ReportInput
from warehouse.report.render import pages
from warehouse.report.site.front import front_pages
from warehouse.schema.manifest import Manifest, ReleasedFile
from warehouse.weeks import Week

MOST_LABS = 60_000
"""A page of more labs no browser opens in a few seconds; the release then has no report, and its manifest none."""
WEEKS_SHOWN = 53
"""A year of weeks is drawn, so that a page costs the same in the fifth year as in the first."""


def earlier(releases: Releases, week: Week, edition: str) -> list[Manifest]:
    """Return the edition's manifests of the weeks before, a year of them at most, oldest first."""
    entries = [entry for entry in releases.index().snapshots if entry.snapshot_date < week.monday]
    pointers = [entry.revisions[-1].editions.get(edition) for entry in entries[-WEEKS_SHOWN:]]
    return [releases.manifest(pointer) for pointer in pointers if pointer is not None]


def write_pages(  # noqa: PLR0913  # what a page shows comes from as many places
    folder: Path, edition: Edition, week: Week, material: Material, *, files: Sequence[ReleasedFile],
    earlier: Sequence[Manifest],
) -> list[ReleasedFile]:  # fmt: skip
    """Write the edition's pages into its folder; return all its entries, sorted by name."""
    if edition.tables["labs"].num_rows > MOST_LABS:
        return list(files)
    report = ReportInput.of(
        {**edition.tables, "checks": material.checks},
        week=week,
        edition=edition.name,
        earlier=earlier,
        files=tuple(files),
        titles=material.facts.titles,
        quality=_quality(material.facts.quality),
        publication=Publication(licence=edition.licence),
    )
    entries = list(files)
    for name, html in pages(report).items():
        path = folder / name
        path.write_text(html, encoding="utf-8")
        entries.append(ReleasedFile(path=name, bytes=path.stat().st_size, sha256=file_sha256(path)))
    return sorted(entries, key=lambda entry: entry.path)


def write_front_pages(releases: Releases) -> None:
    """Write index.html and feed.atom beside the pointer: for people, so no reader of data depends on them."""
    index = releases.index()
    pointers = [
        pointer for entry in index.snapshots[-WEEKS_SHOWN:] for pointer in entry.revisions[-1].editions.values()
    ]
    manifests = {pointer.path: releases.manifest(pointer) for pointer in pointers}
    for name, text in front_pages(index, manifests).items():
        releases.storage.put(f"{ROOT}/{name}", text.encode())


def _quality(measured: Mapping[str, Any]) -> Quality:
    archetypes, matching = measured.get("archetypes") or {}, measured.get("dedupe") or {}
    named = {
        "archetype_accuracy": archetypes.get("accuracy"),
        "archetype_macro_f1": archetypes.get("macro_f1"),
        "archetype_coverage": archetypes.get("coverage"),
        "dedupe_precision": matching.get("precision"),
        "dedupe_recall": matching.get("recall"),
        "dedupe_f1": matching.get("f1"),
    }
    on = {"archetype": f"{archetypes.get('labelled')} labs", "dedupe": f"{matching.get('pairs')} pairs"}
    measures = (
        Measure(name, value, on=on[name.partition("_")[0]]) for name, value in named.items() if value is not None
    )
    return Quality(tuple(measures), tuple((gold, said, count) for gold, said, count in archetypes.get("confusion", ())))
