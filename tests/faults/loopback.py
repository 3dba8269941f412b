"""A raw server on 127.0.0.1 that answers each request with exactly the bytes, pauses and resets a test scripts."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

PATIENCE = 20.0
"""Seconds after which a scripted reply gives up, whatever the crawler does."""


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire; `key` is host and path, as the origins map writes them."""

    method: str
    key: str
    headers: dict[str, str]
    body: bytes
    at: float


Reply = bytes | Callable[[socket.socket, Asked], None]
"""What is sent: these bytes, or what the function sends itself; the connection closes afterwards."""


@dataclass
class Loopback:
    """Serve `routes` (host and path, query included, to reply); robots.txt is 404 unless routed, all else too."""

    address: str = "127.0.0.1"
    routes: dict[str, Reply] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    fallback: Callable[[str], Reply | None] = lambda key: None

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.address, 0), backlog=128)
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open = False
        # wakes the thread that waits in accept
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()
        self._listener.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def base(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}:{self.port}"

    def origins(self, *hosts: str) -> dict[str, str]:
        """Return the origins map that leads these hosts here."""
        return {host: f"{self.base}/{host}" for host in hosts}

    def pages(self) -> list[Asked]:
        """Return what was asked for but robots.txt."""
        return [asked for asked in self.asked if not asked.key.endswith("robots.txt")]

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with contextlib.suppress(OSError), connection:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            while self._open:
                asked = _read(connection)
                if asked is None:
                    return
                self.asked.append(asked)
                reply = self.routes.get(asked.key) or self.fallback(asked.key) or http(b"not here", 404)
                if callable(reply):
                    reply(connection, asked)
                    return
                connection.sendall(reply)
                if b"\r\nconnection: close" in reply[:2000].lower():
                    return


def http(body: bytes | str, status: int = 200, **headers: str) -> bytes:
    """Return a whole response; `Content_Type` and the like name headers."""
    raw = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} x\r\n{lines}\r\n".encode() + raw


def redirect(to: str, status: int = 302) -> bytes:
    return http(b"", status, Location=to)


def then_close(*parts: bytes | float) -> Reply:
    """Send parts one after the other (a float is a pause, seconds), then close the connection."""

    def reply(connection: socket.socket, asked: Asked) -> None:
        for part in parts:
            if isinstance(part, bytes):
                connection.sendall(part)
            else:
                time.sleep(part)

    return reply


def then_reset(*parts: bytes) -> Reply:
    """Send parts, then reset the connection."""

    def reply(connection: socket.socket, asked: Asked) -> None:
        for part in parts:
            connection.sendall(part)
        linger_none = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_none)

    return reply


def hang(connection: socket.socket, asked: Asked) -> None:
    """Say nothing until the crawler goes away."""
    with contextlib.suppress(OSError):
        connection.recv(1)


def drip(head: bytes, drop: bytes, every: float) -> Reply:
    """Send a head, then one drop after the other until the crawler goes away or patience ends."""

    def reply(connection: socket.socket, asked: Asked) -> None:
        ends = time.monotonic() + PATIENCE
        connection.sendall(head)
        while time.monotonic() < ends:
            connection.sendall(drop)
            time.sleep(every)

    return reply


def endless(chunks: Iterator[bytes], limit: int) -> tuple[Reply, list[int]]:
    """Send chunks by chunked encoding until the crawler goes away or `limit` bytes; also return what was sent."""
    sent = [0]

    def reply(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(b"HTTP/1.1 200 x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            sent[0] += len(chunk)
            if sent[0] >= limit:
                break
        connection.sendall(b"0\r\n\r\n")

    return reply, sent


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ", 2)
    return Asked(method, target.lstrip("/"), headers, body, time.monotonic())
