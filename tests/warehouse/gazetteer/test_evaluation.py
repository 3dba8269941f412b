from pathlib import Path

import pytest

from tests.warehouse.gazetteer.listings import table
from warehouse.gazetteer.evaluation import NoCensus, coverage, evaluate
from warehouse.gazetteer.locate import locate

HEADER = "ID,NOM_TL,ADRESSE,CP,COMINIT,INSEECOM,LAT,LONG\n"
ROWS = """1,Atelier,1 rue A,44000,Nantes,44109,,
2,Forge,,0,,01340,45.7181,5.6536
3,Fabrique,2 rue B,75010,Paris,75110,,
4,Grange,,01300,Arbignieu,01015,,
5,Hangar,,0,,44109,,
6,Remise,3 rue C,44000,Nantes,0,,
7,Cave,4 rue D,48000,Mende,44109,,
"""


def test_codes_of_2019_are_carried_to_today_and_misses_are_listed(tmp_path: Path) -> None:
    census = tmp_path / "census.csv"
    census.write_text(HEADER + ROWS, encoding="utf-8")
    found = evaluate(census)
    # 5 says nothing, 6 has no code
    assert (found.rows, found.usable, found.without_code) == (7, 5, 1)
    (miss,) = found.misses
    assert (miss.row_id, miss.expected, miss.found) == ("7", "44109 Nantes", "48095 Mende")
    assert found.share == pytest.approx(0.8)
    assert not found.is_met
    assert "  7: 4 rue D 48000 Mende: expected 44109 Nantes, found 48095 Mende" in found.lines()


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoCensus, match=r"other\.csv: not the census of 2019, column ID is missing"):
        evaluate(tmp_path / "other.csv")


def test_coverage_counts_what_is_french_and_what_contradicts() -> None:
    listings = table(
        {"postcode": "44000", "city": "Nantes", "country_code": "FR"},
        {"city": "Saint-Denis", "country_code": "FR"},
        {"country_code": "FR"},
        {"city": "Berlin", "country_code": "DE"},
        {"postcode": "48000", "city": "Mende", "country_code": "FR", "lat": 47.218123, "lon": -1.553456},
    )
    located = locate(listings)
    found = coverage(listings, located)
    assert (found.french, found.french_with_commune, found.contradictions) == (3, 2, 0)
    assert found.share == pytest.approx(2 / 3)
