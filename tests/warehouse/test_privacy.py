"""The last look before files are written: nothing of a person in what stays."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.fabricate import lab_id, table
from warehouse.rulings import privacy
from warehouse.schema import Lab

WORDS = ["atelier", "anne.martin@exemple.fr", "info@lab.example", "@lab", "a@b", "é"]
words = st.lists(st.sampled_from(WORDS), max_size=3)


def labs_of(rows: list[dict[str, object]]) -> pa.Table:
    return table("labs", [{"lab_id": lab_id(str(n)), "name": "A", **row} for n, row in enumerate(rows)])


def test_an_address_in_prose_or_a_list_is_cut_and_a_handle_in_a_url_is_not() -> None:
    labs = labs_of([
        {"description": "Écrire à anne.martin@exemple.fr ou passer.", "services": ["cnc", "info@lab.example"]},
        {"website": "https://mamot.fr/@lab", "links": ["https://mamot.fr/@lab@pouet.chapril.org"], "services": None},
        {"description": "Des lasers @ 60 W", "services": ["3d"]},
    ])  # fmt: skip
    cut, whole = ({row["lab_id"]: row for row in rows.to_pylist()} for rows in (privacy.cleared(labs), labs))
    assert cut[lab_id("0")]["description"] == "Écrire à […] ou passer."
    assert cut[lab_id("0")]["services"] == ["cnc", "[…]"]
    assert [cut[lab_id(name)] for name in "12"] == [whole[lab_id(name)] for name in "12"]


@given(st.lists(st.none() | words, min_size=1, max_size=4), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_cutting_keeps_every_list_and_cutting_twice_changes_nothing(lists: list[list[str] | None], chunk: int) -> None:
    labs = labs_of([{"services": items or None} for items in lists])
    labs = pa.Table.from_batches(labs.to_batches(max_chunksize=chunk), Lab.arrow_schema())
    once = privacy.cleared(labs)
    assert [items and len(items) for items in once["services"].to_pylist()] == [
        items and len(items) for items in labs["services"].to_pylist()
    ]
    assert privacy.cleared(once).equals(once)
    assert "exemple.fr" not in str(once.to_pylist())


def test_a_mobile_silences_the_address_beside_it() -> None:
    contacts = table("contacts", [
        {"lab_id": lab_id("a"), "email": "info@a.example", "phone": "+33299000000"},
        {"lab_id": lab_id("b"), "email": "info@b.example", "phone": "+33612345678"},
        {"lab_id": lab_id("c"), "email": "info@c.example"},
        {"lab_id": lab_id("d"), "phone": "garbage"},
        {"lab_id": lab_id("e")},
    ])  # fmt: skip
    kept = {row["lab_id"]: row["email"] for row in privacy.contacts_allowed(contacts).to_pylist()}
    assert kept == {lab_id("a"): "info@a.example", lab_id("c"): "info@c.example"}
