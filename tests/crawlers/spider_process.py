"""A spider process and the loopback sites it asks, for tests."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.parquet as pq

from tests.conftest import ROOT

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True)
class Ended:
    """How a spider process ended."""

    status: int
    stderr: str
    out: Path

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "source.json").read_text("utf-8"))
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = pq.read_table(self.out / f"{table}.parquet").to_pylist()
        return found


def crawl(source: str, archive: Path, out: Path, *more: str, week: str = "2026-W42") -> Ended:
    """Run one spider as the flow does."""
    command = [sys.executable, "-m", "crawlers", source, "--week", week, "--archive", str(archive), "--out", str(out)]
    done = subprocess.run([*command, *more], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    return Ended(done.returncode, done.stderr, out)


@contextmanager
def site(answers: Mapping[str, Answer], origins_file: Path, *hosts: str) -> Iterator[list[str]]:
    """Serve answers by host and path ("host/path") on loopback, write the origins file, and yield what is asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.lstrip("/").partition("?")[0]
            asked.append(path)
            status, headers, body = answers.get(path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Connection" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    origins_file.write_text(json.dumps({host: f"{base}/{host}" for host in hosts}))
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
