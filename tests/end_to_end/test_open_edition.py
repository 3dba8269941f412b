"""The open edition of the sample, byte for byte the same when no ODbL source ever answered."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from flows import stages
from flows.planning.plan import Plan, catalogue
from warehouse.changes import Snapshot
from warehouse.editions import LicenceUnknown
from warehouse.lake import Lake
from warehouse.release.files import write_files
from warehouse.release.tables import assemble, from_lake
from warehouse.releases import Releases
from warehouse.rulings import Rulings
from warehouse.schema import TABLES
from warehouse.storage import Storage
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("sample")

FIRST, *LATER = (Week.parse(f"2026-W{number}") for number in (40, 41, 42))
SHARE_ALIKE = [name for name, source in catalogue().items() if source.terms.layer == "share_alike"]
READ = ("pages", "rejections", "unanswered", "listings", "sources", "checks", "geocoder_answers")
"""What stands in the lake once the sources have answered; all else is computed of it."""


def plan(warehouse: Path, week: Week) -> Plan:
    return Plan(
        week, str(warehouse), (), str(warehouse / "archive"), is_replay=True, origins=None,
        now=datetime(2026, 10, 13, tzinfo=UTC), contact_url=None, crawl_limit_s=60, crawls_at_once=1,
    )  # fmt: skip


def without(table: pa.Table, sources: list[str]) -> pa.Table:
    name = "subject" if "subject" in table.column_names else "source"
    if name not in table.column_names:
        return table
    return table.filter(pc.invert(pc.is_in(table[name], value_set=pa.array(sources, pa.string()))))


def published_again(sample: Path, warehouse: Path, gone: list[str]) -> Path:
    """Publish the sample's weeks from what its sources answered; the first with all of them, then without some."""
    later = [f"week={week}" for week in LATER]
    shutil.copytree(sample / "lake", warehouse / "lake", ignore=shutil.ignore_patterns(*later))
    stages.publish_week(plan(warehouse, FIRST))
    for week in LATER:
        for name in READ:
            if Lake(sample).has(name, week):
                Lake(warehouse).write(name, week, without(Lake(sample).read(name, week), gone))
        for stage in ("locate", "resolve", "classify", "fuse", "check"):
            stages.STAGES[stage](plan(warehouse, week))
        stages.publish_week(plan(warehouse, week))
    return warehouse


def open_edition(warehouse: Path) -> dict[str, bytes]:
    storage = Storage(warehouse)
    return {name: storage.read(name) for name in storage.files("v1") if "edition=open" in name}


def with_ids_of(warehouse: Path, other: Path, folder: Path) -> dict[str, bytes]:
    """Return the files of the last open edition, made of a warehouse's tables and the id registry of another."""
    week, issued, releases = LATER[-1], Lake(other), Releases(Storage(other))
    tables = {**from_lake(Lake(warehouse), week)["open"],
              **{name: issued.read(name, week) for name in ("registry", "id_bridge")}}  # fmt: skip
    before = releases.entry(LATER[-2])
    assert before is not None
    names = ("labs", "lab_listings", "registry", "id_bridge", "sources", "history")
    past = Snapshot(**{name: releases.table(before.revisions[-1].editions["open"], name) for name in names})
    write_files(folder, assemble("open", tables, week, past, Rulings()), week)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_without_its_share_alike_sources_the_open_edition_is_the_same_byte_for_byte(
    sample: Path, tmp_path: Path
) -> None:
    assert "openstreetmap" in SHARE_ALIKE
    whole, left = (published_again(sample, tmp_path / str(len(gone)), gone) for gone in ([], SHARE_ALIKE))
    full = [Lake(warehouse).read("labs", LATER[-1]).num_rows for warehouse in (whole, left)]
    assert full[0] > full[1], "the full edition loses labs only they list"
    one, other = open_edition(whole), open_edition(left)
    assert one.keys() == other.keys()
    # the registry names every id ever issued, of every source; it, and what tells its digest, is all that may differ
    differing = {name.rpartition("/")[2] for name in one if one[name] != other[name]}
    assert differing <= {"registry.parquet", "id_bridge.parquet", "SHA256SUMS", "datapackage.json", "manifest.json",
                         "report.html"}  # fmt: skip
    same_ids = [with_ids_of(warehouse, whole, tmp_path / f"files-{warehouse.name}") for warehouse in (whole, left)]
    assert same_ids[0] == same_ids[1]
    assert len(same_ids[0]) == 14
    assert [name for name in one if b"openstreetmap" in one[name].lower() and not name.endswith(".parquet")] == []


def test_a_source_whose_licence_is_not_known_stops_the_week(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "w")
    lake, week = Lake(tmp_path / "w"), LATER[-1]
    rows = lake.read("sources", week).to_pylist()
    for row in rows:
        row["licence"] = "Frobnicate-1.0" if row["source"] == "maplabbzh" else row["licence"]
    lake.write("sources", week, pa.Table.from_pylist(rows, schema=TABLES["sources"].arrow_schema()))
    pointer = (tmp_path / "w/v1/latest.json").read_bytes()
    for stage in ("classify", "fuse"):
        stages.STAGES[stage](plan(tmp_path / "w", week))
    with pytest.raises(LicenceUnknown, match="maplabbzh"):
        stages.publish_week(plan(tmp_path / "w", week))
    assert (tmp_path / "w/v1/latest.json").read_bytes() == pointer
