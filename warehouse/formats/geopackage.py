"""Labs to a GeoPackage, for QGIS and others whose GDAL reads no Parquet; the same bytes for the same labs.

Lists are joined as in the CSV, since GeoPackage has none. GDAL stamps the file with the current date, which is set to
the snapshot's.
"""

import os
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.formats.delimited import LIST_SEPARATOR
from warehouse.formats.geoparquet import GEOMETRY, with_geometry

LAYER = "labs"


def write(labs: pa.Table, path: Path, *, as_of: date) -> None:
    """Write the labs as the layer `labs`, points in EPSG:4326."""
    # GDAL is loaded where it is used, and lets the program know of no proxy or plugin
    import pyogrio

    names = [name for name in labs.column_names if name not in {"lon", "lat"}]
    flat = pa.table([_flat(labs[name]) for name in names], names=names)
    table = flat.append_column(pa.field(GEOMETRY, pa.binary()), with_geometry(labs)[GEOMETRY])
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{as_of.isoformat()}T00:00:00.000Z"})
    try:
        pyogrio.write_arrow(
            table,
            os.fspath(path),
            driver="GPKG",
            layer=LAYER,
            geometry_name=GEOMETRY,
            geometry_type="Point",
            crs="EPSG:4326",
            dataset_options={"VERSION": "1.3"},
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join(column, LIST_SEPARATOR) if pa.types.is_list(column.type) else column
