"""A pydantic row class to its Arrow schema, and Python rows or foreign tables to tables of exactly that schema."""

import types
import typing
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

ARROW_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    # Parquet has no seconds: a declared "s" would come back as "ms" (publishing-and-safety.md 1.4)
    datetime: pa.timestamp("ms", "UTC"),
}


class SchemaMismatch(Exception):
    """A table does not have the declared schema: a bug, so the run stops."""


class Row(BaseModel):
    """One row of a table; subclasses declare columns in their published order, each with a description."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    key: ClassVar[tuple[str, ...]] = ()
    """The columns that identify a row, and the order rows are sorted in."""

    @classmethod
    def arrow_schema(cls) -> pa.Schema:
        """Return the Arrow schema: one field a column, its description as field metadata."""
        return pa.schema([_arrow_field(name, info) for name, info in cls.model_fields.items()])

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Return the column names in their published order."""
        return tuple(cls.model_fields)

    @classmethod
    def table(cls, rows: Iterable[Self]) -> pa.Table:
        """Return the rows as a table of the exact schema, sorted by `key`."""
        table = pa.Table.from_pylist([row.model_dump() for row in rows], schema=cls.arrow_schema())
        return table.sort_by([(name, "ascending") for name in cls.key]) if cls.key else table


def empty(row: type[Row]) -> pa.Table:
    """Return a table of the row's schema without rows."""
    return row.arrow_schema().empty_table()


def conform(table: pa.Table, row: type[Row]) -> pa.Table:
    """Return the table with exactly the row's columns, in order and type; absent columns become null.

    Raises: SchemaMismatch when the table has a column the row does not declare, a value that does not fit the
    declared type, or a null where the row wants a value.
    """
    schema = row.arrow_schema()
    if unknown := sorted(set(table.column_names) - set(schema.names)):
        raise SchemaMismatch(f"{row.__name__}: columns not declared: {', '.join(unknown)}")
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            column: pa.ChunkedArray | pa.Array = pa.nulls(table.num_rows, field.type)
        else:
            try:
                column = table[field.name].cast(field.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise SchemaMismatch(f"{row.__name__}.{field.name}: {error}") from error
        if not field.nullable and column.null_count:
            raise SchemaMismatch(f"{row.__name__}.{field.name}: {column.null_count} nulls in a column that has none")
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)


def _arrow_field(name: str, info: FieldInfo) -> pa.Field:
    if not info.description:
        raise SchemaMismatch(f"column {name} has no description")
    annotation, nullable = _without_none(info.annotation)
    return pa.field(name, _arrow_type(annotation), nullable=nullable, metadata={"description": info.description})


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if len(members) != 1:
            raise SchemaMismatch(f"no Arrow type for {annotation}")
        return members[0], len(members) < len(get_args(annotation))
    return annotation, False


def _arrow_type(annotation: Any) -> pa.DataType:
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return _arrow_type(get_args(annotation)[0])
    if origin is Literal:
        return pa.string()
    if origin in (list, tuple):
        member, _ = _without_none(get_args(annotation)[0])
        return pa.list_(_arrow_type(member))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pa.struct([_arrow_field(name, info) for name, info in annotation.model_fields.items()])
    if annotation in ARROW_TYPES:
        return ARROW_TYPES[annotation]
    raise SchemaMismatch(f"no Arrow type for {annotation}")
