"""An edition to its Frictionless Data Package: what each file is, and what each column means.

Tabular schemas are given for the CSV. The frictionless library takes every Parquet file for a table and fails on list
columns (5.21: "truth value of an array"), so each is declared a plain file, of which it checks size and digest.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from warehouse.formats import mednum
from warehouse.schema import SCHEMA_VERSION, Row
from warehouse.schema.manifest import ReleasedFile

_MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "md": "text/markdown",
}
_LICENCES = {
    "etalab-2.0": ("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
    "ODbL-1.0": ("Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}


def package(
    files: Sequence[ReleasedFile], *, iso_week: str, edition: str, licence: str, labs: type[Row]
) -> dict[str, Any]:
    """Return the descriptor; `labs` is the row of labs.csv."""
    title, path = _LICENCES[licence]
    return {
        "name": f"lab-registry-{edition}",
        "title": f"Lab registry, edition {edition}",
        "description": "Digital-fabrication labs, one row a lab, resolved from public sources.",
        "version": iso_week.lower(),
        "schema_version": SCHEMA_VERSION,
        "licenses": [{"name": licence, "title": title, "path": path}],
        "resources": [_resource(file, labs) for file in files],
    }


def _resource(file: ReleasedFile, labs: type[Row]) -> dict[str, Any]:
    ending = file.path.rpartition(".")[2]
    resource: dict[str, Any] = {
        "name": file.path.lower().replace(".", "-"),
        "path": file.path,
        "mediatype": _MEDIA[ending],
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if ending == "parquet":
        resource["type"] = "file"
    elif ending == "csv":
        resource |= {"format": "csv", "encoding": "utf-8", "profile": "tabular-data-resource"}
    if file.path == "labs_mednum.csv":
        resource["schema"] = mednum.table_schema()
    elif file.path == "labs.csv":
        resource["schema"] = {
            "fields": [_field(field) for field in labs.arrow_schema()],
            "primaryKey": list(labs.key),
            "missingValues": [""],
        }
    return resource


def _field(field: pa.Field) -> dict[str, Any]:
    kinds = ((pa.types.is_floating, "number"), (pa.types.is_integer, "integer"), (pa.types.is_date, "date"))
    kind = next((name for test, name in kinds if test(field.type)), "string")
    described = {"name": field.name, "type": kind, "description": field.metadata[b"description"].decode()}
    return described if field.nullable else described | {"constraints": {"required": True}}
