"""Every row has an Arrow schema with described columns, and tables are held to it."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from warehouse.schema import TABLES, Listing, Row, SchemaMismatch, conform, empty

LISTING_COLUMNS = [
    "source",
    "source_key",
    "url",
    "name",
    "alt_names",
    "kinds",
    "description",
    "operator",
    "siret",
    "rna",
    "address",
    "street",
    "postcode",
    "city",
    "commune_code",
    "country_code",
    "lat",
    "lon",
    "website",
    "email",
    "phone",
    "opening_hours",
    "equipment",
    "services",
    "audiences",
    "labels",
    "fees",
    "links",
    "status",
    "founded_on",
    "updated_on",
    "page_sha256",
]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_and_keys_are_columns(name: str) -> None:
    schema = TABLES[name].arrow_schema()
    assert all(field.metadata[b"description"] for field in schema)
    assert set(TABLES[name].key) <= set(schema.names)


def test_listing_columns_stand_in_the_agreed_order() -> None:
    assert Listing.arrow_schema().names == LISTING_COLUMNS


def test_missing_is_null_and_never_an_empty_text() -> None:
    listing = Listing(source="a", source_key="1", name=" Atelier\u200b ", city="  ", alt_names=["", "X", "X"], kinds=[])
    assert (listing.name, listing.city, listing.alt_names, listing.kinds) == ("Atelier", None, ["X"], None)


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "\u200b"},
        {"source": "../etc"},
        {"source_key": ""},
        {"lat": float("nan")},
        {"lat": float("inf")},
        {"country_code": "France"},
        {"status": "open"},
        {"surprise": 1},
    ],
)
def test_a_record_that_breaks_a_rule_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Listing(**({"source": "a", "source_key": "1", "name": "x"} | bad))


def test_a_lone_surrogate_does_not_reach_a_table() -> None:
    table = Listing.table([Listing(source="a", source_key="1", name="x\ud800y")])
    assert table["name"].to_pylist() == ["xy"]


def test_rows_are_sorted_by_key() -> None:
    rows = [Listing(source="b", source_key="1", name="x"), Listing(source="a", source_key="2", name="x")]
    assert Listing.table(rows)["source"].to_pylist() == ["a", "b"]


def test_conform_adds_missing_columns_and_refuses_unknown_ones_and_nulls() -> None:
    part = pa.table({"name": ["x"], "source": ["a"], "source_key": ["1"], "status": ["active"]})
    assert conform(part, Listing).schema == Listing.arrow_schema()
    with pytest.raises(SchemaMismatch, match="surprise"):
        conform(part.append_column("surprise", pa.array([1])), Listing)
    with pytest.raises(SchemaMismatch, match="source_key"):
        conform(part.drop_columns(["source_key"]), Listing)


def test_a_column_without_description_is_a_bug() -> None:
    class Bare(Row):
        x: int

    with pytest.raises(SchemaMismatch, match="no description"):
        empty(Bare)
