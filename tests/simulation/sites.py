"""The hosts of the simulated sources on loopback, in one week at a time, with what goes wrong in it."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from crawlers.sample.network import Facts, Listed
from crawlers.sample.shapes.answer import Answer, not_found
from tests.simulation.incidents import Script
from tests.simulation.shapes import HOSTS, answer, listed, own_key
from tests.simulation.world import World

_ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Erreur</title></head><body><h1>Une erreur est survenue</h1></body>\n"
)
_FORBIDDEN = b"User-agent: *\nDisallow: /\n"
_BANNER = "Nous utilisons des cookies pour améliorer votre expérience. Acceptez-vous notre politique?"
_CUT_TO = 0.7
"""So much of its listings a source gives whose answer is cut short by 30 %."""
_DRIP_S = 0.5


class Sites:
    """What the hosts answer, in the week they are set to."""

    def __init__(self, world: World, script: Script) -> None:
        self._world, self._script = world, script
        self.week = 0

    def incident(self, source: str) -> str | None:
        """Return the kind of what goes wrong with a source."""
        found = self._script.of(source, self.week)
        return found.kind if found else None

    def answer(self, source: str, url: str) -> Answer:
        """Return what a source answers."""
        incident = self.incident(source)
        if urlsplit(url).path == "/robots.txt":
            return Answer(_FORBIDDEN, "text/plain") if incident == "forbids" else not_found()
        match incident:
            case "down":
                return Answer(b"Service Unavailable\n", "text/plain", status=503)
            case "error_page":
                return Answer(_ERROR_PAGE)
        return answer(source, url, self._told(source, incident))

    def _told(self, source: str, incident: str | None) -> list[Listed]:
        rows = self._world.listings(source, self.week)
        match incident:
            case "shrinks":
                return rows[: int(len(rows) * _CUT_TO)]
            case "loses_websites":
                return [
                    _saying(row, {name: said for name, said in row.facts.items() if name != "site"}) for row in rows
                ]
            case "says_the_same":
                return [_saying(row, row.facts | {"about": _BANNER}) for row in rows]
            case "answers_for_others":
                others = self._world.strangers(len(rows))
                told = [listed(source, facts, _stranger_key(source, facts)) for facts in others]
                return [Listed(source, own_key(source, facts), None, facts) for facts in told]
        return rows


def _saying(row: Listed, facts: Facts) -> Listed:
    return Listed(row.source, row.source_key, row.lab, facts)


def _stranger_key(source: str, facts: Facts) -> str:
    if source == "hackerspaces_org":
        return str(facts["name"])
    return f"node/{facts['number']}" if source == "openstreetmap" else str(facts["number"])


@contextmanager
def served(sites: Sites, folder: Path) -> Iterator[Path]:
    """Serve the sites on loopback while the block runs; yield the origins file."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sites": sites}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    origins = folder / "origins.json"
    origins.write_text(json.dumps({host: f"{base}/{host}" for host in HOSTS.values()}), "utf-8")
    try:
        yield origins
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    sites: ClassVar[Sites]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name the base class calls
        host, _, path = self.path.lstrip("/").partition("/")
        source = next(source for source, known in HOSTS.items() if known == host)
        incident = self.sites.incident(source)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if incident == "hangs_up":
            self.close_connection = True
            return
        told = self.sites.answer(source, f"https://{host}/{path}")
        tag = f'"{hashlib.sha256(told.body).hexdigest()[:16]}"'
        is_known = told.status == 200 and self.headers.get("If-None-Match") == tag
        # what comes slowly or in part comes so whether it changed or not
        if is_known and incident not in ("slow", "truncated"):
            self._begin(304, {"ETag": tag})
            return
        self._begin(told.status, dict(told.all_headers()) | {"ETag": tag})
        is_data = not path.endswith("robots.txt")
        if incident == "truncated" and is_data:
            self.wfile.write(told.body[: len(told.body) // 2])
            self.close_connection = True
        elif incident == "slow" and is_data:
            self._drip(told.body)
        else:
            self.wfile.write(told.body)

    do_POST = do_GET

    def _begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _drip(self, body: bytes) -> None:
        self.close_connection = True
        for place in range(len(body)):
            try:
                self.wfile.write(body[place : place + 1])
                self.wfile.flush()
            except OSError:
                return  # whoever waited has gone
            time.sleep(_DRIP_S)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
