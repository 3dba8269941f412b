"""The fictional network of the sample as real servers on loopback, week by week, with validators as real ones have."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from crawlers.sample.build import exchanges
from crawlers.sample.network import SOURCES, Network
from crawlers.sample.shapes.answer import Answer
from crawlers.sample.site import Site


@dataclass
class Web:
    """What is served now, and what was asked; `week` may be set to the next one while the servers run."""

    week: str
    origins: Path
    answered: list[tuple[str, int]] = field(default_factory=list)
    """URL and status of every answer, oldest first."""
    down: set[str] = field(default_factory=set)
    """Hosts that answer 503 to all but robots.txt."""

    def answer(self, url: str) -> Answer:
        host = urlsplit(url).netloc
        if host in self.down and urlsplit(url).path != "/robots.txt":
            return Answer(b"down for maintenance", status=503)
        source = hosts(self.week).get(host)
        return (_site(source, self.week).answer(url) if source else None) or Answer(b"", status=404)


@contextmanager
def served(week: str, folder: Path) -> Iterator[Web]:
    """Serve the sample's network on loopback; its origins file is written into the folder."""
    web = Web(week, folder / "origins.json")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"https:/{self.path}"
            answer = web.answer(url)
            tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            status = 304 if answer.status == 200 and self.headers.get("If-None-Match") == tag else answer.status
            web.answered.append((url, status))
            self.send_response(status)
            for name, value in answer.all_headers().items():
                if status != 304 or not name.startswith("Content-"):
                    self.send_header(name, value)
            self.send_header("ETag", tag)
            self.end_headers()
            if status != 304:
                self.wfile.write(answer.body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    web.origins.write_text(json.dumps({host: f"http://127.0.0.1:{server.server_port}/{host}" for host in hosts(week)}))
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


@cache
def hosts(week: str) -> dict[str, str]:
    """Return the source each host of the network belongs to."""
    return {
        urlsplit(request.url).netloc: source
        for source in SOURCES
        for request, _ in exchanges(source, _site(source, week))
    }


@cache
def _site(source: str, week: str) -> Site:
    return Site(Network.read(), source, week)
