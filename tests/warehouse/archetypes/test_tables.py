import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.archetypes.tables import OUT_COLUMNS, UnusableTable, classify_table

ROWS = [
    {"id": "a", "name": "Fablab de la médiathèque", "country": "FR", "description": "", "colour": "red"},
    {"id": "b", "name": "Lab", "country": "France", "description": "Fablab associatif, bénévoles.", "colour": ""},
    {"id": "c", "name": "", "country": "", "description": "", "colour": ""},
]


def write_csv(path: Path, rows: list[dict[str, str]] = ROWS, delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_csv_becomes_a_csv_of_archetypes_as_strings(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    report = classify_table(write_csv(tmp_path / "labs.csv"), out)
    rows = read_csv(out)
    assert tuple(rows[0]) == OUT_COLUMNS
    assert [(row["id"], row["archetype"]) for row in rows] == [("a", "1"), ("b", "3"), ("c", "unclassified")]
    assert json.loads(rows[0]["evidence"])[0]["matched"] == "médiathèque"
    assert json.loads(rows[2]["evidence"]) == []
    assert (report.labs, report.unknown_columns) == (3, ("colour",))
    assert report.archetypes == {"1": 1, "3": 1, "unclassified": 1}


def test_a_listing_column_that_archetypes_do_not_rest_on_is_not_called_unknown(tmp_path: Path) -> None:
    rows = [{"id": "a", "name": "Lab", "city": "Valclair", "lat": "48.1", "shoe_size": "42"}]
    report = classify_table(write_csv(tmp_path / "labs.csv", rows), tmp_path / "out.csv")
    assert report.unknown_columns == ("shoe_size",)


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "labs.csv")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "labs.parquet")
    classify_table(source, tmp_path / "csv.parquet")
    classify_table(tmp_path / "labs.parquet", tmp_path / "parquet.parquet")
    table = pq.read_table(tmp_path / "csv.parquet")
    assert table.equals(pq.read_table(tmp_path / "parquet.parquet"))
    assert table.schema.field("archetype").type == pa.string()


def test_lists_and_numbers_of_a_parquet_are_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [7], "name": ["Lab"], "kinds": [["EPN"]]}), tmp_path / "labs.parquet")
    classify_table(tmp_path / "labs.parquet", tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[0]["id"] == "7"
    assert read_csv(tmp_path / "out.csv")[0]["archetype"] == "1"


def test_a_semicolon_a_byte_order_mark_and_line_breaks_in_cells_are_read(tmp_path: Path) -> None:
    rows = [{"id": "a", "name": "Lab", "description": "Un atelier\nà la médiathèque; gratuit, libre"}]
    source = write_csv(tmp_path / "labs.csv", rows, delimiter=";")
    source.write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    classify_table(source, tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[0]["archetype"] == "1"


def test_rows_that_share_an_id_are_listings_of_one_lab(tmp_path: Path) -> None:
    rows = [{"id": "a", "name": "Lab", "operator": ""}, {"id": "a", "name": "Labo", "operator": "GRETA"}]
    classify_table(write_csv(tmp_path / "labs.csv", rows), tmp_path / "out.csv")
    assert [(row["id"], row["archetype"]) for row in read_csv(tmp_path / "out.csv")] == [("a", "6")]


def test_a_table_without_rows_gives_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "labs.csv").write_text("id,name\n", encoding="utf-8")
    assert classify_table(tmp_path / "labs.csv", tmp_path / "out.csv").labs == 0
    assert read_csv(tmp_path / "out.csv") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,description\nLab,x\n", "no column id"),
        ("id,description\n1,x\n", "no column name"),
        ("id,name\n,Lab\n", "1 rows have no id"),
        ("id,name,name\n1,Lab,Lab\n", "column name stands there twice"),
        ("id,name\n1,Lab,3,4\n", "not a readable table"),
        ("", "not a readable table"),
    ],
)
def test_an_unusable_table_is_one_clear_line_and_nothing_is_written(tmp_path: Path, content: str, message: str) -> None:
    source = tmp_path / "labs.csv"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableTable, match=message) as raised:
        classify_table(source, tmp_path / "out.csv")
    assert "\n" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["labs.csv"]


@pytest.mark.parametrize("name", ["labs.csv", "labs.parquet"])
def test_bytes_that_are_no_table_are_an_unusable_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(UnusableTable, match="not a readable table"):
        classify_table(tmp_path / name, tmp_path / "out.csv")


def test_a_missing_file_an_unknown_ending_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "labs.csv")
    with pytest.raises(UnusableTable, match="no such file"):
        classify_table(tmp_path / "none.csv", tmp_path / "out.csv")
    with pytest.raises(UnusableTable, match=r"\.csv or \.parquet"):
        classify_table(source, tmp_path / "out.xlsx")
    with pytest.raises(UnusableTable, match="does not exist"):
        classify_table(source, tmp_path / "nowhere" / "out.csv")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.archetypes.tables._write_csv", full)
    with pytest.raises(UnusableTable, match="No space left"):
        classify_table(write_csv(tmp_path / "labs.csv"), out)
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labs.csv", "out.csv"]
