"""Two editions with the same ids: no cell without leave, and what people decided holds in both."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.warehouse.fabricate import NOW, W40, W41, World, lab_id, listing, state, table
from warehouse.editions import FACTS, LicenceUnknown, fields_allowed, layer_of, rows_allowed, sources_allowed
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.rulings import Rulings, corrections, suppressions
from warehouse.schema import Lab, Listing
from warehouse.schema.located import Place
from warehouse.storage import Storage

SOURCES = table("sources", [
    state("network", licence="etalab-2.0"),
    state("map", licence="ODbL-1.0", is_share_alike=True),
    state("directory", licence="LicenseRef-directory-terms"),
    state("wiki", licence="CC-BY-SA-4.0", is_share_alike=True),
    state("mystery", licence="Frobnicate-1.0"),
])  # fmt: skip


@pytest.mark.parametrize(("licence", "is_share_alike", "layer"), [
    ("etalab-2.0", False, "open"), ("CC-BY-4.0", False, "open"), ("etalab-2.0", True, "none"),
    ("ODbL-1.0", True, "share_alike"), ("ODbL-1.0", False, "share_alike"), ("CC-BY-SA-4.0", True, "facts"),
    ("LicenseRef-x", False, "facts"), ("LicenseRef-x", True, "none"), ("CC-BY-NC-4.0", False, "none"),
    ("", False, "none"), (None, False, "none"), ("etalab-2.0 ", False, "none"),
])  # fmt: skip
def test_a_licence_nobody_knows_gives_nothing(licence: str | None, is_share_alike: bool, layer: str) -> None:
    assert layer_of(licence, is_share_alike=is_share_alike) == layer


def test_each_edition_names_the_sources_that_may_give_to_it() -> None:
    assert sources_allowed(SOURCES, "full")["source"].to_pylist() == ["directory", "map", "network", "wiki"]
    assert sources_allowed(SOURCES, "open")["source"].to_pylist() == ["directory", "network", "wiki"]


def test_rows_of_a_source_without_leave_are_left_out() -> None:
    rows = table("listings", [listing(name, "a") for name in SOURCES["source"].to_pylist()])
    assert rows_allowed(rows, SOURCES, "open")["source"].to_pylist() == ["directory", "network", "wiki"]


def test_a_source_without_an_open_licence_gives_facts_and_no_more() -> None:
    full = {"description": "x", "email": "info@atelier.example", "phone": "+33299000000", "equipment": ["laser"]}
    full |= {"website": "https://a.example", "status": "active", "street": "1 rue A", "lat": 48.0, "fees": "5 €"}
    rows = table("listings", [listing(name, "a", **full) for name in ("network", "directory", "map")])
    left = {row["source"]: row for row in fields_allowed(rows, SOURCES).to_pylist()}
    assert left["network"] == next(row for row in rows.to_pylist() if row["source"] == "network")
    given = {name for name, value in left["directory"].items() if value is not None}
    assert given <= FACTS
    assert {"name", "website", "status", "street", "lat"} <= given


def test_facts_are_columns_of_listings_and_hold_no_contact_and_no_prose() -> None:
    assert {*Listing.column_names(), *Place.model_fields} >= FACTS
    assert not FACTS & {"email", "phone", "description", "equipment", "services", "opening_hours", "fees"}


STATES = {"network": "ok", "map": "ok"}
MEMBERS = {"a": (("network", "a"), ("map", "a")), "b": (("map", "b"),), "c": (("network", "c"),)}
FULL = World(W40, {"a": {}, "b": {}, "c": {}}, MEMBERS, STATES)


def write_editions(warehouse: Path, full: World) -> None:
    """Write a week as the flow does: full, and open without what the share-alike source gave."""
    tables = full.tables()
    sources = pa.Table.from_pylist(
        [row | ({"licence": "ODbL-1.0", "is_share_alike": True} if row["source"] == "map" else {})
         for row in tables["sources"].to_pylist()], tables["sources"].schema
    )  # fmt: skip
    for name, rows in (tables | {"sources": sources}).items():
        Lake(warehouse).write(name, full.week, rows)
    own = Lake(warehouse, edition="open")
    listed = rows_allowed(tables["lab_listings"], sources, "open")
    kept = listed["lab_id"].combine_chunks()
    own.write("lab_listings", full.week, listed)
    for name in ("labs", "classifications", "contacts"):
        own.write(name, full.week, tables[name].filter(pc.is_in(tables[name]["lab_id"], value_set=kept)))


def folder(warehouse: Path, edition: str, day: str = "2026-09-28") -> Path:
    return warehouse / f"v1/snapshots/snapshot_date={day}/edition={edition}"


def test_both_editions_are_published_with_the_same_ids_and_their_own_licence(tmp_path: Path) -> None:
    write_editions(tmp_path, FULL)
    publish(tmp_path, W40, generated_at=NOW)
    ids = {
        name: pq.read_table(folder(tmp_path, name) / "labs.parquet")["lab_id"].to_pylist() for name in ("full", "open")
    }
    assert set(ids["open"]) == {lab_id("a"), lab_id("c")}
    assert set(ids["open"]) < set(ids["full"])
    pointer = json.loads((tmp_path / "v1/latest.json").read_bytes())
    assert {name: edition["labs"] for name, edition in pointer["editions"].items()} == {"full": 3, "open": 2}
    for name, licence in (("full", "ODbL-1.0"), ("open", "etalab-2.0")):
        assert json.loads((folder(tmp_path, name) / "manifest.json").read_bytes())["licence"] == licence
        assert licence in (folder(tmp_path, name) / "ATTRIBUTION.md").read_text()
        assert (
            pq.ParquetFile(folder(tmp_path, name) / "labs.parquet").metadata.metadata[b"labs:licence"].decode()
            == licence
        )


def test_no_trace_of_a_share_alike_source_stands_in_the_open_edition(tmp_path: Path) -> None:
    write_editions(tmp_path, FULL)
    publish(tmp_path, W40, generated_at=NOW)
    for name in ("lab_listings", "sources"):
        assert "map" not in pq.read_table(folder(tmp_path, "open") / f"{name}.parquet")["source"].to_pylist()
    assert "map" not in (folder(tmp_path, "open") / "ATTRIBUTION.md").read_text()
    assert "`map`" in (folder(tmp_path, "full") / "ATTRIBUTION.md").read_text()


def test_removing_every_share_alike_source_leaves_the_open_edition_byte_identical(tmp_path: Path) -> None:
    write_editions(tmp_path / "with", FULL)
    publish(tmp_path / "with", W40, generated_at=NOW)
    write_editions(tmp_path / "without", FULL)
    Lake(tmp_path / "without").write(
        "sources", W40, sources_allowed(Lake(tmp_path / "with").read("sources", W40), "open")
    )
    Lake(tmp_path / "without").write("lab_listings", W40, FULL.tables()["lab_listings"])
    own = Lake(tmp_path / "without", edition="open")
    assert own.has("labs", W40)
    for name in ("labs", "lab_listings", "classifications"):
        Lake(tmp_path / "without").write(name, W40, own.read(name, W40))
    registry = FULL.tables()["registry"]
    Lake(tmp_path / "without").write("registry", W40, registry)
    from warehouse.release import tables as edition_tables

    one, other = (
        edition_tables.assemble(
            "open", edition_tables.from_lake(Lake(tmp_path / name), W40)["open"], W40, None, Rulings()
        )
        for name in ("with", "without")
    )
    assert {name: rows.equals(other.tables[name]) for name, rows in one.tables.items()} == dict.fromkeys(
        one.tables, True
    )


def written(warehouse: Path, licence: str) -> None:
    world = World(W40, {"a": {"description": "Du texte.", "website": "https://a.example"}})
    world.write(warehouse)
    won = {"fields_won": ["name", "description", "website"]}
    listed = [row | won for row in world.tables()["lab_listings"].to_pylist()]
    Lake(warehouse).write("lab_listings", W40, table("lab_listings", listed))
    Lake(warehouse).write("sources", W40, table("sources", [state("network", licence=licence, listings=1)]))


@pytest.mark.parametrize("licence", ["LicenseRef-x", "CC-BY-SA-4.0"])
def test_what_a_source_gave_beyond_its_terms_is_emptied(tmp_path: Path, licence: str) -> None:
    written(tmp_path, licence)
    publish(tmp_path, W40, generated_at=NOW)
    (lab,) = pq.read_table(folder(tmp_path, "full") / "labs.parquet").to_pylist()
    assert (lab["name"], lab["website"], lab["description"]) == ("Atelier a", "https://a.example", None)
    (listed,) = pq.read_table(folder(tmp_path, "full") / "lab_listings.parquet").to_pylist()
    assert listed["fields_won"] == ["name", "website"]


def test_a_release_of_a_source_whose_licence_nobody_knows_is_not_published(tmp_path: Path) -> None:
    written(tmp_path, "Frobnicate-1.0")
    with pytest.raises(LicenceUnknown, match=r"source network: .*Frobnicate-1\.0"):
        publish(tmp_path, W40, generated_at=NOW)


def test_a_lab_new_to_the_open_edition_only_is_added_there_and_not_restored(tmp_path: Path) -> None:
    write_editions(tmp_path, FULL)
    publish(tmp_path, W40, generated_at=NOW)
    write_editions(tmp_path, FULL.then(members=MEMBERS | {"b": (("map", "b"), ("network", "b"))}))
    publish(tmp_path, W41, generated_at=NOW)
    feed = pq.read_table(folder(tmp_path, "open", "2026-10-05") / "changes.parquet").to_pylist()
    assert [(row["lab_id"], row["change"]) for row in feed] == [(lab_id("b"), "added")]


SALTED = [
    suppressions.hashed("lab", lab_id("c"), salt="one", since=date(2026, 9, 1)),
    suppressions.hashed("phone", "+33 2 99 00 00 00", salt="two", since=date(2026, 9, 1)),
    suppressions.hashed("field", f"{lab_id('a')}/website", salt="three", since=date(2026, 9, 1)),
]


def test_what_people_objected_to_stands_in_no_published_file(tmp_path: Path) -> None:
    before = World(W40, {"a": {"website": "https://canary-site.example"}, "b": {}, "c": {"name": "Canary Atelier"}})
    before.write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    before.then().write(tmp_path)
    publish(tmp_path, W41, generated_at=NOW, rulings=Rulings(SALTED))
    storage = Storage(tmp_path)
    for name in storage.files("v1"):
        if "2026-10-05" in name:
            data = pq.read_table(tmp_path / name).to_pylist() if name.endswith(".parquet") else storage.read(name)
            text = str(data)
            assert "canary-site" not in text, name
            assert "Canary Atelier" not in text, name
            assert "99000000" not in text, name
    at = folder(tmp_path, "full", "2026-10-05")
    feed = {(row["lab_id"], row["change"], row["reason"]) for row in pq.read_table(at / "changes.parquet").to_pylist()}
    assert feed == {(lab_id("c"), "removed", "privacy"), (lab_id("a"), "changed", "privacy")}
    registry = {row["lab_id"]: row["status"] for row in pq.read_table(at / "registry.parquet").to_pylist()}
    assert registry[lab_id("c")] == "erased"


def test_an_objection_to_a_listing_or_a_contact_is_applied_before_labs_are_made() -> None:
    rows = table("listings", [listing("network", "a", email="atelier@a.example"), listing("network", "b")])
    withdrawn = [
        suppressions.hashed("listing", "network/b", salt="x", since=date(2026, 9, 1)),
        suppressions.hashed("email", "Atelier@A.example", salt="y", since=date(2026, 9, 1)),
    ]
    left = suppressions.listings_left(rows, withdrawn).to_pylist()
    assert [(row["source_key"], row["email"]) for row in left] == [("a", None)]


def test_the_file_of_objections_tells_nobody_whom_it_protects(tmp_path: Path) -> None:
    path = tmp_path / "suppressions.csv"
    one = SALTED[1]
    path.write_text(f"kind,salt,digest,since\n{one.kind},{one.salt},{one.digest},{one.since}\n")
    assert suppressions.read(path) == [one]
    assert "99" not in path.read_text().split("two")[0]
    assert suppressions.read(tmp_path / "absent.csv") == []


@pytest.mark.parametrize(
    "line", ["lab,s,abc,2026-09-01", "person,s," + "0" * 64 + ",2026-09-01", "lab,," + "0" * 64 + ",x"]
)
def test_an_objection_that_cannot_be_read_stops_everything(tmp_path: Path, line: str) -> None:
    path = tmp_path / "suppressions.csv"
    path.write_text(f"kind,salt,digest,since\n{line}\n")
    with pytest.raises(suppressions.BadSuppression, match="line 2"):
        suppressions.read(path)


HEADER = "subject,field,value,evidence_url,expires_on,author\n"


def corrected(tmp_path: Path, *lines: str) -> list[corrections.Correction]:
    path = tmp_path / "corrections.csv"
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return corrections.read(path)


def test_a_correction_of_a_lab_survives_the_next_crawl_until_it_expires(tmp_path: Path) -> None:
    ruled = Rulings(corrections=corrected(tmp_path, f"{lab_id('a')},name,Bon nom,https://a.example,2026-10-12,moi"))
    world = World(W40, {"a": {}, "b": {}})
    names = []
    for _ in range(3):
        world.write(tmp_path)
        publish(tmp_path, world.week, generated_at=NOW, rulings=ruled)
        at = folder(tmp_path, "full", world.week.monday.isoformat())
        rows = {row["lab_id"]: row["name"] for row in pq.read_table(at / "labs.parquet").to_pylist()}
        feed = [(row["change"], row["reason"]) for row in pq.read_table(at / "changes.parquet").to_pylist()]
        names.append((rows[lab_id("a")], feed))
        world = world.then()
    assert [name for name, _ in names] == ["Bon nom", "Bon nom", "Atelier a"]
    assert names[1][1] == []
    assert names[2][1] == [("renamed", "edited_at_source")]


def test_a_correction_is_the_reason_the_feed_tells(tmp_path: Path) -> None:
    world = World(W40, {"a": {}, "b": {}})
    world.write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    world.then().write(tmp_path)
    ruled = Rulings(corrections=corrected(tmp_path, f"{lab_id('a')},status,closed,https://a.example,2027-01-01,moi"))
    publish(tmp_path, W41, generated_at=NOW, rulings=ruled)
    feed = pq.read_table(folder(tmp_path, "full", "2026-10-05") / "changes.parquet").to_pylist()
    assert [(row["change"], row["reason"]) for row in feed] == [("status_changed", "correction")]


def test_a_correction_that_has_expired_is_named_by_every_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    held = corrected(tmp_path, "network/a,website,,https://a.example,2026-09-28,moi",
                     "network/a,lat,48.5,https://a.example,2026-09-29,moi")  # fmt: skip
    World(W40, {"a": {}}).write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW, rulings=Rulings([], held))
    (line,) = [record.message for record in caplog.records]
    assert "network/a website by moi expired on 2026-09-28" in line


def test_a_correction_of_a_listing_is_typed_and_may_empty_a_value(tmp_path: Path) -> None:
    held = corrected(
        tmp_path,
        'network/a,equipment,"[""laser"", ""cnc""]",https://a.example,2027-01-01,moi',
        "network/a,website,,https://a.example,2027-01-01,moi",
        "network/a,lat,48.5,https://a.example,2027-01-01,moi",
        "network/z,lat,48.5,https://a.example,2027-01-01,moi",
    )
    rows = table("listings", [listing("network", "a", website="https://old.example", lat=1.0), listing("network", "b")])
    done, applied = corrections.applied(rows, Listing, held, on=W40.monday)
    assert done.to_pylist()[0]["equipment"] == ["laser", "cnc"]
    assert (done.to_pylist()[0]["website"], done.to_pylist()[0]["lat"]) == (None, 48.5)
    assert applied == {("network/a", "equipment"), ("network/a", "website"), ("network/a", "lat")}
    assert corrections.applied(rows, Lab, held, on=W40.monday)[1] == set()


@pytest.mark.parametrize("line", [
    "nonsense,name,x,https://a.example,2027-01-01,moi",
    "network/a,colour,x,https://a.example,2027-01-01,moi",
    "network/a,source_key,x,https://a.example,2027-01-01,moi",
    "network/a,email,x@a.example,https://a.example,2027-01-01,moi",
    "network/a,lat,north,https://a.example,2027-01-01,moi",
    "network/a,lat,948,https://a.example,2027-01-01,moi",
    "network/a,equipment,laser,https://a.example,2027-01-01,moi",
    "network/a,name,x,javascript:alert(1),2027-01-01,moi",
    "network/a,name,x,https://a.example,01/01/2027,moi",
    "network/a,name,x,https://a.example",
])  # fmt: skip
def test_a_correction_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(corrections.BadCorrection, match="line 2") as caught:
        corrected(tmp_path, line)
    assert "\n" not in str(caught.value)


def test_the_rulings_reviewed_with_the_code_can_be_read() -> None:
    Rulings.reviewed()
