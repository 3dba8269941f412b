"""The standard of médiation numérique is read in both its versions, and a tiers-lieu is not yet a workshop."""

from typing import Any

import pytest

from crawlers.platforms.lamednum import columns
from crawlers.source import OutOfScope


def record(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "nom": "La Grange", "commune": "Die", "typologie": "FABLAB"} | fields


@pytest.mark.parametrize("by", ["|", ";", " / "])
def test_several_values_are_told_apart_in_both_versions(by: str) -> None:
    found = columns(
        record(typologie=by.join(("TIERS_LIEUX", "FABLAB")), services=by.join(("Accès internet", "Réemploi")))
    )
    assert found["kinds"] == ["TIERS_LIEUX", "FABLAB"]
    assert found["services"] == ["Accès internet", "Réemploi"]


@pytest.mark.parametrize("kind", ["FABLAB", "FABRIQUE", "TIERS_LIEUX|FABLAB"])
def test_a_typology_of_workshops_is_in_scope(kind: str) -> None:
    assert columns(record(typologie=kind))["name"] == "La Grange"


@pytest.mark.parametrize("kind", ["TIERS_LIEUX", "RESSOURCERIE", "EPN|BIB", "ENM", "Autre", "", None])
def test_a_typology_that_may_be_anything_needs_a_word_that_attests_fabrication(kind: str | None) -> None:
    with pytest.raises(OutOfScope):
        columns(record(typologie=kind))
    assert columns(record(typologie=kind, presentation_resume="Une découpeuse laser"))["name"] == "La Grange"
