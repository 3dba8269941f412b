"""An objection to the archived pages: those that are about a withdrawn listing or lab go, and their rows in `pages`.

Which they are stands in the listings, which lose it last. Whatever is killed is run again and finishes.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.lake import Lake
from warehouse.rulings import suppressions
from warehouse.rulings.suppressions import Suppression

Goes = Callable[[str, str | None, str], bool]
"""URL, SHA-256 of the body as it came and its text, to whether the page goes."""
Cut = Callable[[bytes, Goes], tuple[bytes, dict[tuple[str, str], int]]]
"""A WARC file, and which pages go, to what is left and the offset of each page in it, by request and SHA-256."""

_ARCHIVE = "archive"
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass
class Traces:
    """What tells a page that is about something withdrawn."""

    digests: set[str] = field(default_factory=set)
    """SHA-256 of the pages it was read from."""
    urls: set[str] = field(default_factory=set)
    """Addresses of those pages."""
    own: dict[str, set[str]] = field(default_factory=dict)
    """By source: what a page of it, an index, must not hold, in plain form."""
    places: set[tuple[str, str]] = field(default_factory=set)
    """What no page of any source may hold together: a name, and a street, postcode, town or web site."""

    def of(self, source: str) -> Goes:
        """Return which pages of a source go."""
        alone = [_stands_in(text) for text in sorted(self.own.get(source, ()))]
        pairs = [(_stands_in(name), _stands_in(where)) for name, where in sorted(self.places)]

        def goes(url: str, sha256: str | None, text: str) -> bool:
            if url in self.urls or sha256 in self.digests:
                return True
            read = plain(text)
            return any(is_in(read) for is_in in alone) or any(name(read) and where(read) for name, where in pairs)

        return goes


def traces(lake: Lake, objections: Sequence[Suppression]) -> Traces:
    """Return what tells the pages about what is withdrawn, from the listings and looks of every week."""
    found = Traces()
    for week in lake.weeks("listings"):
        listings = lake.read("listings", week)
        for row in listings.filter(suppressions.listings_withdrawn(listings, objections)).to_pylist():
            found.digests.update(filter(None, [row["page_sha256"]]))
            found.urls.update(filter(None, [row["url"]]))
            found.own.setdefault(row["source"], set()).update(map(plain, filter(None, [row["name"], row["url"]])))
            found.places |= {(plain(row["name"]), where) for where in _wheres(row)}
    for week in lake.weeks("site_checks"):
        checks = lake.read("site_checks", week)
        gone = suppressions.labs_withdrawn(checks["lab_id"].to_pylist(), objections)
        found.digests |= {row["page_sha256"] for row in checks.to_pylist() if row["lab_id"] in gone} - {None}
    return found


def archives_holding(lake: Lake, objections: Sequence[Suppression], cut: Cut) -> Iterator[str]:
    """Give the archive files that hold a page about what is withdrawn."""
    return (path for path, data, left, _ in _cuts(lake, objections, cut) if len(left) < len(data))


def cut_archives(lake: Lake, objections: Sequence[Suppression], cut: Cut) -> None:
    """Cut the pages about what is withdrawn from the archive, and their rows from `pages`."""
    for path, data, left, offsets in _cuts(lake, objections, cut):
        if len(left) < len(data):
            lake.storage.put(path, left)
        # of every file: an erasure may have been killed between a file and its rows
        _agree(lake, path.removeprefix(f"{_ARCHIVE}/"), offsets)


def plain(text: str) -> str:
    """Return the text as people read it, whether it is HTML, JSON or neither: for comparison only."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), html.unescape(text).replace("\\/", "/"))
    return " ".join(text.replace('\\"', '"').split()).casefold()


def _cuts(
    lake: Lake, objections: Sequence[Suppression], cut: Cut
) -> Iterator[tuple[str, bytes, bytes, dict[tuple[str, str], int]]]:
    """Give each archive file with its bytes, what is left of them, and where the pages left are."""
    found = traces(lake, objections)
    if found == Traces():
        return
    for path in lake.storage.files(_ARCHIVE):
        data = lake.storage.read(path)
        source = path.rpartition("/")[2].partition(".")[0]
        yield path, data, *cut(data, found.of(source))


def _wheres(row: dict[str, Any]) -> set[str]:
    site = re.sub(r"^https?://(www\.)?|/+$", "", row["website"] or "")
    texts = {plain(text) for text in (row["street"], row["postcode"], row["city"], site) if text}
    return texts - {""}


def _stands_in(text: str) -> Callable[[str], bool]:
    """Return what tells whether the text stands in another as words of its own."""
    words = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    return lambda read: text in read and words.search(read) is not None  # a plain search is far faster, and says no


def _agree(lake: Lake, warc_file: str, offsets: dict[tuple[str, str], int]) -> None:
    """Write the rows of an archive file as it is now: those of pages that are left, at their offsets."""
    for week in lake.weeks("pages"):
        pages = lake.read("pages", week)
        if pc.any(pc.equal(pages["warc_file"], warc_file)).as_py():
            rows = [
                row | {"warc_offset": offsets.get((row["request"], row["sha256"]))}
                if row["warc_file"] == warc_file
                else row
                for row in pages.to_pylist()
            ]
            left = pa.Table.from_pylist([row for row in rows if row["warc_offset"] is not None], schema=pages.schema)
            if not left.equals(pages):
                lake.write("pages", week, left)
