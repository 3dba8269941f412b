"""Weeks of a warehouse as the flow leaves them, archived pages and all, and what an erasure leaves of them."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from crawlers.archive import WarcReader, WarcWriter
from crawlers.pages.excision import cut
from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id, listing, table
from warehouse.erasure.erase import erase, reach
from warehouse.erasure.objection import parse
from warehouse.erasure.releases import Redaction
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.verify import verify
from warehouse.release.files import Lineage

LINEAGE = Lineage(NOW, "erasure", None)
SAID = {
    ("network", "a"): {"name": "Atelier a", "website": "https://a.example", "equipment": ["laser", "tour à bois"]},
    ("map", "a"): {"name": "Atelier a", "website": "https://a.example", "equipment": ["laser"], "city": "Rennes"},
    ("network", "d"): {"name": "Canary", "street": "1 rue du Canari", "postcode": "35000", "city": "Rennes",
                       "email": "canary@d.example"},
    ("network", "e"): {"name": "Élan", "phone": "+33299112233"},
}  # fmt: skip
OUT_OF_SCOPE = {"network": [], "map": [{"name": "Canary", "cp": "35000"}]}
"""What the index of a source says besides: no listing is made of it, and it is about a lab all the same."""
MEMBERS = {"a": (("network", "a"), ("map", "a")), "d": (("network", "d"),), "e": (("network", "e"),)}
FUSED = {"a": {"website": "https://a.example", "equipment": ["laser", "tour à bois"], "city": "Rennes"},
         "d": {"name": "Canary", "street": "1 rue du Canari"}, "e": {"name": "Élan"}}  # fmt: skip
WORLD = World(W40, FUSED, MEMBERS, {"network": "ok", "map": "ok"})


def page(world: World, source: str, key: str) -> bytes:
    return f"{source} says {SAID[source, key]} in {world.week}".encode()


def live(warehouse: Path, world: World) -> None:
    """Write a week as the flow does: pages, listings, what was decided about them, labs; and publish it."""
    lake, rows, digests = Lake(warehouse), [], {}
    for source in ("network", "map"):
        path = warehouse / f"archive/week={world.week}/{source}.warc.gz"
        with WarcWriter(path) as warc:
            for of, key in SAID:
                if of == source:
                    asked = ("GET", f"https://{source}.example/{key}", b"")
                    warc.write(asked, (200, {"Content-Type": "text/html"}, page(world, of, key)), NOW)
            own = [said["name"] for (of, _), said in SAID.items() if of == source]
            index = gzip.compress(json.dumps([*own, *OUT_OF_SCOPE[source]]).encode())
            asked = ("GET", f"https://{source}.example/", b"")
            warc.write(asked, (200, {"Content-Encoding": "gzip"}, index), NOW)
        for exchange in WarcReader(path).last():
            key = exchange.url.rpartition("/")[2]
            digests[source, key] = exchange.sha256
            rows.append({"source": source, "request": exchange.request, "url": exchange.url, "fetched_at": NOW,
                         "status": 200, "sha256": exchange.sha256, "warc_offset": exchange.offset,
                         "warc_file": f"week={world.week}/{source}.warc.gz"})  # fmt: skip
    lake.write("pages", world.week, table("pages", rows))
    said = [listing(*key, **values, page_sha256=digests[key]) for key, values in SAID.items()]
    lake.write("listings", world.week, table("listings", said))
    located = [{"source": source, "source_key": key, "lat": 48.1, "lon": -1.7, "geo_method": "source"}
               for source, key in SAID]  # fmt: skip
    lake.write("located", world.week, table("located", located))
    silent = {"source": "network", "source_key": "d", "failure": "server_error", "is_kept": True,
              "evidence": "HTTP 503 from https://network.example/d"}  # fmt: skip
    lake.write("unanswered", world.week, table("unanswered", [silent]))
    of = {key: name for name, keys in MEMBERS.items() for key in keys}
    assigned = [{"source": key[0], "source_key": key[1], "lab_id": lab_id(of[key])} for key in SAID]
    lake.write("assignments", world.week, table("assignments", assigned))
    world.write(warehouse)
    won = {("network", "a"): ["name", "website", "equipment", "lat", "lon"], ("map", "a"): ["city", "equipment"],
           ("network", "d"): ["name", "street"], ("network", "e"): ["name"]}  # fmt: skip
    listed = [row | {"fields_won": won[row["source"], row["source_key"]]}
              for row in world.tables()["lab_listings"].to_pylist()]  # fmt: skip
    lake.write("lab_listings", world.week, table("lab_listings", listed))
    contacts = [{"lab_id": lab_id("d"), "email": "canary@d.example"}, {"lab_id": lab_id("e"), "phone": "+33299112233"}]
    lake.write("contacts", world.week, table("contacts", contacts))
    publish(warehouse, world.week, generated_at=NOW)


def live_three(warehouse: Path) -> None:
    """Live three weeks; the second is published twice."""
    second = WORLD.then(labs=FUSED | {"a": {**FUSED["a"], "fees": "5 €"}})
    for world in (WORLD, second, second.then()):
        live(warehouse, world)
    Lake(warehouse).write("labs", W41, WORLD.then().tables()["labs"])
    publish(warehouse, W41, generated_at=NOW)


def take_out(warehouse: Path | str, *what: str) -> list[Redaction]:
    lake = Lake(warehouse)
    found = reach(lake, [parse(text) for text in what], cut, lineage=LINEAGE)
    return erase(lake, found.objections, cut, lineage=LINEAGE)


def texts(warehouse: Path) -> Iterator[tuple[str, str]]:
    """Give every file of the warehouse as text: tables as rows, archives without their compression."""
    for path in (path for path in warehouse.rglob("*") if path.is_file()):
        data = path.read_bytes()
        text = data.decode("utf-8", "replace")
        if path.suffix == ".parquet":
            text += str(pq.read_table(path, partitioning=None).to_pylist())
        yield (
            str(path.relative_to(warehouse)),
            text + (gzip.decompress(data).decode("utf-8", "replace") if path.suffix == ".gz" else ""),
        )


def where(warehouse: Path, text: str) -> list[str]:
    return [name for name, content in texts(warehouse) if text in content]


def check(warehouse: Path) -> None:
    for week in (W40, W41, W42):
        found = verify(warehouse, week)
        assert found.passed, found.doubts
        for row in Lake(warehouse).read("pages", week).to_pylist():  # the pages left are where their rows say
            reader = WarcReader(warehouse / "archive" / row["warc_file"])
            exchange = reader.find(row["request"])
            assert exchange is not None
            assert (exchange.offset, exchange.sha256) == (row["warc_offset"], row["sha256"])
            assert exchange.url.endswith("/") or str(week).encode() in reader.read(exchange)[2]
