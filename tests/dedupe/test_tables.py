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


def test_coordinates_that_are_no_number_and_columns_of_other_types_are_read(tmp_path: Path) -> None:
    table = plain(lat=[float("nan"), 1.5], lon=[2, 3], postcode=[75001, 75002], mood=[1, 2])
    assert run(written(tmp_path, table), tmp_path / "out", week="2026-W40").labs == 2
