"""The fictional web of one source in one week: a request in, the answer of the server it names out."""

from urllib.parse import urlsplit

from crawlers.sample.network import Network, fetched_from
from crawlers.sample.shapes import cget_2019, fablabs_io, hackerspaces_org, maplabbzh, openstreetmap, spaceapi
from crawlers.sample.shapes.answer import Answer, not_found

_ROBOTS = {"www.fablabs.io": fablabs_io.ROBOTS, "wiki.hackerspaces.org": hackerspaces_org.ROBOTS}


class Site:
    """What the servers of one source answer in one week."""

    def __init__(self, network: Network, source: str, week: str) -> None:
        self._network, self._source, self._week = network, source, week
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
        return self._page(url)

    def _page(self, url: str) -> Answer:
        match self._source:
            case "fablabs_io":
                return fablabs_io.answer(self._served)
            case "hackerspaces_org":
                return hackerspaces_org.answer(url, self._served)
            case "spaceapi":
                spaces = [row for row in self._served if row.source == "spaceapi"]
                return spaceapi.directory(spaces, self._network.unanswered())
            case "openstreetmap":
                fault = self._network.fault("openstreetmap", self._week)
                return openstreetmap.answer(self._served, fetched_from(self._week), is_timed_out=fault is not None)
            case "maplabbzh":
                is_last = self._week == self._network.weeks[-1]
                return maplabbzh.answer(self._served, has_later_columns=is_last)
            case "cget_2019":
                return cget_2019.answer(self._served)
        raise ValueError(f"no shape for the source {self._source!r}: write one in crawlers/sample/shapes/")

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
