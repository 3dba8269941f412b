from warehouse.archetypes.reading.passages import Passage, is_cut, passages


def roles(**listing: object) -> list[tuple[str, str]]:
    return [(passage.role, passage.text) for passage in passages(listing)]


def test_a_keyed_description_is_taken_apart() -> None:
    text = "structure: fablab | organisation: Ville de Port-Vert | adresse: 3 rue Haute | Un atelier pour tous."
    assert roles(description=text) == [
        ("kind", "fablab"),
        ("operator", "Ville de Port-Vert"),
        ("address", "3 rue Haute"),
        ("text", "Un atelier pour tous."),
    ]


def test_keys_in_english_are_read_too() -> None:
    text = "Who owns or hosts your physical space: Leased from council | Legal Structure: Charity"
    assert roles(description=text) == [("operator", "Leased from council"), ("legal", "Charity")]


def test_a_colon_in_prose_makes_no_keys() -> None:
    text = "Un lieu pour : apprendre, faire. Horaires : le samedi."
    assert roles(description=text) == [("text", text)]


def test_an_unknown_key_stays_prose() -> None:
    assert roles(description="Nota bene: médiathèque | type: fablab")[0] == ("text", "Nota bene: médiathèque")


def test_where_a_lab_is_says_nothing_of_what_it_is() -> None:
    assert roles(description="etiquettes: FabLab | epci: CC du Village") == [("kind", "FabLab")]


def test_several_categories_are_ticked_a_single_one_is_not() -> None:
    assert list(passages({"kinds": ["EPN"]})) == [Passage("kind", "kinds", "EPN", False)]
    joined = 'Type de lieu: Espace Public Numérique","Fablab / Hackerspace'
    assert [passage.is_ticked for passage in passages({"description": joined})] == [True, True]


def test_null_and_empty_columns_yield_nothing() -> None:
    assert roles(name=None, kinds=[], description="") == []


def test_a_list_column_given_as_text_is_read() -> None:
    assert roles(services="Prototypage, formation") == [("offer", "Prototypage, formation")]


def test_a_text_that_breaks_off_is_cut() -> None:
    assert is_cut({"description": "Un atelier […]"})
    assert is_cut({"description": "Un atelier..."})
    assert not is_cut({"description": "Un atelier."})
    assert not is_cut({})
