"""The published schema changes only as its version says: frozen once a version, appended within a major."""

import json
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import Field, create_model

from tests.warehouse.fabricate import NOW, W40, World
from warehouse.editions import RELEASED
from warehouse.publish import publish
from warehouse.published.verify import verify
from warehouse.releases import Releases
from warehouse.schema import SCHEMA_VERSION
from warehouse.storage import Storage

FROZEN = Path(__file__).parent / "published_schema"


def current() -> dict[str, list[list[object]]]:
    return {
        name: [[field.name, str(field.type), field.nullable] for field in row.arrow_schema()]
        for name, row in RELEASED.items()
    }


def version_of(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.stem.split("."))


def test_the_schema_is_the_one_frozen_for_its_version(is_accepting: bool) -> None:
    path = FROZEN / f"{SCHEMA_VERSION}.json"
    if is_accepting and not path.exists():  # a frozen version is never rewritten: raise the version instead
        path.write_text(json.dumps(current(), indent=1) + "\n")
    assert path.exists(), "a new version is frozen by pytest --accept, with a CHANGELOG line and a decision record"
    assert json.loads(path.read_text()) == json.loads(json.dumps(current())), (
        "the published schema differs from its frozen version: raise SCHEMA_VERSION (minor when a nullable column is "
        "appended, major for anything else)"
    )


def test_within_a_major_columns_are_only_appended_and_nullable() -> None:
    versions = sorted(FROZEN.glob("*.json"), key=version_of)
    for older, newer in pairwise(versions):
        if version_of(older)[0] != version_of(newer)[0]:
            continue
        before, after = json.loads(older.read_text()), json.loads(newer.read_text())
        for table, columns in before.items():
            assert after[table][: len(columns)] == columns, f"{table} of {newer.stem}"
            assert all(nullable for _, _, nullable in after[table][len(columns) :]), f"{table} of {newer.stem}"
        if before != after:
            assert version_of(older)[1] != version_of(newer)[1], "an appended column is a minor version"


def test_the_version_stands_in_four_places_that_agree(tmp_path: Path) -> None:
    World(W40, {"a": {}}).write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    folder = tmp_path / f"v1/snapshots/snapshot_date={W40.monday}/edition=full"
    documents = [tmp_path / f"v1/{name}.json" for name in ("index", "latest")]
    documents += [folder / f"{name}.json" for name in ("manifest", "datapackage")]
    said = {json.loads(path.read_bytes())["schema_version"] for path in documents}
    for path in folder.glob("*.parquet"):
        said.add(pq.ParquetFile(path).metadata.metadata[b"labs:schema_version"].decode())
    assert said == {SCHEMA_VERSION}
    assert f"v{SCHEMA_VERSION.split('.')[0]}" in {path.name for path in tmp_path.iterdir()}


def test_an_older_minor_version_is_read_and_proven_by_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    World(W40, {"a": {}}).write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    later = create_model("Lab", __base__=RELEASED["labs"], colour=(str | None, Field(default=None, description="X.")))
    monkeypatch.setitem(RELEASED, "labs", later)  # type: ignore[misc]  # a mapping to everybody else
    found = verify(tmp_path)
    assert found.passed, found.doubts
    releases = Releases(Storage(tmp_path))
    labs = releases.table(releases.entry(W40).revisions[0].editions["full"], "labs")  # type: ignore[union-attr]
    assert labs["colour"].to_pylist() == [None]


@pytest.mark.parametrize("name", RELEASED)
def test_a_table_holds_flat_columns_that_every_tool_reads(name: str) -> None:
    for field in RELEASED[name].arrow_schema():
        flat = str(field.type) in {"string", "double", "int64", "bool", "date32[day]", "timestamp[ms, tz=UTC]"}
        assert flat or str(field.type).startswith("list<") or name == "classifications", field
        assert field.name != "snapshot_date", "a column of the name of the hive key stops pandas and geopandas"
