"""Every file of a release is inert, reproducible and opened by the readers people have."""

import csv
import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.fabricate import NOW, W40, World, lab_id, table
from warehouse.formats import attribution, datapackage, delimited, geojson, geopackage, geoparquet, mednum
from warehouse.manifest import content_sha256
from warehouse.publish import publish
from warehouse.schema import Lab
from warehouse.schema.manifest import ReleasedFile

HOSTILE = [
    "=cmd|'/C calc'!A0", "+1-1", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1", "\n=1", "<script>alert(1)</script>",
    "</script>", "{{7*7}}", "a\u202eb", "a\u2028b", "a\u200bb", "x" * 100_000,
    'a "quoted", name', "é\u0301", "line\nbreak",
]  # fmt: skip


def labs_named(names: list[str]) -> pa.Table:
    # built without Row: what a row would clean must be inert even where it was not cleaned
    rows = [
        {"lab_id": lab_id(str(number)), "name": name, "geo_method": "none", "status": "unknown"}
        for number, name in enumerate(names)
    ]
    return pa.Table.from_pylist(rows, schema=Lab.arrow_schema())


def csv_of(labs: pa.Table) -> list[dict[str, str]]:
    sink = io.BytesIO()
    delimited.write(labs, sink)
    return list(csv.DictReader(io.StringIO(sink.getvalue().decode(), newline="")))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_of_a_csv_begins_as_a_formula_does(name: str) -> None:
    (row,) = csv_of(labs_named([name]))
    assert row["name"].lstrip()[:1] not in set("=+-@＝＋－＠")
    assert row["name"].removeprefix("'") == name


@pytest.mark.parametrize("phone", ["+33299000000", "+12025550123"])
def test_a_telephone_number_stays_as_it_is(phone: str) -> None:
    assert csv_of(labs_named([phone]))[0]["name"] == phone


def test_lists_and_nulls_of_a_csv_are_told_apart_from_text() -> None:
    labs = table(
        "labs", [{"lab_id": lab_id("a"), "name": "A", "equipment": ["laser", "=cnc"], "founded_on": date(2020, 2, 3)}]
    )
    (row,) = csv_of(labs)
    assert row["equipment"] == "laser | =cnc"
    assert (row["founded_on"], row["website"], row["lat"]) == ("2020-02-03", "", "")


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_survives_csv_and_geojson(names: list[str]) -> None:
    names = [name.encode(errors="ignore").decode() or "x" for name in names]
    labs = labs_named(names)
    read = [row["name"] for row in csv_of(labs)]
    assert len(read) == len(names)
    sink = io.BytesIO()
    geojson.write(labs, sink)
    features = json.loads(sink.getvalue())["features"]
    assert [feature["properties"]["name"] for feature in features] == names
    assert len(sink.getvalue().splitlines()) == len(names) + 2, "one feature a line, whatever stands in it"


def test_geojson_places_a_lab_or_says_that_it_has_no_place() -> None:
    labs = World(W40, {"a": {}, "b": {"lat": None, "lon": None}}).tables()["labs"]
    sink = io.BytesIO()
    geojson.write(labs, sink)
    found = {feature["id"]: feature["geometry"] for feature in json.loads(sink.getvalue())["features"]}
    assert found[lab_id("a")] == {"type": "Point", "coordinates": [-1.7, 48.1]}
    assert found[lab_id("b")] is None


def test_an_empty_table_makes_valid_files(tmp_path: Path) -> None:
    labs = Lab.arrow_schema().empty_table()
    sink = io.BytesIO()
    geojson.write(labs, sink)
    assert json.loads(sink.getvalue()) == {"type": "FeatureCollection", "features": []}
    assert csv_of(labs) == []
    geopackage.write(labs, tmp_path / "labs.gpkg", as_of=date(2026, 9, 28))
    assert pyogrio.read_info(tmp_path / "labs.gpkg")["features"] == 0
    assert "bbox" not in json.loads(geoparquet.geo_metadata(labs))["columns"]["geometry"]


def test_a_geopackage_is_the_same_bytes_for_the_same_labs(tmp_path: Path) -> None:
    labs = World(W40, {"a": {"equipment": ["laser", "cnc"]}, "b": {"lat": None, "lon": None}}).tables()["labs"]
    for name in ("one", "other"):
        geopackage.write(labs, tmp_path / f"{name}.gpkg", as_of=date(2026, 9, 28))
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "other.gpkg").read_bytes()
    with sqlite3.connect(tmp_path / "one.gpkg") as package:
        assert package.execute("SELECT last_change FROM gpkg_contents").fetchall() == [("2026-09-28T00:00:00.000Z",)]
        rows = dict(package.execute("SELECT lab_id, equipment FROM labs").fetchall())
    assert rows == {lab_id("a"): "laser | cnc", lab_id("b"): None}


@pytest.mark.parametrize("name", ["'; DROP TABLE labs; --", "a\x1fb", *HOSTILE[:4]])
def test_a_hostile_name_is_text_in_a_geopackage(tmp_path: Path, name: str) -> None:
    geopackage.write(labs_named([name]), tmp_path / "labs.gpkg", as_of=date(2026, 9, 28))
    with sqlite3.connect(tmp_path / "labs.gpkg") as package:
        assert package.execute("SELECT name FROM labs").fetchall() == [(name,)]


@given(st.lists(st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=8))
@settings(max_examples=40, deadline=None)
def test_wkb_points_are_those_shapely_makes(places: list[tuple[float, float] | None]) -> None:
    import shapely

    rows = [
        {"lab_id": lab_id(str(n)), "name": "A", "lon": place and place[0], "lat": place and place[1]}
        for n, place in enumerate(places)
    ]
    labs = pa.Table.from_pylist(rows, schema=pa.schema([(f.name, f.type) for f in Lab.arrow_schema()]))
    made = geoparquet.with_geometry(labs)["geometry"].to_pylist()
    expected = [shapely.to_wkb(shapely.Point(place), byte_order=1) if place else None for place in places]
    assert made == expected


FULL_LAB = {
    "lab_id": lab_id("a"), "name": "FabLab d'Essai", "siret": "12345678901234", "street": "1 rue A",
    "postcode": "35000", "city": "Rennes", "commune": "Rennes", "commune_code": "35238", "country_code": "FR",
    "updated_on": date(2026, 9, 1), "description": "Un atelier. " * 40, "opening_hours": "Mo-Fr 09:00-18:00",
}  # fmt: skip


def mednum_of(*labs: dict[str, object]) -> list[dict[str, str]]:
    sink = io.BytesIO()
    count = mednum.write(table("labs", labs), sink)
    rows = list(csv.DictReader(io.StringIO(sink.getvalue().decode(), newline="")))
    assert count == len(rows)
    assert sink.getvalue().decode().splitlines()[0].replace('"', "").split(",") == list(mednum.FIELDS)
    return rows


def test_a_lab_that_satisfies_the_mediation_standard_stands_in_its_file() -> None:
    (row,) = mednum_of(FULL_LAB)
    assert row["pivot"] == "12345678901234"
    assert row["typologie"] == "FABLAB"
    assert len(row["presentation_resume"]) <= 280
    assert row["horaires"] == "Mo-Fr 09:00-18:00"
    assert (row["telephone"], row["courriels"]) == ("", "")


@pytest.mark.parametrize("change", [
    {"siret": None}, {"siret": "123"}, {"street": None}, {"postcode": "3500"}, {"postcode": None}, {"updated_on": None},
    {"commune_code": "2C004"}, {"country_code": "BE"}, {"commune": None, "city": None},
])  # fmt: skip
def test_a_lab_that_lacks_what_the_standard_requires_is_left_out(change: dict[str, object]) -> None:
    assert mednum_of(FULL_LAB | change) == []


def test_hours_in_words_are_no_hours_of_the_standard() -> None:
    assert mednum_of(FULL_LAB | {"opening_hours": "du lundi au vendredi"})[0]["horaires"] == ""


def test_credits_name_every_source_that_gave_something_and_let_no_markup_through() -> None:
    from tests.warehouse.fabricate import NOW, state

    sources = table("sources", [
        state("network", listings=3, fetched_at=NOW, attribution="Réseau <b>x</b> `y` [z](http://evil)"),
        state("silent", listings=0, attribution="Nobody"),
    ])  # fmt: skip
    text = attribution.text(sources, week="2026-W40", edition="open", licence="etalab-2.0")
    assert "- `network`: Réseau" in text
    assert "2026-10-12" in text
    assert "Nobody" not in text
    assert "<b>" not in text
    assert "](" not in text


def test_a_data_package_describes_every_file_and_every_column() -> None:
    names = ["labs.csv", "labs.parquet", "ATTRIBUTION.md"]
    files = [ReleasedFile(path=name, bytes=3, sha256="0" * 64) for name in names]
    made = datapackage.package(files, iso_week="2026-W40", edition="open", licence="etalab-2.0", labs=Lab)
    assert [resource["path"] for resource in made["resources"]] == names
    fields = made["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(Lab.column_names())
    assert all(field["description"] for field in fields)
    assert all(resource["name"] == resource["name"].lower() for resource in made["resources"])


part = st.fixed_dictionaries({"tag": st.text(max_size=2), "weight": st.none() | st.floats(0, 1)})
columns = st.lists(
    st.fixed_dictionaries({
        "name": st.text(max_size=5), "lat": st.none() | st.floats(-90, 90), "day": st.none() | st.dates(),
        "list": st.none() | st.lists(st.none() | st.text(max_size=3), max_size=3), "flag": st.none() | st.booleans(),
        "count": st.none() | st.integers(-(2**40), 2**40),
        "parts": st.lists(part, max_size=2),
    }), max_size=6,
)  # fmt: skip
SCHEMA = pa.schema([
    ("name", pa.string()), ("lat", pa.float64()), ("day", pa.date32()), ("list", pa.list_(pa.string())),
    ("flag", pa.bool_()), ("count", pa.int64()),
    ("parts", pa.list_(pa.struct([("tag", pa.string()), ("weight", pa.float64())]))),
])  # fmt: skip


@given(columns, st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_a_content_digest_depends_on_values_alone(rows: list[dict[str, object]], chunk: int) -> None:
    rows = [row | {"name": row["name"].encode(errors="ignore").decode()} for row in rows]  # type: ignore[attr-defined]
    try:
        straight = pa.Table.from_pylist(rows, schema=SCHEMA)
    except UnicodeEncodeError:
        return
    chunked = pa.Table.from_batches(straight.to_batches(max_chunksize=chunk), SCHEMA)
    wide = straight.set_column(0, "name", straight["name"].cast(pa.large_string()))
    encoded = straight.set_column(0, "name", straight["name"].dictionary_encode()) if rows else straight
    sliced = pa.concat_tables([straight, straight]).slice(len(rows)) if rows else straight
    digests = {content_sha256(one) for one in (straight, chunked, wide, encoded, sliced)}
    assert len(digests) == 1


def test_a_content_digest_tells_values_apart_that_look_alike() -> None:
    def digest(values: Sequence[object], kind: pa.DataType) -> str:
        return content_sha256(pa.table({"x": pa.array(values, kind)}))

    texts, lists = pa.string(), pa.list_(pa.string())
    flat = [["ab", "c"], ["a", "bc"], ["abc"], [None, "abc"], ["", "abc"]]
    assert len({digest(values, texts) for values in flat}) == len(flat)
    nested = [[["a"], ["b"]], [["a", "b"], []], [["a", "b"], None], [["ab"], []]]
    assert len({digest(values, lists) for values in nested}) == len(nested)
    assert digest([0.0], pa.float64()) != digest([None], pa.float64())
    assert content_sha256(pa.table({"x": [1]})) != content_sha256(pa.table({"y": [1]}))


def test_a_data_package_describes_every_table_of_text_column_by_column(tmp_path: Path) -> None:
    """Data Package 1: a tabular resource needs a schema, and its fields are the columns of the file."""
    World(
        W40,
        {
            "a": {name: value for name, value in FULL_LAB.items() if name != "lab_id"},
            "b": {"equipment": ["laser", "=cnc"]},
        },
    ).write(tmp_path)
    publish(tmp_path, W40, generated_at=NOW)
    folder = tmp_path / f"v1/snapshots/snapshot_date={W40.monday}/edition=full"
    described = json.loads((folder / "datapackage.json").read_bytes())
    names = [resource["name"] for resource in described["resources"]]
    for resource in described["resources"]:  # `frictionless validate datapackage.json` opens no list column
        assert (resource.get("type") == "file") == resource["path"].endswith(".parquet")
        data = (folder / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in [described["name"], *names])
    assert len(set(names)) == len(names)
    tabular = [one for one in described["resources"] if one.get("profile") == "tabular-data-resource"]
    assert [one["path"] for one in tabular] == ["labs.csv", "labs_mednum.csv"]
    for resource in tabular:
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(fields) == list(rows[0])
        for row, (name, field) in product(rows, fields.items()):
            asked = field.get("constraints", {})
            assert row[name] or not asked.get("required"), name
            assert not row[name] or re.fullmatch(asked.get("pattern", "(?s).*"), row[name]), name
            assert len(row[name]) <= asked.get("maxLength", len(row[name])), name
            if row[name] and field["type"] != "string":
                {"number": float, "integer": int, "date": date.fromisoformat}[field["type"]](row[name])
