"""A table to CSV that a spreadsheet opens without running anything in it.

UTF-8, comma, LF, header line; a list is joined with ` | `; null is empty. Text that a spreadsheet would take for a
formula is prefixed with an apostrophe (CWE-1236); a phone number in E.164 is left alone. Parquet stays raw.
"""

from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

LIST_SEPARATOR = " | "

_FORMULA = r"^[\s\x00-\x20]*[=+\-@\t\r＝＋－＠]"
"""What Excel, LibreOffice and Sheets start a formula with, full-width forms and leading blanks included."""
_PHONE = r"^\+[0-9]{6,15}$"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def write(table: pa.Table, sink: IO[bytes]) -> None:
    """Write the table, a column of text or lists guarded, the others as they are."""
    plain = pa.table([_text(column) for column in table.columns], names=table.column_names)
    pa_csv.write_csv(plain, sink, pa_csv.WriteOptions(include_header=True, quoting_style="needed"))


def _text(column: pa.ChunkedArray) -> Any:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column, LIST_SEPARATOR)
    if not pa.types.is_string(column.type):
        return column.cast(pa.string()) if pa.types.is_date(column.type) else column
    column = pc.replace_substring_regex(column, _CONTROL, "")
    risky = pc.and_not(pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _PHONE))
    return pc.if_else(pc.fill_null(risky, False), pc.binary_join_element_wise("'", column, ""), column)
