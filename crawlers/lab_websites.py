"""Home pages of labs to signals the directories lack: does it live, and what is it.

    python -m crawlers.lab_websites --labs LABS.parquet --on 2026-10-14 --out FILE.parquet
                                    [--origins FILE] [--contact URL] [--parent PROCESS]

One page a lab, robots.txt respected; `labs check-websites` says which are due. A site that gives nothing is a row with
its failure class. The pages themselves are not kept: what they show of a lab is in its row.
"""

import argparse
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from bs4 import BeautifulSoup
from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.guards.bodies.documents import html_body
from crawlers.guards.failures import CrawlFailed, printable
from crawlers.guards.robots.reservations import RESERVED
from crawlers.pages.diagnosis import of_exception
from crawlers.pages.origins import BadOrigins, read_origins
from crawlers.platforms.html_directory import json_ld
from crawlers.process.crawl import run_spider
from crawlers.process.orphan import end_with_parent
from crawlers.reading.fields import impersonal
from crawlers.reading.scope import folded, words_of_fabrication
from crawlers.reading.text import sequence
from crawlers.settings import MEBIBYTE, Run
from crawlers.source import Source
from warehouse.schema.site_check import SiteCheck

_PARKED = re.compile(
    r"domain (?:name )?(?:is |may be )?for sale|buy this domain|domaine? (?:est )?a vendre|parked (?:free|domain)|"
    r"domain steht zum verkauf|sedo domain parking|hugedomains|index of /$|default web page|plesk|under construction"
)
_LONGEST = 500


class LabWebsites(Source):
    """Home pages of labs, each asked once however many labs share it; not in the catalogue, as it lists no lab."""

    info = SourceInfo(
        name="lab_websites",
        title="Sites of the labs themselves",
        homepage="https://schema.org/Place",
        hosts=(),
        coverage="world",
        terms=facts_only(
            "LicenseRef-each-site", "each lab, by its own site", "https://schema.org/Place", date(2026, 11, 1)
        ),
        scope="the home page of each lab of the last snapshot",
        rank=9,
        cadence="monthly",
        expectations=Expectations(listings=(1, 100_000)),
        contact="https://schema.org/Place",
        contributes="facts_about_listings",
    )
    limits: ClassVar[dict[str, int]] = {"download_maxsize": 2 * MEBIBYTE, "download_timeout": 20}

    def __init__(
        self, *args: Any, websites: Mapping[str, Sequence[str]] | None = None, on: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._websites = websites or {}
        self._on = on

    def requests(self) -> Iterator[Request]:
        """Ask for each home page."""
        for website in self._websites:
            yield Request(
                website,
                callback=self.read,
                errback=self.nothing,
                dont_filter=True,
                cb_kwargs={"website": website},
                meta={"max_retry_times": 1, **self.limits},
            )

    def nothing(self, failure: Any) -> Iterator[SiteCheck]:
        """Yield the rows of a site that gave no page."""
        response = getattr(failure.value, "response", None)
        failed = of_exception(failure.value)
        status = response.status if response is not None else None
        yield from self._rows(failure.request.cb_kwargs["website"], status=status, failure=str(failed.failure))

    def read(self, response: Response, website: str) -> Iterator[SiteCheck]:
        """Yield the rows of a page."""
        about = {"final_url": response.url, "status": response.status}
        try:
            page = html_body(response)
        except CrawlFailed as failed:
            yield from self._rows(website, **about, failure=str(failed.failure))
            return
        is_reserved = bool(response.request and response.meta.get(RESERVED))
        yield from self._rows(
            website,
            **about,
            **signals(page, is_reserved=is_reserved),
            is_moved=_site(response.url) != _site(website),
            is_reserved=is_reserved,
            last_modified_on=_modified(response),
            page_sha256=response.meta.get("page_sha256") if response.request else None,
        )

    def _rows(self, website: str, **columns: Any) -> Iterator[SiteCheck]:
        for lab_id in self._websites[website]:
            yield SiteCheck(lab_id=lab_id, website=website, checked_on=self._on, **columns)


def signals(page: BeautifulSoup, *, is_reserved: bool = False) -> dict[str, Any]:
    """Return what the head of a page says. Of a page whose publisher reserves mining, no text is kept."""
    title = page.title.get_text(" ", strip=True) if page.title else ""
    meta = page.select_one('meta[name="description" i], meta[property="og:description" i]')
    description = str(meta.get("content") or "") if meta else ""
    language = str(page.html.get("lang") or "") if page.html else ""
    kinds = [str(kind) for item in json_ld(page) for kind in sequence(item.get("@type")) or [item.get("@type")] if kind]
    return {
        "is_parked": bool(_PARKED.search(folded(f"{title} {description}"))),
        "title": None if is_reserved else printable(impersonal(title), _LONGEST),
        "description": None if is_reserved else printable(impersonal(description), _LONGEST),
        "language": language[:2].lower() if re.match(r"[A-Za-z]{2}(?:[-_]|$)", language) else None,
        "kinds": kinds[:20],
        "workshop_words": words_of_fabrication(title, description),
    }


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().removeprefix("www.")


def _modified(response: Response) -> date | None:
    header = response.headers.get(b"Last-Modified")
    try:
        return parsedate_to_datetime(header.decode("latin-1")).date() if header else None
    except ValueError:
        return None


def websites_of(labs: pa.Table) -> dict[str, list[str]]:
    """Return website -> the labs that have it, of the labs that have one."""
    found: dict[str, list[str]] = defaultdict(list)
    for lab_id, website in sorted(zip(labs["lab_id"].to_pylist(), labs["website"].to_pylist(), strict=True)):
        if website:
            found[website].append(lab_id)
    return dict(found)


def main(arguments: list[str]) -> int:
    """Look at the sites and return the exit status: 0 done, as far as time allowed; 1 a bug; 2 the user's error."""
    parser = argparse.ArgumentParser(prog="python -m crawlers.lab_websites")
    parser.add_argument("--labs", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--on", required=True, type=date.fromisoformat)
    parser.add_argument("--origins", type=Path)
    parser.add_argument("--contact", default=os.environ.get("LABS_CONTACT_URL"))
    parser.add_argument("--parent", type=int)
    given = parser.parse_args(arguments)
    try:
        websites = websites_of(pq.read_table(given.labs, columns=["lab_id", "website"]))
        origins = read_origins(given.origins) if given.origins else None
        if origins is None and not given.contact:
            raise BadOrigins("sites are asked only by name: set LABS_CONTACT_URL or --contact")
    except (OSError, KeyError, pa.ArrowInvalid, BadOrigins) as error:
        print(f"crawlers.lab_websites: {error}", file=sys.stderr)  # noqa: T201 - the answer of a command
        return 2
    if given.parent is not None:
        end_with_parent(given.parent)
    pages = given.out.with_name(f".{given.out.name}.warc.gz")
    try:
        run = Run(archive_file=pages, is_replay=False, contact=given.contact, origins=origins)
        listener, _ = run_spider(LabWebsites, run, websites=websites, on=given.on)
    finally:
        pages.unlink(missing_ok=True)
    if listener.crash:
        print(f"crawlers.lab_websites: {listener.crash}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    written = given.out.with_name(f".{given.out.name}.part")
    # a run that had to stop early hands over what it saw: the sites it did not reach stay due
    pq.write_table(SiteCheck.table(listener.readings), written, compression="zstd")
    written.replace(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
