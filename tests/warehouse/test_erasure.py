"""What somebody objects to leaves every release, week and archived page; everything else stays byte for byte."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crawlers.archive import WarcReader
from crawlers.pages.excision import cut
from tests.warehouse.fabricate import NOW, W40, W41, W42, World, lab_id, listing, table
from tests.warehouse.lived_weeks import FUSED, LINEAGE, MEMBERS, SAID, WORLD, check, live, take_out, where
from warehouse.erasure.erase import erase, reach
from warehouse.erasure.objection import BadObjection, parse
from warehouse.erasure.pages import Traces, plain
from warehouse.erasure.releases import REDACTIONS
from warehouse.lake import Lake
from warehouse.publish import publish
from warehouse.published.lookup import resolve
from warehouse.published.verify import verify
from warehouse.releases import ReleaseDamaged
from warehouse.rulings import Rulings, suppressions
from warehouse.storage import Storage
from warehouse.weeks import Week


@pytest.fixture
def warehouse(three_lived_weeks: Path, tmp_path: Path) -> Path:
    shutil.copytree(three_lived_weeks, tmp_path / "w")
    return tmp_path / "w"


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
        left = [exchange.url for exchange in WarcReader(warehouse / f"archive/week={week}/map.warc.gz").last()]
        assert left == ["https://map.example/a"], "and so did the index of a source that lists it not"
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
def test_what_a_killed_publication_left_outside_the_index_goes_too(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = WORLD.then().then().then()

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Storage, "replace", killed)  # the index is the first that is replaced
        live(warehouse, late)
    folder = warehouse / f"v1/snapshots/snapshot_date={late.week.monday}"
    assert folder.is_dir()
    asked = [parse(lab_id("d"))]
    assert str(folder.relative_to(warehouse)) in reach(Lake(warehouse), asked, cut, lineage=LINEAGE).unnamed
    take_out(warehouse, lab_id("d"))
    assert not folder.exists()
    assert where(warehouse, "Canary") == []
    check(warehouse)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["manifest.json", "labs.parquet", "lab_listings.parquet"])
def test_a_damaged_revision_that_was_made_again_goes_with_the_rest(warehouse: Path, name: str) -> None:
    first, second = (warehouse / f"v1/{place}/edition=full/{name}" for place in (
        f"snapshots/snapshot_date={W41.monday}", f"revisions/snapshot_date={W41.monday}/revision=1"
    ))  # fmt: skip
    whole = second.read_bytes()
    second.write_bytes(b"\x00garbage{")
    with pytest.raises(ReleaseDamaged):
        take_out(warehouse, lab_id("d"))
    second.write_bytes(whole)
    first.write_bytes(b"\x00garbage{")
    take_out(warehouse, lab_id("d"))
    assert where(warehouse, "Canary") == []
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


TOUCHES = ("writing", "remove", "replace")
"""What an erasure does to the storage of a warehouse, but for reading."""


class Killed(BaseException):
    """What a kill is here: no handler of the code may stop it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Let the storage die at its n-th touch; return how many there were."""
    count = 0

    def dying(name: str) -> Callable[..., Any]:
        real = getattr(Storage, name)

        def touch(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == at:
                raise Killed
            return real(*arguments)

        return touch

    for name in TOUCHES:
        monkeypatch.setattr(Storage, name, dying(name))
    return lambda: count


def check_killed(warehouse: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> bool:
    """Kill an erasure at a touch, look at what readers see, run it again; return whether it was killed."""
    found = reach(Lake(warehouse), [parse(lab_id("d"))], cut, lineage=LINEAGE)
    kill_at(monkeypatch, at)
    is_killed = False
    try:
        erase(Lake(warehouse), found.objections, cut, lineage=LINEAGE)
    except Killed:
        is_killed = True
        assert {proof.name for proof in verify(warehouse).doubts} <= {"latest"}
    monkeypatch.undo()
    erase(Lake(warehouse), [] if at > 1 else found.objections, cut, lineage=LINEAGE)  # the first touch files them
    assert where(warehouse, "Canary") == []
    check(warehouse)
    return is_killed


# before the pointer to the last release, and between an archive file and the rows of its pages
@pytest.mark.parametrize("at", [12, 38])
def test_an_erasure_that_was_killed_is_finished_by_the_next(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    assert check_killed(warehouse, monkeypatch, at)


@pytest.mark.soak
def test_an_erasure_killed_at_any_touch_is_finished_by_the_next(
    three_lived_weeks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(three_lived_weeks, tmp_path / "whole")
    touches = kill_at(monkeypatch, 0)
    take_out(tmp_path / "whole", lab_id("d"))
    monkeypatch.undo()
    for at in range(1, touches() + 1):
        shutil.copytree(three_lived_weeks, tmp_path / str(at))
        assert check_killed(tmp_path / str(at), monkeypatch, at), at
        shutil.rmtree(tmp_path / str(at))


def test_what_would_go_is_told_and_nothing_is_written(warehouse: Path) -> None:
    before = {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}
    found = reach(Lake(warehouse), [parse(lab_id("d"))], cut, lineage=LINEAGE)
    assert [week for week, _ in found.releases] == [W40, W41, W41, W42]
    assert list(found.weeks) == [W40, W41, W42]
    assert found.archives == [
        f"archive/week={week}/{source}.warc.gz" for week in (W40, W41, W42) for source in ("map", "network")
    ]
    assert {one.kind for one in found.objections} == {"lab", "listing", "place"}
    assert {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", [
    "", "nonsense", "lab-abc", f"{lab_id('d')}/colour", f"{lab_id('d')}/lab_id", "Network/x", "0299000000",
    "lab-aaaaaaaaaaaaa", "network/nobody", "a@b", "../../etc",
])  # fmt: skip
def test_what_names_nothing_is_refused_in_one_line(warehouse: Path, text: str) -> None:
    with pytest.raises(BadObjection) as caught:
        reach(Lake(warehouse), [parse(text)], cut, lineage=LINEAGE)
    assert "\n" not in str(caught.value)


def test_the_file_of_objections_holds_hashes_and_no_two_alike(warehouse: Path) -> None:
    lake = Lake(warehouse)
    suppressions.file(
        lake.storage, reach(lake, [parse(lab_id("d")), parse("+33299112233")], cut, lineage=LINEAGE).objections
    )
    text = (warehouse / suppressions.FILED).read_text()
    assert not any(secret in text for secret in (lab_id("d"), "network/d", "33299112233", "Canary"))
    salts = [line.split(",")[1] for line in text.splitlines()[1:]]
    assert len(salts) == len(set(salts)) == 4
    assert not (Path(suppressions.REVIEWED).read_text().splitlines()[1:]), "no repository holds them"


@pytest.mark.parametrize("page", [
    '{"nom": "L\\u00c9tabli \\"d\'ici\\"", "web": "https:\\/\\/etabli.example\\/"}',
    "<b>L&Eacute;tabli   &quot;d&#39;ici&quot;</b> https://etabli.example/", "L'atelier (l'établi), LÉTABLI \"D'ICI\"",
    "LÉtabli \"d'ici\"",
])  # fmt: skip
def test_a_page_is_read_as_people_read_it(page: str) -> None:
    found = Traces(own={"network": {plain('LÉtabli "d\'ici"')}})
    assert found.of("network")("https://network.example/", None, page)
    assert not found.of("map")("https://map.example/", None, page), "a name alone tells nothing of another source"
    longer = page.replace("tabli", "tablissement").replace("TABLI", "TABLISSEMENT")
    assert not found.of("network")("https://network.example/", None, longer)
