"""The embedded reference tables, read on first use."""

from functools import cache
from pathlib import Path

import pyarrow as pa

FOLDER = Path(__file__).parent / "tables"


class GazetteerUnavailable(Exception):
    """A reference table is missing or damaged: reinstall, or rebuild it with `python -m warehouse.gazetteer.build`."""


@cache
def read(name: str) -> pa.Table:
    """Return the table; its pages are checked against their checksums.

    Raises: GazetteerUnavailable, naming the table and the remedy.
    """
    import pyarrow.parquet as pq

    path = FOLDER / f"{name}.parquet"
    try:
        # not pq.read_table: it imports the whole of pyarrow.dataset to read one small file
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read()
    except (OSError, pa.ArrowException) as error:
        raise GazetteerUnavailable(
            f"gazetteer table {path.name} cannot be read ({type(error).__name__}): reinstall the package, or run "
            "python -m warehouse.gazetteer.build"
        ) from error
