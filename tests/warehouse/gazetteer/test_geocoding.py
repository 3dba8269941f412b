from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.gazetteer.listings import table
from warehouse.gazetteer.geocoding import queries, refine, unanswered
from warehouse.gazetteer.locate import locate
from warehouse.schema import Located
from warehouse.schema.located import GeocoderAnswer

STREET = {"street": "12 r. des Lilas", "postcode": "69003", "city": "Lyon", "country_code": "FR"}
QUERY = "12 rue des lilas 69003 lyon"
ANSWER = {
    "query": QUERY,
    "asked_at": datetime(2026, 10, 14, tzinfo=UTC),
    "label": "12 Rue des Lilas 69003 Lyon",
    "match_type": "housenumber",
    "score": 0.97,
    "commune_code": "69383",
    "postcode": "69003",
    "lat": 45.758123,
    "lon": 4.861123,
    "address_id": "69383_4040_00012",
}


def answers(*changes: dict[str, Any]) -> pa.Table:
    return GeocoderAnswer.table([GeocoderAnswer(**ANSWER | change) for change in changes])


def refined(listing: dict[str, Any], *changes: dict[str, Any]) -> dict[str, Any]:
    listings = table(listing)
    row: dict[str, Any] = refine(locate(listings), listings, answers(*changes)).to_pylist()[0]
    return row


def test_only_listings_without_a_point_that_holds_are_asked_for() -> None:
    listings = table(
        STREET,
        STREET | {"lat": 45.758123, "lon": 4.861123},
        STREET | {"lat": 48.858123, "lon": 2.361123},
        {"postcode": "69003", "city": "Lyon", "country_code": "FR"},
        {"street": "BP 12", "postcode": "69003", "city": "Lyon", "country_code": "FR"},
        {"street": "Werkstr. 1", "city": "Berlin", "country_code": "DE"},
        {"address": "12, rue des Lilas - 69003 LYON, France"},
    )
    located = locate(listings)
    assert queries(listings, located) == [QUERY, None, QUERY, None, None, None, QUERY]
    assert unanswered(listings, located, answers()) == [QUERY]
    assert unanswered(listings, located, answers({})) == []


@pytest.mark.parametrize(
    ("match_type", "score", "method", "precision"),
    [("housenumber", 0.6, "geocoder", 20.0), ("street", 0.7, "street", 250.0)],
)
def test_an_answer_is_accepted_by_type_and_score(match_type: str, score: float, method: str, precision: float) -> None:
    row = refined(STREET, {"match_type": match_type, "score": score})
    assert (row["lat"], row["lon"]) == (45.758123, 4.861123)
    assert (row["geo_method"], row["geo_precision_m"]) == (method, precision)
    assert (row["commune_code"], row["arrondissement_code"]) == ("69123", "69383")


@pytest.mark.parametrize(
    "change",
    [
        {"match_type": "housenumber", "score": 0.59},
        {"match_type": "street", "score": 0.69},
        {"match_type": "municipality", "score": 1.0},
        {"match_type": "locality", "score": 1.0},
        {"commune_code": "69266"},
        {"commune_code": None},
        {"commune_code": "99999"},
        {"lat": None, "lon": None, "label": None, "match_type": None, "score": None},
    ],
)
def test_any_other_answer_changes_nothing(change: dict[str, Any]) -> None:
    listings = table(STREET)
    located = locate(listings)
    assert refine(located, listings, answers(change)).equals(located)


def test_a_consistent_source_point_is_never_overridden() -> None:
    row = refined(STREET | {"lat": 45.757, "lon": 4.8612})
    assert (row["lat"], row["geo_method"]) == (45.757, "source")
    row = refined(STREET | {"lat": 45.757, "lon": 4.8612}, {})
    assert (row["lat"], row["geo_method"]) == (45.757, "source")


def test_a_refuted_source_point_is_replaced_and_the_doubt_stays_on_record() -> None:
    row = refined(STREET | {"lat": 48.858123, "lon": 2.361123}, {})
    assert (row["lat"], row["geo_method"], row["geo_issue"]) == (45.758123, "geocoder", "point_far_from_commune")


def test_an_answer_settles_an_ambiguous_commune_by_the_postcode() -> None:
    listing = {"street": "3 rue de la Forge", "postcode": "48000", "country_code": "FR", "city": None}
    listings = table(listing | {"address": None, "city": "Hameau"})
    located = locate(listings)
    assert located["commune_code"].to_pylist() == [None]
    (query,) = unanswered(listings, located, answers())
    change = {"query": query, "commune_code": "48095", "postcode": "48000", "lat": 44.518123, "lon": 3.501123}
    row = refine(located, listings, answers(change)).to_pylist()[0]
    assert (row["commune_code"], row["departement_code"], row["geo_issue"]) == ("48095", "48", None)
    elsewhere = answers(change | {"postcode": "48100", "commune_code": "48092"})
    assert refine(located, listings, elsewhere).equals(located)


def test_the_same_answers_give_the_same_places_without_the_network() -> None:
    listings = table(STREET, STREET | {"street": "14 rue des Lilas"}, {"city": "Berlin", "country_code": "DE"})
    once = refine(locate(listings), listings, answers({}))
    assert once.equals(refine(locate(listings), listings, answers({})))
    assert once.schema.equals(Located.arrow_schema())
    assert once["geo_method"].to_pylist() == ["geocoder", "commune", "commune"]
