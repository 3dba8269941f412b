import pyarrow as pa

from warehouse.archetypes.classify import classify
from warehouse.schema import Classification


def test_a_library_that_hosts_the_lab_is_digital_mediation() -> None:
    table = pa.Table.from_pylist(
        [
            {
                "lab_id": "lab-aaaaaaaaaaaaa",
                "source": "fiction",
                "source_key": "1",
                "name": "Fablab de la médiathèque des Tilleuls",
                "description": "Des ateliers d'impression 3D pour les habitants.",
            }
        ]
    )
    row = classify(table).to_pylist()[0]
    assert row["archetype"] == "1"
    assert row["finalite"] == "social"
    assert row["evidence"][0]["matched"] == "médiathèque"


def test_no_listing_gives_an_empty_table_of_the_exact_schema() -> None:
    empty = pa.table({"lab_id": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    assert classify(empty).schema.equals(Classification.arrow_schema())
