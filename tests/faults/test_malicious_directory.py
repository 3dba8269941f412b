"""A SpaceAPI directory anybody may add to, with every entry an attack: nothing private, no memory, no time is lost."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crawlers.guards.failures import Failure
from crawlers.spiders.spaceapi import MOST_ENTRIES
from tests.crawlers.guards.addresses.spellings import LOOPBACK, PRIVATE
from tests.faults.conftest import CrawlOnce, assert_failed
from tests.faults.loopback import Loopback, Reply, drip, endless, hang, http, redirect, then_close
from tests.faults.process import Ended, Web

PUBLIC = "127.0.0.2"
CANARY = "Jeanne Canari"
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def space(name: str, **more: Any) -> bytes:
    """Return a good endpoint, with the people in it that must never leave the parser."""
    return http(
        json.dumps(
            {
                "api_compatibility": ["14"],
                "space": f"Espace Fictif {name}",
                "url": f"https://{name}.example.org/",
                "location": {"address": "1 rue du Port, 26000 Valence, France", "lat": 44.93, "lon": 4.89},
                "contact": {
                    "email": "contact@espace-fictif.fr",
                    "keymasters": [{"name": CANARY, "phone": "0612345679"}],
                },
                "state": {"open": True, "trigger_person": CANARY},
                "sensors": {"people_now_present": [{"value": 1, "names": [CANARY]}]},
                **more,
            }
        )
    )


def attacks(private_port: int, public_port: int, endpoint: Callable[[str], str]) -> dict[str, Reply | str]:
    """Return attack to what its endpoint answers, or, when a str, to the URL the directory gives for it."""
    bomb = gzip.compress(b"[" + b" " * 100_000_000 + b"]", 9)
    spellings = (*LOOPBACK, *PRIVATE)
    found: dict[str, Reply | str] = {f"asks {s}": f"http://{s}:{private_port}/space.json" for s in spellings}
    found |= {f"leads to {s}": redirect(f"http://{s}:{private_port}/space.json") for s in spellings}
    found |= {
        "rebinds": f"http://rebind.example.org:{private_port}/space.json",
        "names a private host": f"http://inside.example.org:{private_port}/space.json",
        "leads to a private name": redirect(f"http://inside.example.org:{private_port}/space.json"),
        "file": "file:///etc/passwd",
        "leads to a file": redirect("file:///etc/passwd"),
        "userinfo": f"http://admin:admin@127.0.0.1:{private_port}/",
        "database": "http://lab.example.org:5432/",
        "loops": redirect(endpoint("loops")),
        "gzip bomb": http(bomb, Content_Encoding="gzip"),
        "gzip in gzip bomb": http(gzip.compress(bomb), Content_Encoding="gzip, gzip"),
        "announces 99 GB": then_close(JSON + b"Content-Length: 99999999999\r\n\r\n"),
        "never ends": endless(itertools.repeat(b" " * 65536), 1 << 30)[0],
        "drips headers": drip(JSON, b"X: y\r\n", 0.2),
        "drips a body": drip(JSON + b"Content-Length: 9999\r\n\r\n", b" ", 0.2),
        "hangs": hang,
        "cut": then_close(JSON + b"Connection: close\r\n\r\n" + b'{"space": "Coup'),
        "nests": http("[" * 400_000),
        "counts": http('{"space": ' + "9" * 900_000 + "}"),
        "is HTML": http("<html><title>It works!</title></html>", Content_Type="text/html"),
        "is empty": http(b""),
        "is an array": http("[1, 2]"),
        "headers": then_close(b"HTTP/1.1 200 OK\r\n" + b"X-Large: " + b"a" * 5_000_000 + b"\r\n\r\n{}"),
        "many tags": http("<a>" * 300_000, Content_Type="text/html"),
    }
    return found


@pytest.fixture
def public() -> Iterator[Loopback]:
    with Loopback(address=PUBLIC) as loopback:
        yield loopback


@pytest.fixture
def read_directory(public: Loopback, private: Loopback, crawl: CrawlOnce) -> Callable[[int, int], tuple[Ended, int]]:
    """Run spaceapi on a directory of good entries and rounds of all attacks; also return how many attacks."""

    def once(good: int, rounds: int) -> tuple[Ended, int]:
        names = {"rebind.example.org": [[PUBLIC], ["127.0.0.1"]], "inside.example.org": [["127.0.0.1"]]}
        names["directory.example.org"] = [[PUBLIC]]
        directory: dict[str, str] = {}

        def endpoint(name: str, number: int = 0) -> str:
            host = f"h{len(names)}.example.org"
            names[host] = [[PUBLIC]]
            return f"http://{host}:{public.port}/{name.replace(' ', '-')}/{number}"

        for number in range(good):
            name = f"bon{number}"
            directory[name] = endpoint(name)
            public.routes[f"{name}/0"] = space(name)
        for number in range(rounds):
            for name, answer in attacks(private.port, public.port, lambda n: f"/{n}/0").items():
                if isinstance(answer, str):
                    directory[f"{name} {number}"] = answer
                else:
                    directory[f"{name} {number}"] = endpoint(name, number)
                    public.routes[f"{name.replace(' ', '-')}/{number}"] = answer
        public.routes["directory"] = http(json.dumps(directory))
        private.fallback = lambda key: space("private")
        ended = crawl(
            source="spaceapi",
            urls=(f"http://directory.example.org:{public.port}/directory",),
            web=Web(names=names, ports=(public.port, private.port)),
            entry_timeout=2.0,
            limit=300,
        )
        return ended, len(directory) - good

    return once


def _check(ended: Ended, good: int, attacked: int) -> None:
    assert ended.code == 0, ended.log[-3000:]
    assert (ended.state["listings"], ended.state["unanswered"]) == (good, attacked), ended.state["evidence"]
    assert ended.rss_mb < 500
    assert "Traceback" not in ended.log
    for name in ("listings", "rejections", "unanswered", "pages"):  # as rows: the files are compressed
        assert CANARY not in str(ended.table(name).to_pylist()), name
    assert CANARY not in (ended.out / "source.json").read_text("utf-8")
    assert CANARY not in ended.log
    names = ended.table("listings")["name"].to_pylist()
    assert "Espace Fictif private" not in names


def test_every_attack_costs_its_own_entry_and_nothing_else_and_a_replay_says_the_same(
    read_directory: Any, crawl: CrawlOnce, public: Loopback, private: Loopback
) -> None:
    ended, attacked = read_directory(20, 1)
    _check(ended, 20, attacked)
    assert ended.seconds < 30
    live = {path.name: path.read_bytes() for path in ended.out.iterdir()}
    again = crawl(
        source="spaceapi",
        urls=(f"http://directory.example.org:{public.port}/directory",),
        web=Web(names={}, ports=(public.port, private.port)),
        replay=True,
    )
    assert again.code == 0, again.log
    assert {path.name: path.read_bytes() for path in again.out.iterdir()} == live


@pytest.mark.soak
def test_directory_full_of_attacks_is_read_in_bounded_time_and_memory(read_directory: Any) -> None:
    # as many as a directory may name before it is refused as a whole
    rounds = (MOST_ENTRIES - 900) // len(attacks(0, 0, str))
    ended, attacked = read_directory(900, rounds)
    _check(ended, 900, attacked)
    assert ended.seconds < 240


def test_directory_of_10_000_entries_is_refused_before_one_is_asked(server: Loopback, crawl: CrawlOnce) -> None:
    entries = {f"e{number}": f"https://h{number}.example.org/" for number in range(10_000)}
    server.routes["directory.spaceapi.io/"] = http(json.dumps(entries))
    ended = crawl(source="spaceapi", origins=server.origins("directory.spaceapi.io"))
    assert_failed(ended, Failure.HOSTILE)
    assert len(server.pages()) == 1
