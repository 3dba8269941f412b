"""What readers may ask of published releases: proof, the fate of an id, what moved, an export; what is forgotten."""

import shutil
from pathlib import Path

import pytest

from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id, listing, table
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.difference import diff
from warehouse.published.export import FORMATS, BadExport, export
from warehouse.published.lookup import resolve
from warehouse.published.retention import expire_archive, expire_contacts, expire_lake
from warehouse.published.verify import NotPublished, verify
from warehouse.releases import Releases
from warehouse.storage import Storage
from warehouse.weeks import Week

FIRST = World(W40, {"a": {}, "b": {"website": "https://b.example"}, "c": {}, "d": {"name": "Canary"}})
SECOND = FIRST.then(
    labs={"a": {"name": "Neuf"}, "c": {}, "d": {"name": "Canary"}},
    members={"a": (("network", "a"), ("network", "b"))},
    retired={"b": ("merged_into", ("a",), W41)},
)
THIRD = SECOND.then(
    labs={"a": {"name": "Neuf"}, "d": {"name": "Canary"}},
    retired={"b": ("merged_into", ("a",), W41), "c": ("retired", (), W42)},
)


@pytest.fixture(scope="module")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with three published weeks, to be read only."""
    warehouse = tmp_path_factory.mktemp("three")
    for world in (FIRST, SECOND, THIRD):
        world.write(warehouse)
        publish(warehouse, world.week, generated_at=NOW)
    return warehouse


def at(warehouse: Path, week: Week, revision: int = 0) -> Path:
    day = f"snapshot_date={week.monday}"
    return (
        warehouse / "v1" / (f"revisions/{day}/revision={revision}" if revision else f"snapshots/{day}") / "edition=full"
    )


def test_every_release_proves_itself_to_its_reader(three_weeks: Path) -> None:
    for week in (None, W40, W41, W42):
        found = verify(three_weeks, week)
        assert found.passed, found.doubts
    assert found.week == W42
    names = {proof.name for proof in found.proofs}
    assert names >= {"checksum", "rows", "columns", "content", "unique_key", "schema_version", "delta", "as_of",
                     "closed", "credited", "no_contact", "sums", "latest", "lab_id_in_labs"}  # fmt: skip


@pytest.mark.parametrize(
    "name", ["labs.parquet", "labs.csv", "labs.gpkg", "SHA256SUMS", "manifest.json", "datapackage.json"]
)
@pytest.mark.parametrize("harm", ["cut", "gone", "one byte"])
def test_harm_to_any_file_is_found_and_named(three_weeks: Path, tmp_path: Path, name: str, harm: str) -> None:
    shutil.copytree(three_weeks / "v1", tmp_path / "v1")
    path = at(tmp_path, W42) / name
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-9] if harm == "cut" else data[:60] + bytes([data[60] ^ 1]) + data[61:])
    try:
        found = verify(tmp_path)
    except FileNotFoundError:
        pytest.fail("a missing file must be told, not raised")
    assert not found.passed
    assert any(name in proof.subject or name in proof.why for proof in found.doubts), found.doubts


def test_a_stray_file_and_a_lagging_pointer_are_found(three_weeks: Path, tmp_path: Path) -> None:
    shutil.copytree(three_weeks / "v1", tmp_path / "v1")
    (at(tmp_path, W42) / "notes.txt").write_text("x")
    (tmp_path / "v1/latest.json").write_bytes((tmp_path / "v1/latest.json").read_bytes().replace(b"W42", b"W41"))
    assert {proof.name for proof in verify(tmp_path, W42).doubts} == {"no_stray_files", "latest"}


def test_what_was_never_published_is_said_in_one_line(three_weeks: Path, tmp_path: Path) -> None:
    for warehouse, week in ((three_weeks, Week.parse("2025-W01")), (tmp_path, None)):
        with pytest.raises(NotPublished) as caught:
            verify(warehouse, week)
        assert "\n" not in str(caught.value)


def test_every_id_ever_published_resolves(three_weeks: Path) -> None:
    answers = {name: resolve(three_weeks, lab_id(name))[0] for name in "abcd"}
    assert {name: one.status for name, one in answers.items()} == {
        "a": "active", "b": "merged", "c": "retired", "d": "active"
    }  # fmt: skip
    assert answers["b"].heirs == (lab_id("a"),)
    assert answers["b"].names == ("Neuf",)
    assert "merged into" in answers["b"].reason
    assert answers["c"].heirs == ()


def test_a_listing_resolves_to_its_lab_and_a_week_to_what_held_then(three_weeks: Path) -> None:
    assert resolve(three_weeks, "network/b")[0].lab_id == lab_id("a")
    assert resolve(three_weeks, "b")[0].lab_id == lab_id("a")
    assert resolve(three_weeks, "network/b", week=W40)[0].lab_id == lab_id("b")
    gone = resolve(three_weeks, "network/c")[0]
    assert (gone.lab_id, gone.status) == (lab_id("c"), "retired"), "a listing that is listed no more is found, too"
    with pytest.raises(NotPublished, match="no lab was ever"):
        resolve(three_weeks, "lab-aaaaaaaaaaaaa")


def test_weeks_far_apart_are_compared_as_neighbours_are(three_weeks: Path) -> None:
    found = diff(three_weeks, W40, W42)
    kinds = {(row["lab_id"], row["change"]) for row in found.feed.to_pylist()}
    assert kinds == {(lab_id("a"), "renamed"), (lab_id("b"), "merged_into"), (lab_id("c"), "removed")}
    assert found.counts["merged_into (duplicate)"] == 1
    assert diff(three_weeks, W41, W41).feed.num_rows == 0


@pytest.mark.parametrize("file_format", FORMATS)
def test_labs_are_exported_in_every_format(three_weeks: Path, tmp_path: Path, file_format: str) -> None:
    out = tmp_path / "deep" / f"labs.{file_format}"
    assert export(three_weeks, out, edition="full", file_format=file_format, where="name = 'Canary' AND lat > 0") == 1
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert b"Canary" in out.read_bytes()


@pytest.mark.parametrize("where", [
    "", "colour = 'red'", "name =", "1=1; DROP TABLE labs", "(SELECT count(*) FROM read_text('/etc/hostname')) > 0",
    "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0", "getenv('HOME') = 'x' AND colour = 1",
])  # fmt: skip
def test_a_condition_sees_labs_and_nothing_else(three_weeks: Path, tmp_path: Path, where: str) -> None:
    with pytest.raises(BadExport) as caught:
        export(three_weeks, tmp_path / "labs.csv", edition="full", where=where)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_edition_or_format_that_is_not_there_is_named(three_weeks: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPublished, match="no edition 'open'; it has full"):
        export(three_weeks, tmp_path / "labs.csv")
    with pytest.raises(BadExport, match="one of csv"):
        export(three_weeks, tmp_path / "labs.xlsx", edition="full", file_format="xlsx")


def test_contacts_go_after_their_weeks_and_the_release_still_proves_itself(three_weeks: Path, tmp_path: Path) -> None:
    shutil.copytree(three_weeks, tmp_path, dirs_exist_ok=True)
    storage = Storage(tmp_path)
    assert expire_contacts(storage) == []
    assert expire_contacts(storage, weeks=2) == [W40]
    assert storage.files(f"v1/contacts/snapshot_date={W40.monday}") == []
    assert verify(tmp_path, W40).passed
    assert Releases(storage).manifest(Releases(storage).entry(W40).revisions[0].editions["full"]).contacts is not None


def test_old_listings_lose_their_contacts_and_old_pages_go(three_weeks: Path, tmp_path: Path) -> None:
    shutil.copytree(three_weeks, tmp_path, dirs_exist_ok=True)
    lake = Lake(tmp_path)
    for week in (W40, W42):
        lake.write("listings", week, table("listings", [listing("network", "a", email="info@a.example")]))
        lake.storage.put(f"archive/week={week}/network.warc.gz", b"x")
    assert expire_lake(lake, weeks=2) == [W40]
    assert lake.read("listings", W40)["email"].to_pylist() == [None]
    assert lake.read("listings", W42)["email"].to_pylist() == ["info@a.example"]
    assert not lake.has("contacts", W40)
    assert expire_lake(lake, weeks=2) == []
    assert expire_archive(lake.storage, weeks=2) == [W40]
    assert lake.storage.files("archive") == [f"archive/week={W42}/network.warc.gz"]
