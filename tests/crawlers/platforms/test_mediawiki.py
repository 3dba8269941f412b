"""Wikitext is the fields of its templates, and prose."""

from crawlers.platforms.mediawiki import prose, template_fields


def test_wikitext_is_fields_and_prose() -> None:
    text = "{{Lieu\n| Adresse = 1 [[rue]]<!-- x -->\n|Ville=Die\n}}\n== Titre ==\n{{a|{{b}}}}''Texte''{| class=x\n|}"
    assert template_fields(text) == {"adresse": "1 rue", "ville": "Die"}
    assert prose(text).split() == ["Titre", "Texte"]
