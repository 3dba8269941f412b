"""network.toml to the recorded weeks: `python -m crawlers.sample.build` writes archives and the tables of README.md.

The requests are the spiders' own: each spider is led through the fictional site, page by page, as a crawl would be,
so a spider that asks something else is recorded asking something else. Same file, same bytes.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from crawlers.archive import WarcWriter
from crawlers.catalogue import spider
from crawlers.sample.network import SOURCES, Network, fetched_from
from crawlers.sample.report import README, with_tables
from crawlers.sample.shapes.answer import Answer
from crawlers.sample.site import Site

ARCHIVE = Path(__file__).with_name("archive")
_PAUSE = timedelta(seconds=2)
"""Between two requests: the delay of a polite crawl."""


def build(network: Network, archive: Path) -> list[Path]:
    """Write the WARC of every source in every week and return their paths."""
    return [_record(network, source, week, archive) for week in network.weeks for source in SOURCES]


def exchanges(source: str, site: Site) -> Iterator[tuple[Request, Answer]]:
    """Yield what a crawl of the source asks of the site and gets, robots.txt of each host before its first page."""
    waiting = list(spider(source)().requests())
    hosts: set[str] = set()
    while waiting:
        request = waiting.pop(0)
        parts = urlsplit(request.url)
        if parts.netloc not in hosts:
            hosts.add(parts.netloc)
            robots = Request(f"{parts.scheme}://{parts.netloc}/robots.txt")
            if answer := site.answer(robots.url):
                yield robots, answer
        if answer := site.answer(request.url):
            yield request, answer
            waiting += _led_to(request, answer)


def _led_to(request: Request, answer: Answer) -> list[Request]:
    """Return the requests the spider makes on an answer."""
    if answer.status != 200 or request.callback is None:
        return []
    response = _response(request, answer)
    try:
        return [found for found in request.callback(response, **request.cb_kwargs) if isinstance(found, Request)]
    except CloseSpider:
        return []  # the site is made to fail here, and a crawl ends


def _response(request: Request, answer: Answer) -> Response:
    kind = responsetypes.from_args(url=request.url, body=answer.body)
    return kind(request.url, status=answer.status, headers=answer.all_headers(), body=answer.body, request=request)


def _record(network: Network, source: str, week: str, archive: Path) -> Path:
    path = archive / f"week={week}" / f"{source}.warc.gz"
    at = fetched_from(week) + timedelta(minutes=10 * SOURCES.index(source))
    with WarcWriter(path) as warc:
        for request, answer in exchanges(source, Site(network, source, week)):
            asked = (request.method, request.url, request.body)
            warc.write(asked, (answer.status, answer.all_headers(), answer.body), at)
            at += _PAUSE
    return path


if __name__ == "__main__":
    made = build(Network.read(), ARCHIVE)
    README.write_text(with_tables(README.read_text(encoding="utf-8"), Network.read()), encoding="utf-8")
    sys.stdout.write(f"{len(made)} archives, {sum(path.stat().st_size for path in made)} bytes, in {ARCHIVE}\n")
