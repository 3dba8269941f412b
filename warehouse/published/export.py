"""Labs of a published edition, all or those a condition picks, to one file in the format asked for."""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import parquet
from warehouse.editions import LICENCES
from warehouse.formats import delimited, geojson, geopackage, geoparquet
from warehouse.published.verify import published_edition, published_entry
from warehouse.releases import Releases
from warehouse.schema import SCHEMA_VERSION, Lab, UserError, conform
from warehouse.storage import Storage
from warehouse.weeks import Week

FORMATS = ("csv", "geojson", "gpkg", "parquet")


class BadExport(UserError):
    """What was asked for cannot be written: one line for the user."""


def export(  # noqa: PLR0913  # one value an option of the command
    warehouse: str | Path,
    out: Path,
    *,
    edition: str = "open",
    file_format: str = "csv",
    where: str | None = None,
    week: Week | None = None,
) -> int:
    """Write the labs for which `where` holds, a condition in SQL over the columns of labs; return how many.

    The file appears whole or not at all. `where` sees the labs and nothing else: no file, no network, no setting.

    Raises: BadExport, NotPublished, ReleaseDamaged.
    """
    if file_format not in FORMATS:
        raise BadExport(f"format {file_format!r}: one of {', '.join(FORMATS)}")
    releases = Releases(Storage(warehouse))
    labs = releases.table(published_edition(releases, week, edition), "labs")
    picked = labs if where is None else _picked(labs, where)
    monday = published_entry(releases, week).snapshot_date
    temporary = out.with_name(f".part-{out.name}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _WRITERS[file_format](picked, temporary, edition, Week.of(monday))
        temporary.replace(out)
    except OSError as error:
        raise BadExport(f"{out}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return int(picked.num_rows)


def _picked(labs: pa.Table, where: str) -> pa.Table:
    if not where.strip():
        raise BadExport("--where: an empty condition; leave it out for every lab")
    reader = duckdb.connect()
    try:
        reader.register("labs", labs)
        reader.execute("SET enable_external_access = false").fetchall()
        reader.execute("SET lock_configuration = true").fetchall()
        # a relation's filter takes an expression: a second statement is a syntax error
        return conform(reader.table("labs").filter(where).order("lab_id").to_arrow_table(), Lab)
    except duckdb.Error as error:
        raise BadExport(f"--where {where!r}: {str(error).splitlines()[0]}") from error
    finally:
        reader.close()


def _csv(labs: pa.Table, path: Path, _edition: str, _week: Week) -> None:
    with path.open("wb") as file:
        delimited.write(labs, file)


def _geojson(labs: pa.Table, path: Path, _edition: str, _week: Week) -> None:
    with path.open("wb") as file:
        geojson.write(labs, file)


def _gpkg(labs: pa.Table, path: Path, _edition: str, week: Week) -> None:
    geopackage.write(labs, path, as_of=week.monday)


def _parquet(labs: pa.Table, path: Path, edition: str, week: Week) -> None:
    metadata = {
        "geo": geoparquet.geo_metadata(labs),
        "labs:edition": edition,
        "labs:iso_week": str(week),
        "labs:licence": LICENCES[edition],
        "labs:schema_version": SCHEMA_VERSION,
        "labs:table": "labs",
    }
    parquet.write(geoparquet.with_geometry(labs), path, metadata=metadata, sorted_by=1)


_WRITERS: Mapping[str, Callable[[pa.Table, Path, str, Week], None]] = {
    "csv": _csv,
    "geojson": _geojson,
    "gpkg": _gpkg,
    "parquet": _parquet,
}
