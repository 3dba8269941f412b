"""`labs dedupe` reads any table of listings, tells bad input in one line, and writes all or nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedupe.tables import FIRST_WEEK, run
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from warehouse.schema import UserError


def written(folder: Path, table: pa.Table, name: str = "in.parquet") -> Path:
    path = folder / name
    pq.write_table(table, path)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    rows = [lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE_AGAIN), lab("region", "x", **ENCLUME)]
    return written(tmp_path, listings(*rows))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_three_tables_are_written(source: Path, tmp_path: Path) -> None:
    summary = run(source, tmp_path / "out", week="2026-W40")
    assert (summary.listings, summary.labs, summary.ignored) == (3, 2, ())
    assert pq.read_table(tmp_path / "out/labs.parquet").num_rows == 2
    assert pq.read_table(tmp_path / "out/lab_listings.parquet").column_names == ["source", "source_key", "lab_id"]
    assert pq.read_table(tmp_path / "out/matches.parquet").num_rows == summary.pairs


def test_the_same_run_writes_the_same_bytes(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "one", week="2026-W40")
    run(source, tmp_path / "two", week="2026-W40")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_next_run_keeps_the_ids_and_compares_what_changed(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "one", week="2026-W40")
    summary = run(source, tmp_path / "two", week="2026-W41", previous=tmp_path / "one")
    assert summary.notes == ("0 of 1 pairs compared, the others are as they were",)
    one, two = (pq.read_table(tmp_path / f"{name}/lab_listings.parquet") for name in ("one", "two"))
    assert one.equals(two)


def test_a_state_that_is_gone_means_a_full_run_that_says_so_and_comes_to_the_same(source: Path, tmp_path: Path) -> None:
    import shutil

    run(source, tmp_path / "one", week="2026-W40")
    run(source, tmp_path / "two", week="2026-W41", previous=tmp_path / "one")
    shutil.rmtree(tmp_path / "one/state")
    summary = run(source, tmp_path / "three", week="2026-W41", previous=tmp_path / "one")
    assert "every pair was compared" in summary.notes[0]
    assert contents(tmp_path / "two") == contents(tmp_path / "three")


def test_a_run_that_names_no_week_is_the_same_on_any_day_and_the_next_one_a_week_later(
    source: Path, tmp_path: Path
) -> None:
    run(source, tmp_path / "one")
    run(source, tmp_path / "named", week=FIRST_WEEK)
    assert contents(tmp_path / "one") == contents(tmp_path / "named")
    run(source, tmp_path / "two", previous=tmp_path / "one")
    seen = pq.read_table(tmp_path / "two/registry.parquet").to_pylist()
    assert {(row["first_seen"], row["last_seen"]) for row in seen} == {(date(2000, 1, 3), date(2000, 1, 10))}


def test_unknown_columns_are_named_and_ignored(source: Path, tmp_path: Path) -> None:
    table = pq.read_table(source).append_column("mood", pa.array(["good"] * 3))
    assert run(written(tmp_path, table), tmp_path / "out", week="2026-W40").ignored == ("mood",)


def test_an_empty_table_is_no_lab(tmp_path: Path) -> None:
    assert run(written(tmp_path, listings()), tmp_path / "out", week="2026-W40").labs == 0


def plain(**columns: list[Any]) -> pa.Table:
    return pa.table({"source": ["a", "b"], "source_key": ["1", "2"], "name": ["x", "y"], **columns})


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (plain().drop_columns(["name"]), "column name is missing"),
        (plain(source=["a", "a"], source_key=["1", "1"]), "a '1' stands 2 times"),
        (plain(name=["x", None]), "row 2 has no name"),
        (plain(source_key=["1", " "]), "row 2 has no source_key"),
        (plain(lat=["north", "south"]), "column lat: a number is needed"),
        (plain(alt_names=["x", "y"]), "column alt_names: a list of text is needed"),
        (plain(name=pa.array([b"\xff\xfe", b"y"])), "column name: Invalid UTF8"),
        (plain(name=[{"fr": "x"}, {"fr": "y"}]), "column name: Unsupported cast"),
        (plain(lat=[True, False]), "column lat: a number is needed"),
        (plain(founded_on=["2020-01-01", "soon"]), "column founded_on: .*'soon'"),
        (plain(source=[None, "b"]), "row 1 has no source"),
        (pa.table({}), "column source is missing"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(tmp_path: Path, table: pa.Table, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint) as caught:
        run(written(tmp_path, table), tmp_path / "out", week="2026-W40")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_files_that_are_none_of_ours_are_told_by_name(source: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.parquet"
    text.write_text("hello", encoding="utf-8")
    with pytest.raises(UserError, match="not a readable Parquet file"):
        run(text, tmp_path / "out", week="2026-W40")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="a folder without a Parquet file"):
        run(tmp_path / "folder", tmp_path / "out", week="2026-W40")
    with pytest.raises(UserError, match="no such file"):
        run(tmp_path / "absent.parquet", tmp_path / "out", week="2026-W40")
    with pytest.raises(UserError, match="did not write"):
        run(source, tmp_path, week="2026-W40")
    with pytest.raises(UserError, match=r"has no lab_listings.parquet"):
        run(source, tmp_path / "out", week="2026-W40", previous=tmp_path)


def test_contradicting_judgements_stop_the_run(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    path.write_text("left,right,verdict,by,on,why\na:1,b:1,same,x,2026-01-01,\na:1,b:1,different,x,2026-01-02,\n")
    with pytest.raises(UserError, match="line 3 says"):
        run(source, tmp_path / "out", week="2026-W40", judgements=path)


def test_a_binary_file_of_judgements_is_told_by_name(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"j\.csv: not a CSV file in UTF-8"):
        run(source, tmp_path / "out", judgements=path)


def test_a_thousand_listings_of_one_name_are_a_bounded_number_of_pairs(tmp_path: Path) -> None:
    rows = [lab(f"s{at % 7}", str(at), name="FabLab", city="Saumur", country_code="FR") for at in range(1_000)]
    summary = run(written(tmp_path, listings(*rows)), tmp_path / "out")
    assert summary.pairs <= 20 * len(rows)


def test_announced_keys_keep_ids_and_judgements_where_everything_else_changed(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "one")
    judged, keys = tmp_path / "j.csv", tmp_path / "keys.csv"
    judged.write_text("left,right,verdict,by,on,why\natlas:1,wiki:b,different,ada,2026-10-01,\n")
    keys.write_text("source,old,new\natlas,1,A-1\nregion,x,A-1\n")
    robots = {"name": "Robotique", "city": "Lille", "country_code": "FR"}
    table = listings(lab("atlas", "A-1", **robots), lab("wiki", "b", **robots), lab("region", "A-1", **ENCLUME))
    run(written(tmp_path, table, "next.parquet"), tmp_path / "two", previous=tmp_path / "one", judgements=judged,
        new_keys=keys)  # fmt: skip
    one, two = ids_in(tmp_path / "one"), ids_in(tmp_path / "two")
    assert two["atlas", "A-1"] != two["wiki", "b"]
    assert two["region", "A-1"] == one["region", "x"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("source,key\n", "line 1: the columns must be source,old,new"),
        ("source,old,new\natlas,1\n", "line 2: source, old, new wanted"),
        ("source,old,new\natlas,1,2\natlas,1,3\n", "line 3: atlas '1' has a new key already"),
        ("source,old,new\nwiki,b,c\natlas,1,9\natlas,7,9\n", None),
    ],
)
def test_keys_that_cannot_be_applied_are_told_by_line(
    source: Path, tmp_path: Path, text: str, complaint: str | None
) -> None:
    run(source, tmp_path / "one")
    keys = tmp_path / "keys.csv"
    keys.write_text(text)
    if complaint is None:  # a key of no listing renames nothing
        assert run(source, tmp_path / "two", previous=tmp_path / "one", new_keys=keys).labs
        return
    with pytest.raises(UserError, match=complaint):
        run(source, tmp_path / "two", previous=tmp_path / "one", new_keys=keys)
    with pytest.raises(UserError, match=r"--new-keys: .* --previous"):
        run(source, tmp_path / "two", new_keys=keys)


def ids_in(folder: Path) -> dict[tuple[str, str], str]:
    rows = pq.read_table(folder / "lab_listings.parquet").to_pylist()
    return {(row["source"], row["source_key"]): row["lab_id"] for row in rows}


def test_coordinates_that_are_no_number_and_columns_of_other_types_are_read(tmp_path: Path) -> None:
    table = plain(lat=[float("nan"), 1.5], lon=[2, 3], postcode=[75001, 75002], mood=[1, 2])
    assert run(written(tmp_path, table), tmp_path / "out", week="2026-W40").labs == 2
