"""Look at a URL once and write the files of a new source.

    python -m crawlers.scaffold NAME URL [--root DIR] [--origins FILE] [--contact URL]

0: written. 1: the site gave nothing to work with. 2: the user's error, nothing written.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, facts_only
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.pages.origins import BadOrigins, read_origins
from crawlers.process.crawl import run_spider
from crawlers.scaffold.files import NewSource, SourceExists, write
from crawlers.scaffold.frozen_page import frozen
from crawlers.scaffold.proposal import propose
from crawlers.settings import Run
from crawlers.source import Output, Source
from warehouse.schema.listing import SOURCE_PATTERN


class Look(Source):
    """One page, asked for as politely and safely as any other."""

    info = SourceInfo(
        name="new_source",
        title="A look at a site",
        homepage="https://www.rfc-editor.org/rfc/rfc9309",
        hosts=(),
        coverage="world",
        terms=facts_only("LicenseRef-unread", "none", "https://www.rfc-editor.org/rfc/rfc9309", date(2026, 11, 1)),
        scope="one page",
        rank=9,
        expectations=Expectations(listings=(1, 2)),
        contact="https://www.rfc-editor.org/rfc/rfc9309",
    )

    def __init__(self, *args: Any, url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._url = url
        self.seen: Response | None = None

    def requests(self) -> Iterator[Request]:
        """Ask for the page."""
        yield self.get(self._url)

    def parse(self, response: Response) -> Output:
        """Keep the page."""
        self.seen = response
        yield from ()


def main(arguments: list[str]) -> int:
    """Write the files of a new source and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m crawlers.scaffold")
    parser.add_argument("name")
    parser.add_argument("url")
    parser.add_argument("--root", type=Path, default=Path.cwd())
    parser.add_argument("--origins", type=Path)
    parser.add_argument("--contact", default=os.environ.get("LABS_CONTACT_URL"))
    given = parser.parse_args(arguments)
    try:
        origins = read_origins(given.origins) if given.origins else None
        if not re.match(SOURCE_PATTERN, given.name) or not re.match(r"https?://[^/\s]+\.[^/\s]+", given.url):
            raise ValueError(f"{given.name} {given.url}: a name of a-z, 0-9 and _, and an http(s) URL are wanted")
        if origins is None and not given.contact:
            raise ValueError("sites are asked only by name: set LABS_CONTACT_URL or --contact")
        page = _look(given.url, given.contact, origins)
        proposal = propose(page)
        if proposal.base is None:
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{proposal.platform}: no base reads it; docs/adding-a-source.md")
        source = NewSource(given.name, given.url, datetime.now(UTC).date())
        paths = write(given.root, source, proposal, frozen(page, proposal))
    except (BadOrigins, SourceExists, ValueError) as error:
        return _told(2, str(error))
    except CrawlFailed as failed:
        return _told(1, f"{given.url}: {failed.evidence}")
    print(f"{proposal.platform}: {', '.join(proposal.columns) or 'the columns of its base'}")  # noqa: T201 - the answer
    print("\n".join(str(path.relative_to(given.root)) for path in paths))  # noqa: T201 - the answer of a command
    return 0


def _look(url: str, contact: str | None, origins: dict[str, str] | None) -> Response:
    """Return the page. Raises: CrawlFailed with why it did not come."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(archive_file=Path(folder, "look.warc.gz"), is_replay=False, contact=contact, origins=origins)
        listener, _ = run_spider(Look, run, url=url)
    look = listener.spider
    if isinstance(look, Look) and look.seen is not None:
        return look.seen
    raise (look.failed if look and look.failed else CrawlFailed(Failure.EMPTY, "no answer"))


def _told(status: int, message: str) -> int:
    print(f"new-source: {message}", file=sys.stderr)  # noqa: T201 - the answer of a command
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
