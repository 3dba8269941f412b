"""What somebody objects to leaves every release, week and archived page; everything else stays byte for byte."""

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crawlers.archive import WarcReader, WarcWriter, cut
from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id, listing, table
from warehouse.erasure.erase import erase, reach
from warehouse.erasure.objection import BadObjection, parse
from warehouse.erasure.releases import REDACTIONS, Redaction
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.release.files import Lineage
from warehouse.rulings import Rulings, suppressions
from warehouse.storage import Storage
from warehouse.weeks import Week

LINEAGE = Lineage(NOW, "erasure", None)
SAID = {
    ("network", "a"): {"name": "Atelier a", "website": "https://a.example", "equipment": ["laser", "tour à bois"]},
    ("map", "a"): {"name": "Atelier a", "website": "https://a.example", "equipment": ["laser"], "city": "Rennes"},
    ("network", "d"): {"name": "Canary", "street": "1 rue du Canari", "postcode": "35000", "city": "Rennes",
                       "email": "canary@d.example"},
    ("network", "e"): {"name": "Élan", "phone": "+33299112233"},
}  # fmt: skip
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
            index = gzip.compress(json.dumps([said["name"] for (of, _), said in SAID.items() if of == source]).encode())
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


@pytest.fixture(scope="module")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse of three weeks, the second published twice, to be copied."""
    warehouse = tmp_path_factory.mktemp("three")
    second = WORLD.then(labs=FUSED | {"a": {**FUSED["a"], "fees": "5 €"}})
    for world in (WORLD, second, second.then()):
        live(warehouse, world)
    Lake(warehouse).write("labs", W41, WORLD.then().tables()["labs"])
    publish(warehouse, W41, generated_at=NOW)
    return warehouse


@pytest.fixture
def warehouse(three_weeks: Path, tmp_path: Path) -> Path:
    shutil.copytree(three_weeks, tmp_path / "w")
    return tmp_path / "w"


def take_out(warehouse: Path, *what: str) -> list[Redaction]:
    lake = Lake(warehouse)
    found = reach(lake, [parse(text) for text in what], LINEAGE)
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
        assert found.passed, found.failures
        for row in Lake(warehouse).read("pages", week).to_pylist():  # the pages left are where their rows say
            reader = WarcReader(warehouse / "archive" / row["warc_file"])
            exchange = reader.find(row["request"])
            assert exchange is not None
            assert (exchange.offset, exchange.sha256) == (row["warc_offset"], row["sha256"])
            assert exchange.url.endswith("/") or str(week).encode() in reader.read(exchange)[2]


def test_an_erased_lab_is_nowhere_in_the_warehouse_and_does_not_come_back(warehouse: Path) -> None:
    assert len(where(warehouse, "Canary")) > 10
    done = take_out(warehouse, lab_id("d"))
    assert [(one.snapshot_date, one.removed_revision, one.replaced_by_revision) for one in done] == [
        ("2026-09-28", 0, 1), ("2026-10-05", 0, 2), ("2026-10-05", 1, 2), ("2026-10-12", 0, 1)
    ]  # fmt: skip
    for text in ("Canary", "Canari", "canary@d.example", "network.example/d"):
        assert where(warehouse, text) == []
    assert set(where(warehouse, lab_id("d"))) == {
        f"{path}registry.parquet" for path in (
            *(f"lake/registry/week={week}/" for week in (W40, W41, W42)),
            "v1/revisions/snapshot_date=2026-09-28/revision=1/edition=full/",
            "v1/revisions/snapshot_date=2026-10-05/revision=2/edition=full/",
            "v1/revisions/snapshot_date=2026-10-12/revision=1/edition=full/",
        )
    }  # fmt: skip
    for week in (W40, W41, W42):
        left = [exchange.url for exchange in WarcReader(warehouse / f"archive/week={week}/network.warc.gz").last()]
        assert left == ["https://network.example/a", "https://network.example/e"], "the index named it, too"
    check(warehouse)
    assert json.loads((warehouse / REDACTIONS).read_bytes()) == [vars(one) for one in done]
    assert resolve(warehouse, lab_id("d"))[0].status == "erased"
    again = table("listings", [listing("network", "d", name="Canary"), listing("network", "z", **SAID["network", "d"]),
                               listing("network", "e")])  # fmt: skip
    left = Rulings.of(Storage(warehouse)).on_listings(again, W42.monday)
    assert left["source_key"].to_pylist() == ["e"], "neither under its key nor renumbered"


def test_everything_else_stays_byte_for_byte(warehouse: Path) -> None:
    """An erasure of what only the last week holds touches no file of the weeks before."""
    late = World(W42.next, FUSED | {"z": {"name": "Zèbre"}}, MEMBERS | {"z": (("map", "z"),)}, WORLD.states,
                 first_seen=dict.fromkeys(FUSED, W40))  # fmt: skip
    late.write(warehouse)
    publish(warehouse, late.week, generated_at=NOW)
    before = {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}
    take_out(warehouse, lab_id("z"))
    assert where(warehouse, "Zèbre") == []
    changed = {str(path.relative_to(warehouse)) for path, data in before.items()
               if not path.exists() or path.read_bytes() != data}  # fmt: skip
    week, day = late.week, late.week.monday
    assert all(f"week={week}/" in name or f"snapshot_date={day}/" in name
               or name in {f"v1/{root}" for root in ("index.json", "latest.json", "index.html", "feed.atom")}
               for name in changed), changed  # fmt: skip
    check(warehouse)


def rows_of(warehouse: Path, name: str, week: Week, revision: int = 1) -> list[dict[str, Any]]:
    path = warehouse / f"v1/revisions/snapshot_date={week.monday}/revision={revision}/edition=full/{name}.parquet"
    rows: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return rows


def test_an_erased_listing_takes_what_only_it_said(warehouse: Path) -> None:
    take_out(warehouse, "network/a")
    (lab,) = (row for row in rows_of(warehouse, "labs", W40) if row["lab_id"] == lab_id("a"))
    assert (lab["name"], lab["website"], lab["city"]) == ("Atelier a", "https://a.example", "Rennes")
    assert lab["equipment"] == ["laser"]
    assert lab["sources"] == ["map"]
    assert where(warehouse, "tour à bois") == []
    assert "a" not in [
        row["source_key"] for row in rows_of(warehouse, "lab_listings", W40) if row["source"] == "network"
    ]
    told = next(row for row in rows_of(warehouse, "history", W42) if row["lab_id"] == lab_id("a"))
    assert told["equipment"] == ["laser"]
    check(warehouse)


@pytest.mark.soak
def test_a_lab_of_no_other_listing_leaves_with_it(warehouse: Path) -> None:
    take_out(warehouse, "network/e")
    assert where(warehouse, "Élan") == []
    assert where(warehouse, "33299112233") == []
    check(warehouse)


@pytest.mark.parametrize(("what", "gone"), [
    ("+33 2 99 11 22 33", "33299112233"), pytest.param("Canary@D.example", "canary@d.example", marks=pytest.mark.soak),
    pytest.param(f"{lab_id('d')}/street", "rue du Canari", marks=pytest.mark.soak),
])  # fmt: skip
def test_an_erased_contact_or_field_is_nowhere_and_its_lab_stays(warehouse: Path, what: str, gone: str) -> None:
    # pages are whole: they go when a lab or listing does, and after thirteen weeks
    take_out(warehouse, what)
    assert [name for name in where(warehouse, gone) if not name.startswith("archive/")] == []
    assert len(rows_of(warehouse, "labs", W42)) == 3
    for week in (W40, W41, W42):
        assert verify(warehouse, week).passed


KILLS = [(call, at) for call in ("put", "remove", "replace") for at in (1, 2, 3, 5, 8, 13)]


@pytest.mark.parametrize(("call", "at"), [
    kill if kill == ("remove", 3) else pytest.param(*kill, marks=pytest.mark.soak)
    for kill in KILLS
])  # fmt: skip
def test_an_erasure_that_was_killed_is_finished_by_the_next(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, call: str, at: int
) -> None:
    real, calls = getattr(Storage, call), 0

    def dying(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(Storage, call, dying)
    try:
        take_out(warehouse, lab_id("d"))
    except KeyboardInterrupt:
        assert {proof.name for proof in verify(warehouse).failures} <= {"latest"}
    monkeypatch.undo()
    erase(Lake(warehouse), [], cut, lineage=LINEAGE)
    if call != "put" or at > 1:  # before the objection is filed nothing was begun
        assert where(warehouse, "Canary") == []
    check(warehouse)


def test_what_would_go_is_told_and_nothing_is_written(warehouse: Path) -> None:
    before = {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}
    found = reach(Lake(warehouse), [parse(lab_id("d"))], Lineage(datetime(2026, 11, 25, tzinfo=UTC), "x", None))
    assert [week for week, _ in found.releases] == [W40, W41, W41, W42]
    assert list(found.weeks) == [W40, W41, W42]
    assert found.archives == [f"archive/week={week}/network.warc.gz" for week in (W40, W41, W42)]
    assert {one.kind for one in found.objections} == {"lab", "listing", "place"}
    assert {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", [
    "", "nonsense", "lab-abc", f"{lab_id('d')}/colour", f"{lab_id('d')}/lab_id", "Network/x", "0299000000",
    "lab-aaaaaaaaaaaaa", "network/nobody", "a@b", "../../etc",
])  # fmt: skip
def test_what_names_nothing_is_refused_in_one_line(warehouse: Path, text: str) -> None:
    with pytest.raises(BadObjection) as caught:
        reach(Lake(warehouse), [parse(text)], LINEAGE)
    assert "\n" not in str(caught.value)


def test_the_file_of_objections_holds_hashes_and_no_two_alike(warehouse: Path) -> None:
    lake = Lake(warehouse)
    suppressions.file(lake.storage, reach(lake, [parse(lab_id("d")), parse("+33299112233")], LINEAGE).objections)
    text = (warehouse / suppressions.FILED).read_text()
    assert not any(secret in text for secret in (lab_id("d"), "network/d", "33299112233", "Canary"))
    salts = [line.split(",")[1] for line in text.splitlines()[1:]]
    assert len(salts) == len(set(salts)) == 4
    assert not (Path(suppressions.REVIEWED).read_text().splitlines()[1:]), "no repository holds them"
