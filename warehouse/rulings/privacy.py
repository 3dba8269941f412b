"""The last look before files are written: no address or telephone number of a person in anything that stays.

The crawlers cut personal data where they read it. This is the second, independent line: what it finds it cuts, and the
proof of a release counts what is left.
"""

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import replaced
from warehouse.schema import Contact

CUT = "[…]"
EMAIL = r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,190}\.[A-Za-z]{2,24}"
"""An e-mail address as RE2 and DuckDB both read it."""

URLS = frozenset({"website", "links", "url"})
"""Columns where an @ is part of an address of the web."""

_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.PERSONAL_NUMBER}


def cleared(labs: pa.Table) -> pa.Table:
    """Return the labs with every e-mail address cut from text that is no URL."""
    for field in labs.schema:
        if field.name not in URLS and field.name != "lab_id":
            labs = replaced(labs, field.name, _cut(labs[field.name], field.type))
    return labs


def contacts_allowed(contacts: pa.Table) -> pa.Table:
    """Return the contacts without any row that holds a mobile: it silences the e-mail beside it too.

    Which address is a person's the crawlers judge, with the words of the page at hand. Source: data.inclusion's rule,
    publishing-and-safety.md 3.2.
    """
    rows = [row for row in contacts.to_pylist() if (row["email"] or row["phone"]) and not _is_mobile(row["phone"])]
    return Contact.table([Contact(**row) for row in rows])


def _cut(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_string(kind):
        found = pc.fill_null(pc.match_substring(column, "@"), False)
        if pc.any(found).as_py():
            return pc.if_else(found, pc.replace_substring_regex(column, EMAIL, CUT), column)
    elif pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        if not pc.any(pc.match_substring(pc.list_flatten(column), "@")).as_py():
            return column
        whole = column.combine_chunks()
        array = whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)
        values = _cut(pa.chunked_array([array.values]), pa.string()).combine_chunks()
        return pa.chunked_array([pa.ListArray.from_arrays(_offsets(array), values, type=kind)])
    return column


def _offsets(array: pa.ListArray) -> pa.Array:
    # a null offset is how from_arrays is told of a null list
    *ends, last = array.offsets.to_pylist()
    nulls = array.is_null().to_pylist()
    return pa.array([*(None if null else end for end, null in zip(ends, nulls, strict=True)), last], pa.int32())


def _is_mobile(phone: str | None) -> bool:
    if phone is None:
        return False
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return True  # no E.164 number: nobody can say that it is a landline
    return phonenumbers.number_type(number) in _MOBILE
