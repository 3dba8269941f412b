"""The finished files of an edition, opened again by another reader, to what they prove.

Everything here is read with DuckDB, which shares no code with the writer; only the digests and the replay are ours.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.changes import UNTOLD, replay
from warehouse.editions import RELEASED
from warehouse.formats import geoparquet
from warehouse.manifest import MANIFEST, SUMS, file_sha256, table_sha256
from warehouse.release.reading import number, numbers, read_columns, second_reader
from warehouse.rulings import privacy
from warehouse.schema import SCHEMA_VERSION, Change, Lab, RegistryEntry, conform
from warehouse.schema.manifest import Manifest, Proof, ReleasedFile

_REFERENCES = (
    ("lab_listings", "lab_id", "labs", "lab_id"),
    ("labs", "lab_id", "lab_listings", "lab_id"),
    ("classifications", "lab_id", "labs", "lab_id"),
    ("labs", "lab_id", "registry", "lab_id"),
    ("changes", "lab_id", "registry", "lab_id"),
    ("id_bridge", "old_id", "registry", "lab_id"),
    ("id_bridge", "new_id", "registry", "lab_id"),
    ("lab_listings", "source", "sources", "source"),
)
"""Every value of the first column is a value of the second."""


@dataclass(frozen=True)
class Past:
    """What a proof must know of the release the feed starts from."""

    labs: pa.Table
    registry: pa.Table


class ProofFailed(Exception):
    """A finished release does not hold what it says: a bug or a bad disk, and nothing is published."""

    def __init__(self, proofs: list[Proof]) -> None:
        """Say what failed."""
        self.proofs = proofs
        failed = [proof for proof in proofs if not proof.passed]
        super().__init__("; ".join(f"{proof.name} of {proof.subject}: {proof.why}" for proof in failed))


def prove(folder: Path, manifest: Manifest, past: Past | None) -> list[Proof]:
    """Return what the files of an edition prove, against its manifest and the release its feed starts from."""
    proofs = list(_files(folder, manifest))
    if not all(proof.passed for proof in proofs):
        return proofs  # what is cut or missing is not opened
    tables = [file for file in manifest.files if file.path.endswith(".parquet")]
    try:
        with second_reader(folder, [Path(file.path).stem for file in tables]) as reader:
            for file in tables:
                proofs += prove_table(reader, folder / file.path, file)
            proofs += _twins(reader, folder, manifest)
            proofs += _references(reader)
            proofs += _identity(reader, manifest.edition)
            proofs.append(_delta(reader, past.labs if past else None))
            proofs.append(_ids_stay(reader, past.registry if past else None))
            proofs.append(_as_of(reader, manifest))
            proofs += _personal(reader)
            proofs.append(_credited(reader, folder))
    except (duckdb.Error, sqlite3.Error) as error:
        proofs.append(Proof(name="readable", subject=folder.name, passed=False, why=str(error)[:300]))
    return proofs


def require_proven(proofs: list[Proof]) -> None:
    """Raise ProofFailed when one of them does not hold."""
    if not all(proof.passed for proof in proofs):
        raise ProofFailed(proofs)


def prove_table(reader: duckdb.DuckDBPyConnection, path: Path, file: ReleasedFile) -> Iterator[Proof]:
    """Give what one Parquet file proves: rows, columns, values, unique key and schema version."""
    table, row = path.stem, RELEASED[path.stem]
    rows = number(reader, f"FROM {table} SELECT count(*)")
    yield Proof(name="rows", subject=file.path, passed=rows == file.rows, why=f"{rows} read, {file.rows} written")

    columns = list(reader.view(table).columns)
    declared = [*row.column_names(), *([geoparquet.GEOMETRY] if table == "labs" else [])]
    why = f"{len(columns)} columns" if columns == declared else f"{columns} instead of {declared}"
    yield Proof(name="columns", subject=file.path, passed=columns == declared == file.columns, why=why)

    digest = table_sha256(rows, read_columns(reader, table, columns))
    yield Proof(name="content", subject=file.path, passed=digest == file.content_sha256, why=f"SHA-256 {digest[:12]}")

    key = ", ".join(row.key)
    repeated = rows - number(reader, f"FROM (FROM {table} SELECT DISTINCT {key}) SELECT count(*)")
    yield Proof(name="unique_key", subject=file.path, passed=repeated == 0, why=f"{repeated} rows repeat a key: {key}")

    version = reader.execute(
        "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'labs:schema_version'", [str(path)]
    ).fetchall()
    said = bytes(version[0][0]).decode() if version else "none"
    yield Proof(name="schema_version", subject=file.path, passed=said == SCHEMA_VERSION, why=said)


def _files(folder: Path, manifest: Manifest) -> Iterator[Proof]:
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file():
            yield Proof(name="checksum", subject=file.path, passed=False, why="the file is missing")
            continue
        size, digest = path.stat().st_size, file_sha256(path)
        same = size == file.bytes and digest == file.sha256
        why = f"{size} bytes, SHA-256 {digest[:12]}" + ("" if same else f"; the manifest says {file.sha256[:12]}")
        yield Proof(name="checksum", subject=file.path, passed=same, why=why)
    known = {file.path for file in manifest.files} | {MANIFEST, SUMS}
    stray = sorted(path.name for path in folder.iterdir() if path.name not in known)
    yield Proof(name="no_stray_files", subject=folder.name, passed=not stray, why=", ".join(stray) or "none")


def _twins(reader: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> Iterator[Proof]:
    labs = number(reader, "FROM labs SELECT count(*)")
    size = next(file.bytes for file in manifest.files if file.path == "labs.geojson")
    limit = max(2 * size, 1 << 24)
    csv = "FROM read_csv(?, header = true, all_varchar = true, max_line_size = ?) SELECT count(*)"
    features = (
        "FROM read_json(?, format = 'unstructured', columns = {'features': 'JSON[]'}, maximum_object_size = ?) "
        "SELECT coalesce(sum(len(features)), 0)"
    )
    satisfying = next(file.rows for file in manifest.files if file.path == "labs_mednum.csv")
    for name, query, expected in (
        ("labs.csv", csv, labs),
        ("labs_mednum.csv", csv, satisfying),
        ("labs.geojson", features, labs),
    ):
        rows = number(reader, query, [str(folder / name), limit])
        yield Proof(name="rows", subject=name, passed=rows == expected, why=f"{rows} read, {expected} expected")
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'labs.gpkg'}?mode=ro&immutable=1", uri=True)) as package:
        rows = package.execute("SELECT count(*) FROM labs").fetchone()[0]
    yield Proof(name="rows", subject="labs.gpkg", passed=rows == labs, why=f"{rows} read, {labs} labs")


def _references(reader: duckdb.DuckDBPyConnection) -> Iterator[Proof]:
    counts = [
        f"(FROM {table} AS l ANTI JOIN {other} AS r ON l.{column} = r.{key} "
        f"SELECT count(*) WHERE l.{column} IS NOT NULL)"
        for table, column, other, key in _REFERENCES
    ]
    lost = numbers(reader, counts)
    for (table, column, other, key), count in zip(_REFERENCES, lost, strict=True):
        why = f"{count} values of {column} stand in no {key} of {other}"
        yield Proof(name=f"{column}_in_{other}", subject=f"{table}.parquet", passed=count == 0, why=why)


def _identity(reader: duckdb.DuckDBPyConnection, edition: str) -> Iterator[Proof]:
    chained, inactive, missing = numbers(
        reader,
        [
            "(FROM id_bridge AS a JOIN id_bridge AS b ON a.new_id = b.old_id SELECT count(*))",
            "(FROM labs SEMI JOIN registry AS r ON labs.lab_id = r.lab_id AND r.status <> 'active' SELECT count(*))",
            "(FROM registry AS r ANTI JOIN labs USING (lab_id) SELECT count(*) WHERE r.status = 'active')",
        ],
    )
    why = f"{chained} heirs are retired themselves"
    yield Proof(name="closed", subject="id_bridge.parquet", passed=chained == 0, why=why)
    why = f"{inactive} published ids are not active"
    yield Proof(name="published_is_active", subject="labs.parquet", passed=inactive == 0, why=why)
    if edition == "full":  # the open one leaves out labs that only share-alike sources list
        why = f"{missing} active ids are not published"
        yield Proof(name="active_is_published", subject="registry.parquet", passed=missing == 0, why=why)


def _delta(reader: duckdb.DuckDBPyConnection, previous_labs: pa.Table | None) -> Proof:
    told = [name for name in Lab.column_names() if name not in UNTOLD]
    before = previous_labs if previous_labs is not None else Lab.arrow_schema().empty_table()
    feed = conform(reader.view("changes").to_arrow_table(), Change)
    expected = replay(before, feed)
    digest = table_sha256(expected.num_rows, ((name, expected[name]) for name in told))
    rows = number(reader, "FROM labs SELECT count(*)")
    found = table_sha256(rows, read_columns(reader, "labs", told))
    why = f"{before.num_rows} labs and {feed.num_rows} changes give {expected.num_rows} labs"
    return Proof(name="delta", subject="changes.parquet", passed=digest == found, why=why)


def _ids_stay(reader: duckdb.DuckDBPyConnection, past: pa.Table | None) -> Proof:
    """Show that no id was lost, none was born twice, and none that was taken up again was somebody else's."""
    reader.register("past", (past if past is not None else RegistryEntry.arrow_schema().empty_table()))
    (lost,) = numbers(
        reader,
        [
            "(FROM past ANTI JOIN registry AS r ON past.lab_id = r.lab_id AND past.first_seen = r.first_seen "
            "SELECT count(*))"
        ],
    )
    why = f"{lost} ids of the release before are gone from the registry, or were given a second birth"
    return Proof(name="ids_stay", subject="registry.parquet", passed=lost == 0, why=why)


def _as_of(reader: duckdb.DuckDBPyConnection, manifest: Manifest) -> Proof:
    told = [name for name in Lab.column_names() if name not in UNTOLD]
    day = manifest.as_of.isoformat()
    reader.execute(
        f"CREATE VIEW now AS FROM history WHERE valid_from <= DATE '{day}' AND coalesce(DATE '{day}' < valid_to, true) "
        "ORDER BY lab_id"
    ).fetchall()
    one = table_sha256(0, read_columns(reader, "now", told))
    other = table_sha256(0, read_columns(reader, "labs", told))
    why = f"the labs as of {day} " + ("are" if one == other else "are not") + " those of labs.parquet"
    return Proof(name="as_of", subject="history.parquet", passed=one == other, why=why)


def _personal(reader: duckdb.DuckDBPyConnection) -> Iterator[Proof]:
    """Count e-mail addresses in what stays for ever, by a reading of the files that trusts nobody's cleaning."""
    texts = {
        "labs": [name for name, info in Lab.model_fields.items() if name not in privacy.URLS],
        "changes": ["before_json", "after_json"],
    }
    for table, names in texts.items():
        row = " || ".join(f"coalesce(\"{name}\"::VARCHAR, '')" for name in names if name != "lab_id")
        prose = f"regexp_replace({row}, 'https?://[^\\s\"]*', '', 'g')"
        found = number(reader, f"FROM {table} SELECT count(*) WHERE regexp_matches({prose}, ?)", [privacy.EMAIL])
        why = f"{found} rows hold an e-mail address"
        yield Proof(name="no_contact", subject=f"{table}.parquet", passed=found == 0, why=why)


def _credited(reader: duckdb.DuckDBPyConnection, folder: Path) -> Proof:
    used = {name for (name,) in reader.execute("FROM lab_listings SELECT DISTINCT source").fetchall()}
    text = (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")
    lost = sorted(name for name in used if f"- `{name}`:" not in text)
    why = f"without credit: {', '.join(lost)}" if lost else f"{len(used)} sources credited"
    return Proof(name="credited", subject="ATTRIBUTION.md", passed=not lost, why=why)
