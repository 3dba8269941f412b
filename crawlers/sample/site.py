"""The fictional web of one source in one week: a request in, the answer of the server it names out."""

from collections.abc import Callable
from urllib.parse import urlsplit

from crawlers.sample.network import Network, fetched_from
from crawlers.sample.shapes import cget_2019, fablabs_io, hackerspaces_org, maplabbzh, openstreetmap, spaceapi
from crawlers.sample.shapes.answer import Answer, not_found

_ROBOTS = {"www.fablabs.io": fablabs_io.ROBOTS, "wiki.hackerspaces.org": hackerspaces_org.ROBOTS}


class Site:
    """What the servers of one source answer in one week."""

    def __init__(self, network: Network, source: str, week: str) -> None:
        self._network, self._week = network, week
        self._served = network.served(source, week)
        self._spaces = {s["endpoint"]: s for s in network.unanswered() if source == "spaceapi"}
        self._spaces |= {row.facts["endpoint"]: row.facts for row in self._served if source == "spaceapi"}

    def answer(self, url: str) -> Answer | None:
        """Return what a URL answers; None when robots.txt forbids a crawler to ask."""
        if urlsplit(url).path == "/robots.txt":
            return self._robots(urlsplit(url).netloc)
        if url in self._spaces:
            space = self._spaces[url]
            return None if space.get("answer") == "robots" else spaceapi.endpoint(space)
        parts = urlsplit(url)
        page = self._pages().get(f"{parts.netloc}{parts.path}")
        return page(url) if page else not_found()

    def _pages(self) -> dict[str, Callable[[str], Answer]]:
        """Return what stands at each host and path; the same paths are asked for in every week."""
        served, network, week = self._served, self._network, self._week
        is_last, is_timed_out = week == network.weeks[-1], network.fault("openstreetmap", week) is not None
        return {
            "www.fablabs.io/api/labs": lambda _: fablabs_io.answer(served),
            "www.fablabs.io/sitemap.xml.gz": lambda _: fablabs_io.sitemap(served),
            "wiki.hackerspaces.org/w/api.php": lambda url: hackerspaces_org.answer(url, served),
            "directory.spaceapi.io/": lambda _: spaceapi.directory(served, network.unanswered()),
            "overpass-api.de/api/interpreter": lambda _: openstreetmap.answer(
                served, fetched_from(week), is_timed_out=is_timed_out
            ),
            "gitlab.com/grouan/maplabbzh/-/raw/master/map_bzh_fablab.geojson": lambda _: maplabbzh.answer(
                served, has_later_columns=is_last
            ),
            "raw.githubusercontent.com/anct-carto/mission_coworking/master/CGET_TiersLieux_2019.csv": lambda _: (
                cget_2019.answer(served)
            ),
        }

    def _robots(self, host: str) -> Answer:
        space = next((s for url, s in self._spaces.items() if urlsplit(url).netloc == host), None)
        if space is None and host not in _ROBOTS:
            return not_found()
        if space is None:
            return Answer(_ROBOTS[host], "text/plain; charset=utf-8")
        if space.get("answer") == "robots":
            return Answer(spaceapi.ROBOTS_THAT_FORBID, "text/plain")
        # half of the small servers have no robots.txt
        return Answer(spaceapi.ROBOTS_OF_A_SPACE, "text/plain") if len(host) % 2 else not_found()
