"""Web pages, e-mail addresses and phone numbers to comparison keys; values that can belong to nobody are missing."""

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text
from dedupe.keys.text import Coded
from dedupe.keys.vocabulary import FREE_MAIL, GENERIC_MAILBOX, HOSTERS, PLATFORMS

_PLATFORM_HOSTS = pa.array(sorted(set(PLATFORMS.split("|"))))

_PAGE = (
    r"^(?:[a-z]+:/*)?(?:[^/@]*@)?(?:www[0-9]?\.)?(?P<host>[LETTERS0-9-]+(?:\.[LETTERS0-9-]+)+)(?::[0-9]+)?"
    r"/*(?P<path>(?:[^/?#]+(?:/+[^/?#]+)?)?)"
)
"""A web address: scheme, user, www, host, port, and the first two parts of the path."""


def pages(listings: pa.Table) -> tuple[Coded, Coded, Coded]:
    """Return the record's web site, its own page at its source and the first other page it names, one notation each."""
    first_link = _first(listings["links"].combine_chunks())
    own = pc.coalesce(
        listings["url"], pc.if_else(pc.starts_with(listings["source_key"], "http"), listings["source_key"], None)
    )
    return tuple(text.encode(column).map(page_key) for column in (listings["website"], own, first_link))  # type: ignore[return-value]


def _first(lists: pa.Array) -> pa.Array:
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    result = np.full(len(lists), None, dtype=object)
    rows = np.flatnonzero(lengths)
    if len(rows):
        result[rows] = pc.list_element(lists.take(pa.array(rows)), 0).to_pylist()
    return pa.array(result.tolist(), pa.string())


def page_key(values: pa.Array) -> pa.Array:
    """Return the host without www; on a platform the host and the first two parts of the path; null where no page."""
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(values, 0, text.MAX_CHARACTERS)))
    # the letters of every script cost five times the time of ASCII alone
    is_ascii = pc.string_is_ascii(lower)
    parts = [
        pc.extract_regex(pc.if_else(own, lower, None), _PAGE.replace("LETTERS", letters))
        for own, letters in ((is_ascii, "a-z"), (pc.invert(is_ascii), r"\pL"))
    ]
    host, path = (pc.coalesce(*(pc.struct_field(part, name) for part in parts)) for name in ("host", "path"))
    is_platform = pc.is_in(host, _PLATFORM_HOSTS)
    path = pc.replace_substring_regex(path, r"^(?:pages|groups|people|labs|wiki|user|channel|c|in|company)/+", "")
    path = pc.replace_substring_regex(path, r"/.*$", "")
    on_platform = pc.if_else(pc.equal(path, ""), None, pc.binary_join_element_wise(host, path, "/"))
    return pc.if_else(is_platform, on_platform, host)


def handles(site: Coded, of_mail: Coded) -> Coded:
    """Return what the record calls itself in its web address, else in its mail address: letters and digits only."""
    of_site = site.map(_site_handle)
    values = pa.concat_arrays([of_site.values.cast(pa.string()), of_mail.values.cast(pa.string())])
    shifted = np.where(of_mail.codes >= 0, of_mail.codes + len(of_site.values), text.MISSING)
    codes = np.where(of_site.codes >= 0, of_site.codes, shifted).astype(np.int32)
    return Coded(codes, values).told(values)


def _site_handle(values: pa.Array) -> pa.Array:
    has_path = pc.match_substring(values, "/")
    path = pc.replace_substring_regex(values, r"^[^/]*/", "")
    host = pc.replace_substring_regex(values, rf"\.(?:{HOSTERS})$", "")
    return _letters(pc.if_else(has_path, path, host))


def _letters(values: pa.Array) -> pa.Array:
    """Return letters and digits alone; null where fewer than four are left."""
    letters = pc.replace_substring(text.fold(values), " ", "")
    return pc.if_else(pc.greater(pc.utf8_length(letters), 3), letters, None)


def emails(column: pa.ChunkedArray) -> tuple[Coded, Coded, Coded]:
    """Return the addresses that can belong to one lab, their hosts but free-mail hosts, and what they call the lab."""
    coded = text.encode(column)
    lower = pc.utf8_lower(pc.utf8_slice_codeunits(coded.values, 0, text.MAX_CHARACTERS))
    parts = pc.extract_regex(lower, r"(?P<box>[a-z0-9._%+'-]+)@(?:www\.)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)")
    box, host = pc.struct_field(parts, "box"), pc.struct_field(parts, "host")
    is_free = pc.match_substring_regex(host, rf"^(?:{FREE_MAIL})\.[a-z.]+$").fill_null(False)
    is_nobody = pc.and_(is_free, pc.match_substring_regex(box, rf"^(?:{GENERIC_MAILBOX})$"))
    address = pc.if_else(is_nobody, None, pc.binary_join_element_wise(box, host, "@"))
    of_host = pc.replace_substring_regex(host, rf"\.(?:{HOSTERS})$", "")
    called = _letters(pc.if_else(is_nobody, None, pc.if_else(is_free, box, of_host)))
    return coded.told(address), coded.told(pc.if_else(is_free, None, host)), coded.told(called)


def phones(column: pa.ChunkedArray, country: pa.ChunkedArray) -> Coded:
    """Return the significant digits, the country's calling code and trunk zeros removed; null where not a number."""
    calling = {
        region: str(code) for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() for region in regions
    }
    codes = text.encode(country)
    prefixes = pa.array([calling.get(value, "") for value in codes.values.to_pylist()], pa.string())
    prefix = (
        prefixes.take(pa.array(codes.codes, mask=codes.codes < 0))
        if len(prefixes)
        else pa.nulls(len(column), pa.string())
    )
    raw = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    raw = pc.utf8_slice_codeunits(raw, 0, 40)
    raw = pc.replace_substring_regex(raw, r"\(0\)|(?i:ext|poste|[;/,]).*$", "")
    is_international = pc.match_substring_regex(raw, r"^\s*(?:\+|00)").fill_null(False)
    digits = pc.utf8_ltrim(pc.replace_substring_regex(raw, r"[^0-9]+", ""), "0")
    national = pc.utf8_ltrim(_without_prefix(digits, prefix, is_international), "0")
    length = pc.utf8_length(national)
    same_digit = pc.match_substring_regex(national, r"^(?:1+|2+|3+|4+|5+|6+|7+|8+|9+|123456789?0?)$")
    usable = pc.and_(pc.greater_equal(length, 6), pc.invert(same_digit)).fill_null(False)
    return text.encode(pc.if_else(usable, pc.utf8_slice_codeunits(national, -9, None), None))


def _without_prefix(digits: pa.Array, prefix: pa.Array, is_international: pa.Array) -> pa.Array:
    """Return the digits without the country's calling code, where the number is written in international form."""
    result = digits
    for size in (1, 2, 3):
        start, rest = pc.utf8_slice_codeunits(digits, 0, size), pc.utf8_slice_codeunits(digits, size, None)
        matches = pc.and_(pc.and_(is_international, pc.equal(pc.utf8_length(prefix), size)), pc.equal(start, prefix))
        result = pc.if_else(matches.fill_null(False), rest, result)
    return result
