"""A warehouse in an object store, against a real S3 server process: the same bytes, and never a torn release."""

from pathlib import Path

import pytest

from tests.warehouse.fabricate import NOW, W40, W41, World, lab_id
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.release import placement
from warehouse.releases import INDEX, LATEST, Releases
from warehouse.storage import Storage, Superseded, WarehouseUnusable, lease
from warehouse.storage.overlay import Overlay
from warehouse.storage.writer import AnotherWriter

FIRST = World(W40, {"a": {}, "b": {}, "c": {}})
SECOND = FIRST.then(labs={"a": {"name": "Neuf"}, "c": {}}, retired={"b": ("retired", (), W41)})


def published(warehouse: str | Path, world: World) -> str:
    world.write(warehouse)
    return publish(warehouse, world.week, generated_at=NOW).result


def files_of(warehouse: str | Path) -> dict[str, bytes]:
    return {name: Storage(warehouse).read(name) for name in Storage(warehouse).files("v1")}


def test_an_object_store_holds_the_same_bytes_as_a_folder_and_proves_them(bucket: str, tmp_path: Path) -> None:
    for world in (FIRST, SECOND):
        assert published(bucket, world) == "published"
        published(tmp_path / "folder", world)
    assert files_of(bucket) == files_of(tmp_path / "folder")
    assert Lake(bucket).weeks("labs") == [W40, W41]
    assert not [name for name in Storage(bucket).files() if name.startswith(".")], "the lease is given back"
    found = verify(bucket)
    assert found.passed, found.doubts
    assert resolve(bucket, lab_id("b"))[0].status == "retired"
    Storage(bucket).put("v1/snapshots/snapshot_date=2026-10-05/edition=full/labs.csv", b"lab_id\n")
    assert {proof.name for proof in verify(bucket).doubts} == {"checksum"}


def test_the_same_week_again_writes_nothing_and_a_differing_one_a_revision(bucket: str) -> None:
    published(bucket, FIRST)
    before = files_of(bucket)
    assert publish(bucket, W40, generated_at=NOW).result == "unchanged"
    assert files_of(bucket) == before
    Lake(bucket).write("labs", W40, World(W40, {"a": {"name": "Autre"}, "b": {}, "c": {}}).tables()["labs"])
    assert publish(bucket, W40, generated_at=NOW).result == "revised"
    latest = Releases(Storage(bucket)).latest()
    assert latest is not None
    assert latest.revision == 1


def test_a_file_is_replaced_only_where_it_is_the_one_that_was_read(bucket: str) -> None:
    storage = Storage(bucket)
    storage.replace("x", b"one", None)
    with pytest.raises(Superseded):
        storage.replace("x", b"other", None)
    tag = storage.tag("x")
    storage.replace("x", b"two", tag)
    with pytest.raises(Superseded):
        storage.replace("x", b"three", tag)
    assert storage.read("x") == b"two"


def test_a_revision_over_an_object_store_leaves_it_as_it_was(bucket: str, tmp_path: Path) -> None:
    published(bucket, FIRST)
    before = {name: Storage(bucket).tag(name) for name in Storage(bucket).files()}
    over = Overlay(Storage(bucket), tmp_path)
    Lake(over).write("labs", W40, World(W40, {"a": {"name": "Autre"}, "b": {}, "c": {}}).tables()["labs"])
    assert publish(over, W40, generated_at=NOW).result == "revised"
    assert {name: Storage(bucket).tag(name) for name in Storage(bucket).files()} == before
    assert over.keep("lake") == 1
    assert publish(bucket, W40, generated_at=NOW).result == "revised"


def test_two_publishers_do_not_interleave(bucket: str) -> None:
    FIRST.write(bucket)
    storage = Storage(bucket)
    with (
        placement.workshop(storage, "v1"),
        pytest.raises(AnotherWriter, match="publishing"),
    ):
        publish(bucket, W40, generated_at=NOW)
    assert publish(bucket, W40, generated_at=NOW).result == "published"


def test_a_publisher_that_lost_its_lease_cannot_tear_the_release_of_the_other(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first publisher sleeps after its first upload; the second takes the lease over and publishes other labs."""
    FIRST.write(bucket)
    other = World(W40, {"a": {"name": "Second éditeur"}, "b": {}, "c": {}})
    replaced = Storage.replace
    uploads = 0

    def interrupted(self: Storage, path: str, data: bytes, tag: str | None) -> None:
        nonlocal uploads
        replaced(self, path, data, tag)
        if "edition=full" in path:
            uploads += 1
            if uploads == 3:
                monkeypatch.setattr(Storage, "replace", replaced)
                monkeypatch.setattr(lease, "LEASE_SECONDS", -1)
                other.write(bucket)
                assert publish(bucket, W40, generated_at=NOW).result == "published"

    monkeypatch.setattr(Storage, "replace", interrupted)
    with pytest.raises((AnotherWriter, Superseded)):
        publish(bucket, W40, generated_at=NOW)
    assert verify(bucket).passed
    latest = Releases(Storage(bucket)).latest()
    assert latest is not None
    assert "Second éditeur" in Releases(Storage(bucket)).table(latest.editions["full"], "labs")["name"].to_pylist()


def test_a_pointer_that_lost_a_race_never_moves_backwards(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its index and its pointer the first publisher is overtaken by the one of the week after."""
    FIRST.write(bucket)
    replaced = Storage.replace

    def overtaken(self: Storage, path: str, data: bytes, tag: str | None) -> None:
        if path == LATEST:
            monkeypatch.setattr(Storage, "replace", replaced)
            monkeypatch.setattr(lease, "LEASE_SECONDS", -1)
            SECOND.write(bucket)
            publish(bucket, W41, generated_at=NOW)
        replaced(self, path, data, tag)

    monkeypatch.setattr(Storage, "replace", overtaken)
    publish(bucket, W40, generated_at=NOW)
    latest = Releases(Storage(bucket)).latest()
    assert latest is not None
    assert latest.iso_week == "2026-W41"
    assert verify(bucket).passed


def test_an_index_written_meanwhile_stops_the_publication(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    published(bucket, FIRST)
    SECOND.write(bucket)
    place = placement.place

    def meanwhile(storage: Storage, *arguments: object) -> None:
        place(storage, *arguments)  # type: ignore[arg-type]
        storage.put(INDEX, storage.read(INDEX).replace(b"every release is kept", b"every release is kept!"))

    monkeypatch.setattr("warehouse.publish.place", meanwhile)
    with pytest.raises(Superseded, match=r"index.json"):
        publish(bucket, W41, generated_at=NOW)
    assert verify(bucket).week == W40


def test_a_bucket_that_is_not_there_or_refuses_is_said_in_one_line(bucket: str) -> None:
    with pytest.raises(WarehouseUnusable) as caught:
        Lake(bucket.replace("s3://labs-", "s3://other-")).require_writable()
    assert "\n" not in str(caught.value)
    assert "endpoint_override" not in str(caught.value)


def test_keys_in_the_url_are_never_shown() -> None:
    assert Storage("s3://KEY:SECRET@bucket/x?scheme=http&region=us-east-1").shown == "bucket/x"
