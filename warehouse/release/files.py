"""One edition to the files of its folder, and their entries in the manifest."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import parquet
from warehouse.checks import SNAPSHOT
from warehouse.editions import CONTACT_WEEKS, RELEASED, Edition
from warehouse.formats import attribution, datapackage, delimited, geojson, geopackage, geoparquet, mednum
from warehouse.manifest import content_sha256, document, file_sha256
from warehouse.schema import SCHEMA_VERSION
from warehouse.schema.manifest import ContactsFile, Manifest, Previous, ReleasedFile, ReleasedSource
from warehouse.weeks import Week

Guards = list[dict[str, str | float | None]]


@dataclass(frozen=True)
class Lineage:
    """What computed a release, and when; it stands in the manifest only."""

    generated_at: datetime
    code_revision: str
    lock_sha256: str | None


@dataclass(frozen=True)
class Occasion:
    """What a release knows of itself besides its tables."""

    week: Week
    revision: int
    previous: Previous | None
    lineage: Lineage


def write_files(folder: Path, edition: Edition, week: Week) -> list[ReleasedFile]:
    """Write every file of the edition but the manifest into the folder; return their entries, sorted by name."""
    folder.mkdir(parents=True)
    entries = [write_table(folder, name, edition.tables[name], _metadata(name, edition, week)) for name in RELEASED]
    labs = edition.tables["labs"]
    with (folder / "labs.csv").open("wb") as file:
        delimited.write(labs, file)
    with (folder / "labs.geojson").open("wb") as file:
        geojson.write(labs, file)
    geopackage.write(labs, folder / "labs.gpkg", as_of=week.monday)
    entries += [_entry(folder / name, rows=labs.num_rows) for name in ("labs.csv", "labs.geojson", "labs.gpkg")]
    with (folder / "labs_mednum.csv").open("wb") as file:
        satisfying = mednum.write(labs, file)
    entries.append(_entry(folder / "labs_mednum.csv", rows=satisfying))
    credit = attribution.text(edition.tables["sources"], week=str(week), edition=edition.name, licence=edition.licence)
    (folder / "ATTRIBUTION.md").write_text(credit, encoding="utf-8")
    entries.append(_entry(folder / "ATTRIBUTION.md"))
    entries.sort(key=lambda entry: entry.path)
    described = datapackage.package(
        entries, iso_week=str(week), edition=edition.name, licence=edition.licence, labs=RELEASED["labs"]
    )
    (folder / "datapackage.json").write_bytes(document(described))
    return sorted([*entries, _entry(folder / "datapackage.json")], key=lambda entry: entry.path)


def write_table(folder: Path, name: str, table: pa.Table, metadata: Mapping[str, str]) -> ReleasedFile:
    """Write one table of a release as Parquet, labs with their geometry, and return its entry."""
    path = folder / f"{name}.parquet"
    if name == "labs":
        metadata = {**metadata, "geo": geoparquet.geo_metadata(table)}
        table = geoparquet.with_geometry(table)
    parquet.write(table, path, metadata=metadata, sorted_by=len(RELEASED[name].key))
    return _entry(path, rows=table.num_rows, columns=table.column_names, content=content_sha256(table))


def write_contacts(folder: Path, edition: Edition, week: Week) -> ContactsFile:
    """Write the contacts of the edition, outside the folder that stays for ever; return their entry."""
    folder.mkdir(parents=True)
    path = folder / "contacts.parquet"
    parquet.write(edition.contacts, path, metadata=_metadata("contacts", edition, week), sorted_by=1)
    rows = edition.contacts.num_rows
    return ContactsFile(path="/".join(path.parts[-5:]), sha256=file_sha256(path), rows=rows, kept_weeks=CONTACT_WEEKS)


def describe(edition: Edition, files: list[ReleasedFile], occasion: Occasion, guards: Guards) -> Manifest:
    """Return the manifest of the edition, its proof still to come."""
    labs, sources = edition.tables["labs"], edition.tables["sources"]
    states = sources.to_pylist()
    feed = Counter(edition.tables["changes"]["change"].to_pylist())
    return Manifest(
        schema_version=SCHEMA_VERSION,
        as_of=occasion.week.monday,
        iso_week=str(occasion.week),
        edition=edition.name,
        licence=edition.licence,
        revision=occasion.revision,
        status="complete" if all(state["state"] == "ok" for state in states) else "partial",
        previous=occasion.previous,
        generated_at=occasion.lineage.generated_at,
        code_revision=occasion.lineage.code_revision,
        lock_sha256=occasion.lineage.lock_sha256,
        created_by=f"parquet-cpp-arrow version {pa.__version__}",
        files=files,
        counts={
            "labs": labs.num_rows,
            "without_place": labs["lat"].null_count,
            "not_mednum": labs.num_rows - next(file.rows or 0 for file in files if file.path == "labs_mednum.csv"),
            **feed,
        },
        by_country=_counted(labs["country_code"], "ZZ"),
        by_archetype=_counted(labs["archetype"], "none"),
        sources=[ReleasedSource(**{name: state[name] for name in ReleasedSource.model_fields}) for state in states],
        guards=guards,
        proof=[],
    )


def snapshot_guards(checks: pa.Table) -> Guards:
    """Return the gates that looked at the whole week, as the manifest tells them."""
    gates = checks.filter(pc.equal(checks["subject"], SNAPSHOT)).to_pylist()
    return [{name: gate[name] for name in ("name", "value", "lower", "upper", "verdict", "why")} for gate in gates]


def _entry(
    path: Path, *, rows: int | None = None, columns: list[str] | None = None, content: str | None = None
) -> ReleasedFile:
    return ReleasedFile(
        path=path.name,
        bytes=path.stat().st_size,
        sha256=file_sha256(path),
        content_sha256=content,
        rows=rows,
        columns=columns,
    )


def _metadata(table_name: str, edition: Edition, week: Week) -> dict[str, str]:
    return {
        "labs:schema_version": SCHEMA_VERSION,
        "labs:table": table_name,
        "labs:as_of": week.monday.isoformat(),
        "labs:iso_week": str(week),
        "labs:edition": edition.name,
        "labs:licence": edition.licence,
    }


def _counted(column: pa.ChunkedArray, missing: str) -> dict[str, int]:
    return {(value or missing): count for value, count in sorted(Counter(column.to_pylist()).items(), key=str)}
