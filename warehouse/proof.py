"""The finished files of an edition, opened again by another reader, to what they prove.

Everything here is read with DuckDB, which shares no code with the writer; only the digests and the replay are ours.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.editions import RELEASED
from warehouse.formats import geoparquet
from warehouse.manifest import MANIFEST, SUMS, file_sha256, table_sha256
from warehouse.release.coherence import Past, coherence
from warehouse.release.reading import number, read_columns, second_reader
from warehouse.schema.manifest import Manifest, Proof, ReleasedFile

__all__ = ["Past", "ProofFailed", "prove", "prove_table", "require_proven"]


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
                proofs += prove_table(reader, folder / file.path, file, manifest.schema_version)
            proofs += _twins(reader, folder, manifest)
            proofs += coherence(reader, folder, manifest, past)
    except (duckdb.Error, sqlite3.Error) as error:
        proofs.append(Proof(name="readable", subject=folder.name, passed=False, why=str(error)[:300]))
    return proofs


def require_proven(proofs: list[Proof]) -> None:
    """Raise ProofFailed when one of them does not hold."""
    if not all(proof.passed for proof in proofs):
        raise ProofFailed(proofs)


def prove_table(reader: duckdb.DuckDBPyConnection, path: Path, file: ReleasedFile, version: str) -> Iterator[Proof]:
    """Give what one Parquet file proves: rows, columns, values, unique key and schema version."""
    table, row = path.stem, RELEASED[path.stem]
    rows = number(reader, f"FROM {table} SELECT count(*)")
    yield Proof(name="rows", subject=file.path, passed=rows == file.rows, why=f"{rows} read, {file.rows} written")

    columns = list(reader.view(table).columns)
    # an older minor version of the schema holds the columns there were then: the first ones of today's
    declared = [*row.column_names()[: len(columns) - (table == "labs")], *([geoparquet.GEOMETRY] * (table == "labs"))]
    why = f"{len(columns)} columns" if columns == declared else f"{columns} instead of {declared}"
    yield Proof(name="columns", subject=file.path, passed=columns == declared == file.columns, why=why)

    digest = table_sha256(rows, read_columns(reader, table, columns))
    yield Proof(name="content", subject=file.path, passed=digest == file.content_sha256, why=f"SHA-256 {digest[:12]}")

    key = ", ".join(row.key)
    repeated = rows - number(reader, f"FROM (FROM {table} SELECT DISTINCT {key}) SELECT count(*)")
    yield Proof(name="unique_key", subject=file.path, passed=repeated == 0, why=f"{repeated} rows repeat a key: {key}")

    found = reader.execute(
        "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'labs:schema_version'", [str(path)]
    ).fetchall()
    said = bytes(found[0][0]).decode() if found else "none"
    yield Proof(name="schema_version", subject=file.path, passed=said == version, why=said)


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
