"""A week of twenty-two sources as archived pages: twenty-one frozen ones, and one with as many labs as wanted."""

from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request
from scrapy.http import Response

from crawlers.archive import WarcWriter
from crawlers.sample.network import Listed
from crawlers.sample.shapes import fablabs_io
from tests.crawlers.frozen import PAGES, Frozen, frozen_pages, read

WEEK = "2026-W42"
LARGE = "fablabs_io"
SOURCES = 22
_FETCHED = datetime(2026, 10, 12, 4, tzinfo=UTC)
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "zo",
    "bu",
    "da",
    "fe",
    "go",
)


def sources() -> list[str]:
    """Return the sources of the week, the large one first."""
    others = sorted(folder.name for folder in PAGES.iterdir() if folder.is_dir() and folder.name != LARGE)
    return [LARGE, *others[: SOURCES - 1]]


def pages(source: str, labs: int) -> Frozen:
    """Return what the source answers; the large one lists so many fictional labs."""
    if source != LARGE:
        return frozen_pages(source)
    frozen = Frozen()
    listed = [_listed(number) for number in range(labs)]
    frozen.add("https://www.fablabs.io/api/labs", fablabs_io.answer(listed).body)
    frozen.add("https://www.fablabs.io/sitemap.xml.gz", fablabs_io.sitemap(listed).body, kind="application/x-gzip")
    return frozen


def archive(folder: Path, labs: int) -> Path:
    """Write the pages of the week as a crawl would have archived them, and return the archive."""
    for source in sources():
        frozen = pages(source, labs)
        with WarcWriter(folder / f"week={WEEK}" / f"{source}.warc.gz") as warc:
            for request in read(source, frozen).asked:
                response = frozen.answer(request)
                if response is not None:
                    warc.write((request.method, request.url, request.body), _answered(request, response), _FETCHED)
    return folder


def _answered(_: Request, response: Response) -> tuple[int, dict[str, str], bytes]:
    kind = (response.headers.get("Content-Type") or b"").decode()
    return response.status, {"Content-Type": kind}, response.body


def _listed(number: int) -> Listed:
    # names unlike one another, on a lattice over France: what grows with the number is the number alone
    name = "".join(_SYLLABLES[number // 18**place % 18] for place in range(5)).title()
    row, column = divmod(number, 250)
    facts = {
        "key": str(1_000_000 + number), "name": name, "slug": name.lower(), "site": f"https://{name.lower()}.example/",
        "at": (43.0 + row * 0.03, -1.0 + column * 0.03), "about": f"{name} est ouvert à tous, avec une découpe laser.",
    }  # fmt: skip
    return Listed(LARGE, facts["key"], facts["slug"], facts)
