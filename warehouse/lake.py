"""Tables between the stages: one Parquet file a table a week, whole or not at all."""

from pathlib import Path

import pyarrow as pa

from warehouse import parquet
from warehouse.schema import SCHEMA_VERSION, TABLES, Row, SchemaMismatch, empty
from warehouse.storage import Storage
from warehouse.weeks import BadWeek, Week

_ROOT = "lake"


class Lake:
    """The stage tables of a warehouse, by table name and week."""

    def __init__(self, warehouse: str | Path | Storage, *, edition: str | None = None) -> None:
        """Open the lake of the warehouse, by its URL or storage; nothing is touched before the first write.

        Tables that differ by edition (labs, lab_listings, classifications, contacts) stand a second time under
        `lake/edition=open/`: `edition` names that part.
        """
        self.storage = warehouse if isinstance(warehouse, Storage) else Storage(warehouse)
        self._root = f"{_ROOT}/edition={edition}" if edition else _ROOT

    def require_writable(self) -> None:
        """Raise WarehouseUnusable unless the warehouse can be written."""
        self.storage.require_writable()

    def write(self, table_name: str, week: Week, table: pa.Table) -> None:
        """Write the week's table, replacing an earlier one, sorted by its key.

        Raises: SchemaMismatch, WarehouseUnusable.
        """
        row = _row(table_name)
        stored = parquet.canonical(table, row)
        metadata = {"labs:schema_version": SCHEMA_VERSION, "labs:table": table_name, "labs:iso_week": str(week)}
        with self.storage.writing(self._path(table_name, week)) as file:
            parquet.write(stored, file, metadata=metadata, sorted_by=len(row.key))

    def read(self, table_name: str, week: Week, columns: list[str] | None = None) -> pa.Table:
        """Return the week's table, or the named columns of it.

        Raises: FileNotFoundError when the week has none; SchemaMismatch when it has another schema.
        """
        row = _row(table_name)
        path = self._path(table_name, week)
        if not self.storage.exists(path):
            raise FileNotFoundError(f"lake: no table {table_name} for week {week}")
        with self.storage.open(path) as file:
            return parquet.read(file, row, columns=columns)

    def kept(self, table_name: str, week: Week) -> pa.Table:
        """Return the week's table; an empty one where the week has none, or keeps it no more.

        Raises: SchemaMismatch when it has another schema.
        """
        return self.read(table_name, week) if self.has(table_name, week) else empty(_row(table_name))

    def has(self, table_name: str, week: Week) -> bool:
        """Tell whether the week has the table."""
        _row(table_name)
        return self.storage.exists(self._path(table_name, week))

    def digest(self, table_name: str, week: Week) -> str:
        """Return the SHA-256 of the week's table as stored."""
        return self.storage.digest(self._path(table_name, week))

    def weeks(self, table_name: str) -> list[Week]:
        """Return the weeks the table is there for, oldest first."""
        _row(table_name)
        found = []
        for name in self.storage.names(f"{self._root}/{table_name}"):
            try:
                week = Week.parse(name.removeprefix("week="))
            except BadWeek:
                continue
            if self.has(table_name, week):
                found.append(week)
        return sorted(found)

    def remove(self, table_name: str, week: Week) -> None:
        """Remove the week's table; nothing when it is not there."""
        _row(table_name)
        self.storage.remove(self._path(table_name, week).rpartition("/")[0])

    def clean(self) -> list[str]:
        """Remove what a killed writer left behind; return the names. Only the one writer may call it."""
        return self.storage.clean(_ROOT)

    def _path(self, table_name: str, week: Week) -> str:
        return f"{self._root}/{table_name}/week={week}/{table_name}.parquet"


def _row(table_name: str) -> type[Row]:
    if table_name not in TABLES:
        raise SchemaMismatch(f"no table is called {table_name!r}")
    return TABLES[table_name]
