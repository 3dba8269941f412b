"""A synthetic directory as fast as one core serves it: page N holds labs and the number of the page that follows."""

import asyncio
import json
import sys

CHAINS = 32
"""Pages that lead to the next at the same time, so that the crawler always has something to ask for."""
LABS_A_PAGE = 5


def page(number: int, pages: int) -> bytes:
    """Return the response of a page, about 3 kB."""
    labs = [
        {
            "id": number * LABS_A_PAGE + place,
            "name": f"Atelier Fictif {number}-{place}",
            "description": "Un atelier ouvert à tous : imprimantes 3D, découpe laser, couture. " * 5,
            "lat": 48.1,
            "lon": -1.6,
            "email": "contact@atelier-fictif.fr",
        }
        for place in range(LABS_A_PAGE)
    ]
    following = [f"/page/{number + CHAINS}"] if number + CHAINS < pages else []
    body = json.dumps({"labs": labs, "next": following}, ensure_ascii=False).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Protocol(asyncio.Protocol):
    pages = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, self.data = self.data.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].rpartition(b"/")[2]
            missing = b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(page(int(target), self.pages) if target.isdigit() else missing)  # type: ignore[attr-defined]


async def _serve(pages: int) -> None:
    _Protocol.pages = pages
    server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
