import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.gazetteer.listings import SCHEMA, located, table
from warehouse.gazetteer.communes import communes
from warehouse.gazetteer.issues import ISSUES, SEPARATOR
from warehouse.gazetteer.locate import locate
from warehouse.gazetteer.points import outside_km
from warehouse.gazetteer.world import commune_shapes
from warehouse.schema import Located

MENDE = {"lat": 44.518123, "lon": 3.501456}
NANTES = {"lat": 47.218123, "lon": -1.553456}


def only(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_consistent_listing_keeps_its_point_and_gets_every_column() -> None:
    row = located(postcode="48000", city="Mende", country_code="FR", **MENDE)
    assert row == {
        "source": "atelier",
        "source_key": "0",
        "commune_code": "48095",
        "arrondissement_code": None,
        "commune": "Mende",
        "departement_code": "48",
        "departement": "Lozère",
        "region_code": "76",
        "region": "Occitanie",
        "epci_code": "244800405",
        "country_code": "FR",
        "territory_code": None,
        **MENDE,
        "geo_method": "source",
        "geo_precision_m": 10.0,
        "geo_issue": None,
    }


# --- order of evidence


def test_the_code_goes_before_words() -> None:
    row = located(commune_code="44109", postcode="48000", city="Mende", country_code="FR")
    assert row["commune_code"] == "44109"


def test_the_code_goes_before_a_point_just_across_the_border() -> None:
    # in Saint-Herblain, some hundred metres from Nantes
    row = located(commune_code="44109", country_code="FR", lat=47.2241, lon=-1.6109)
    assert only(row, "commune_code", "geo_method", "geo_issue") == ("44109", "source", None)


def test_postcode_and_name_go_before_the_point() -> None:
    row = located(postcode="44000", city="Nantes", country_code="FR", lat=47.2241, lon=-1.6109)
    assert row["commune_code"] == "44109"


def test_the_point_goes_before_a_postcode_alone() -> None:
    row = located(postcode="44000", country_code="FR", lat=47.21834, lon=-1.64712)
    assert row["commune_code"] == "44162"


def test_the_point_chooses_between_the_communes_of_a_postcode() -> None:
    assert located(postcode="48000", country_code="FR", **MENDE)["commune_code"] == "48095"
    row = located(postcode="48000", country_code="FR")
    assert only(row, "commune_code", "departement_code", "geo_issue") == (None, "48", "commune_ambiguous")


def test_a_business_postcode_alone_still_names_its_departement() -> None:
    row = located(postcode="38054", country_code="FR")
    assert only(row, "commune_code", "departement_code", "region", "geo_issue") == (
        *(None, "38", "Auvergne-Rhône-Alpes", "postcode_unknown"),
    )
    assert located(postcode="99999", country_code="FR")["departement_code"] is None


def test_code_and_arrondissement_of_paris_are_told_apart() -> None:
    row = located(commune_code="75110", country_code="FR")
    assert only(row, "commune_code", "arrondissement_code", "commune") == ("75056", "75110", "Paris")
    row = located(country_code="FR", lat=48.8712, lon=2.36115)
    assert only(row, "commune_code", "arrondissement_code") == ("75056", "75110")


def test_words_and_point_together_refute_a_code() -> None:
    row = located(commune_code="48095", postcode="44000", city="Nantes", country_code="FR", **NANTES)
    assert only(row, "commune_code", "geo_method", "geo_issue") == ("44109", "source", "code_contradicted")


def test_a_code_that_never_was_says_so() -> None:
    row = located(commune_code="99999", postcode="44000", city="Nantes", country_code="FR")
    assert only(row, "commune_code", "geo_issue") == ("44109", "code_unknown")


# --- repairs


def test_swapped_coordinates_are_put_right() -> None:
    row = located(postcode="48000", city="Mende", country_code="FR", lat=MENDE["lon"], lon=MENDE["lat"])
    assert only(row, "lat", "lon", "geo_method", "geo_issue") == (MENDE["lat"], MENDE["lon"], "source", "swapped")


def test_swapped_coordinates_are_put_right_by_the_country_alone() -> None:
    row = located(country_code="FR", lat=MENDE["lon"], lon=MENDE["lat"])
    assert only(row, "commune_code", "geo_issue") == ("48095", "swapped")
    row = located(lat=151.207123, lon=-33.868123)
    assert only(row, "country_code", "lat", "geo_issue") == ("AU", -33.868123, "swapped")


def test_a_lost_sign_is_put_back_when_the_commune_proves_it() -> None:
    row = located(postcode="44000", city="Nantes", country_code="FR", lat=47.218123, lon=1.553456)
    assert only(row, "lon", "geo_issue") == (-1.553456, "sign_lost")


def test_a_lost_sign_is_put_back_abroad_when_the_city_proves_it() -> None:
    row = located(city="Sydney", country_code="AU", lat=33.868812, lon=151.209312)
    assert only(row, "lat", "geo_issue") == (-33.868812, "sign_lost")


def test_a_point_on_land_elsewhere_is_not_mirrored_into_the_stated_country() -> None:
    # Western Australia, mirrored twice, would lie in the United States
    row = located(country_code="US", lat=-33.615912, lon=115.107712)
    assert only(row, "lat", "geo_method", "geo_issue") == (None, "none", "point_outside_country")


def test_words_and_point_together_correct_the_country() -> None:
    row = located(postcode="67000", city="Strasbourg", country_code="DE", lat=48.583412, lon=7.745912)
    assert only(row, "country_code", "commune_code", "geo_issue") == ("FR", "67482", "country_corrected")
    row = located(city="Belfast", country_code="IE", lat=54.597212, lon=-5.930112)
    assert only(row, "country_code", "geo_issue") == ("GB", "country_corrected")


@pytest.mark.parametrize(
    ("lat", "lon", "issue"),
    [
        ("44,518123", "3,501456", "decimal_comma"),
        ("44°31'05.2428\"N", "3°30'05.2416\"E", "dms"),
        ("6379846", "739866", "projected"),
    ],
)
def test_notation_is_read_from_tables_of_text_and_recorded(lat: str, lon: str, issue: str) -> None:
    listing = {"source": "atelier", "source_key": "1", "lat": lat, "lon": lon, "country_code": "FR"}
    row = locate(pa.Table.from_pylist([listing])).to_pylist()[0]
    assert only(row, "commune_code", "geo_issue") == ("48095", issue)


def test_metres_in_columns_of_numbers_are_read() -> None:
    row = located(country_code="FR", lat=6379846.0, lon=739866.0)
    assert only(row, "commune_code", "geo_issue") == ("48095", "projected")


def test_lost_zeros_and_business_postcodes_are_recorded() -> None:
    assert located(postcode="1260", city="Champagne-en-Valromey", country_code="FR")["geo_issue"] == "lost_zero"
    assert located(commune_code="1079", country_code="FR")["geo_issue"] == "lost_zero"
    assert located(postcode="38054", city="Grenoble Cedex 9", country_code="FR")["geo_issue"] == "cedex"


def test_an_address_in_one_line_is_read() -> None:
    row = located(address="12 rue des Lilas, 69003 Lyon, France")
    assert only(row, "commune_code", "arrondissement_code", "country_code") == ("69123", "69383", "FR")
    row = located(address="Adlerstr. 12a\n79098 Freiburg\nDeutschland")
    assert only(row, "country_code", "commune") == ("DE", "Freiburg")


def test_a_territory_named_in_the_address_is_french() -> None:
    row = located(address="34 rue de l'Enclume, 97122 Baie-Mahault, Guadeloupe")
    assert only(row, "commune_code", "country_code", "territory_code") == ("97103", "FR", "GP")


def test_reading_one_address_leaves_the_streets_of_others_alone() -> None:
    france = communes()
    index = france.index_of["48095"]
    hall = {"lat": float(france.lat[index]) + 0.00005, "lon": float(france.lon[index])}
    next_door = {"street": "1 place", "postcode": "48000", "city": "Mende", "country_code": "FR", **hall}
    in_street = {"street": "3 rue du Torrent, 48000 Mende", "country_code": "FR"}
    found = locate(table(next_door, in_street))
    assert found["geo_method"].to_pylist() == ["source", "commune"]
    assert found["commune_code"].to_pylist() == ["48095", "48095"]


# --- points that say less than they seem to


def middles_of(code: str) -> dict[str, tuple[float, float]]:
    france, shapes = communes(), commune_shapes()
    index, shape = france.index_of[code], shapes.polygons[shapes.codes.index(code)]
    return {
        "town hall": (france.lat[index], france.lon[index]),
        "point on surface": (france.surface_lat[index], france.surface_lon[index]),
        "centroid": (shape.centroid.y, shape.centroid.x),
        "GeoNames": (france.town_lat[index], france.town_lon[index]),
    }


@pytest.mark.parametrize("middle", ["town hall", "point on surface", "centroid", "GeoNames"])
@pytest.mark.parametrize("street", [None, "12 rue du Torrent"])
def test_the_middle_of_a_commune_is_never_called_exact(middle: str, street: str | None) -> None:
    lat, lon = middles_of("48095")[middle]
    row = located(postcode="48000", city="Mende", street=street, country_code="FR", lat=float(lat), lon=float(lon))
    assert only(row, "geo_method", "geo_issue") == ("commune", "commune_point")
    assert row["geo_precision_m"] > 1000


def test_the_middle_of_an_arrondissement_is_never_called_exact() -> None:
    centroid = commune_shapes().polygons[commune_shapes().codes.index("75111")].centroid
    row = located(country_code="FR", lat=centroid.y, lon=centroid.x)
    assert only(row, "arrondissement_code", "geo_method", "geo_issue") == ("75111", "commune", "commune_point")
    assert row["geo_precision_m"] < 3000


def test_a_lab_next_door_to_the_town_hall_keeps_its_point() -> None:
    lat, lon = middles_of("48095")["town hall"]
    row = located(postcode="48000", city="Mende", street="1 place", country_code="FR", lat=lat + 0.00005, lon=lon)
    assert only(row, "geo_method", "geo_issue") == ("source", None)
    row = located(postcode="48000", city="Mende", country_code="FR", lat=lat + 0.00005, lon=lon)
    assert only(row, "geo_method", "geo_issue") == ("commune", "commune_point")


def test_without_a_point_the_town_hall_stands_for_the_commune_and_says_so() -> None:
    row = located(postcode="48000", city="Mende", country_code="FR")
    assert only(row, "geo_method", "geo_issue") == ("commune", None)
    assert 1000 < row["geo_precision_m"] < 20_000
    assert abs(row["lat"] - 44.518) < 0.02


def test_without_a_point_an_arrondissement_is_nearer_than_its_city() -> None:
    paris, eleventh = (
        located(city="Paris", country_code="FR"),
        located(postcode="75011", city="Paris", country_code="FR"),
    )
    assert eleventh["geo_precision_m"] < paris["geo_precision_m"] / 2


def test_a_point_shared_by_many_at_different_addresses_is_not_exact() -> None:
    at = {"postcode": "48000", "city": "Mende", "country_code": "FR", "lat": 44.521234, "lon": 3.491234}
    rows = [at | {"street": f"{number} rue du Torrent"} for number in (1, 2, 3)]
    assert locate(table(*rows))["geo_issue"].to_pylist() == ["shared_point"] * 3
    assert locate(table(*rows))["geo_method"].to_pylist() == ["commune"] * 3
    assert locate(table(*rows[:2]))["geo_issue"].to_pylist() == [None] * 2
    other_source = [rows[0], rows[1], rows[2] | {"source": "annuaire"}]
    assert locate(table(*other_source))["geo_issue"].to_pylist() == [None] * 3


def test_a_point_shared_abroad_has_no_precision_when_no_city_is_known() -> None:
    rows = [
        {"country_code": "CR", "street": f"calle {number}", "lat": 9.753961, "lon": -83.677123} for number in (1, 2, 3)
    ]
    found = locate(table(*rows))
    assert found["geo_issue"].to_pylist() == ["shared_point"] * 3
    assert found["geo_precision_m"].to_pylist() == [None] * 3


def test_neighbours_in_one_house_share_their_point_rightly() -> None:
    at = {"postcode": "48000", "city": "Mende", "country_code": "FR", "lat": 44.521234, "lon": 3.491234}
    rows = [at | {"street": street} for street in ("1 rue du Torrent", "1 Rue du Torrent", "1, rue du torrent")]
    assert locate(table(*rows))["geo_method"].to_pylist() == ["source"] * 3


@pytest.mark.parametrize(
    ("lat", "lon", "precision", "issue"),
    [
        (44.518123, 3.501456, 10.0, None),
        (44.5181, 3.5014, 20.0, None),
        (44.521, 3.501, 111.0, "rounded_point"),
        (44.52, 3.5, 1112.0, "rounded_point"),
        (44.5, 3.5, 11120.0, "rounded_point"),
    ],
)
def test_a_rounded_point_states_how_far_it_may_be(lat: float, lon: float, precision: float, issue: str | None) -> None:
    row = located(country_code="FR", lat=lat, lon=lon)
    assert row["geo_precision_m"] >= precision
    assert only(row, "geo_method", "geo_issue") == ("source", issue)


def test_a_point_far_from_its_commune_is_refused_with_an_issue() -> None:
    row = located(postcode="48000", city="Mende", country_code="FR", **NANTES)
    assert only(row, "commune_code", "geo_method", "geo_issue") == ("48095", "commune", "point_far_from_commune")
    assert abs(row["lat"] - 44.518) < 0.02


@pytest.mark.parametrize(
    ("lat", "lon", "country", "issue"),
    [
        (0.0, 0.0, "FR", "zero"),
        (math.nan, 2.0, "FR", "not_finite"),
        (math.inf, 2.0, "FR", "not_finite"),
        (120.0, 120.0, "FR", "out_of_range"),
        (9e9, 1.0, "FR", "out_of_range"),
        (46.227638, 2.213749, "FR", "country_centroid"),
        (52.355518, -1.174320, "GB", "country_centroid"),
        (-21.1151, 55.5364, "RE", "country_centroid"),
        (36.55, -159.67, None, "at_sea"),
        (36.55, -159.67, "FR", "at_sea"),
        (40.41, -3.71, "FR", "point_outside_country"),
        (None, 2.0, "FR", "missing_half"),
    ],
)
def test_what_cannot_be_a_place_is_null_with_its_issue(
    lat: float | None, lon: float, country: str | None, issue: str
) -> None:
    row = located(country_code=country, lat=lat, lon=lon)
    assert only(row, "lat", "lon", "commune_code", "geo_method", "geo_issue") == (None, None, None, "none", issue)


def test_nothing_stated_says_so() -> None:
    assert only(located(), "country_code", "geo_method", "geo_issue") == (None, "none", "no_place")
    assert located(country_code="FR")["geo_issue"] == "no_place"
    assert located(city="Paris")["geo_issue"] == "country_unknown"


# --- overseas and abroad


@pytest.mark.parametrize(
    ("listing", "commune", "territory", "region"),
    [
        ({"postcode": "97400", "city": "Saint-Denis", "country_code": "FR"}, "97411", "RE", "La Réunion"),
        ({"postcode": "97400", "city": "Saint-Denis", "country_code": "RE"}, "97411", "RE", "La Réunion"),
        ({"city": "Saint-Denis", "country_code": "RE"}, "97411", "RE", "La Réunion"),
        ({"country_code": "FR", "lat": -20.882512, "lon": 55.451234}, "97411", "RE", "La Réunion"),
        ({"postcode": "98800", "city": "Nouméa", "country_code": "NC"}, "98818", "NC", "Nouvelle-Calédonie"),
        ({"postcode": "97150", "country_code": "FR"}, "97801", "MF", "Saint-Martin"),
        ({"postcode": "98713", "city": "Papeete", "country_code": "PF"}, "98735", "PF", "Polynésie française"),
        ({"country_code": "NC", "lat": -22.271234, "lon": 166.441234}, None, "NC", "Nouvelle-Calédonie"),
    ],
)
def test_territories_are_french_and_keep_their_own_code(
    listing: dict[str, Any], commune: str | None, territory: str, region: str
) -> None:
    row = located(**listing)
    assert only(row, "country_code", "commune_code", "territory_code", "region") == ("FR", commune, territory, region)


def test_a_mainland_commune_has_no_territory_code() -> None:
    assert located(postcode="44000", city="Nantes", country_code="FR")["territory_code"] is None


def test_the_country_of_a_point_is_found() -> None:
    points = {"BE": (50.846712, 4.352512), "CH": (46.204412, 6.143212), "DE": (52.512912, 13.420112)}
    points |= {"UA": (45.034512, 34.102312), "HK": (22.281712, 114.156812), "MC": (43.738412, 7.424612)}
    for country, (lat, lon) in points.items():
        assert located(lat=lat, lon=lon)["country_code"] == country


def test_a_stated_country_stands_where_the_point_is_a_step_across_its_border() -> None:
    # Geneva's airport, half of which lies on the border
    row = located(country_code="CH", city="Meyrin", lat=46.2407, lon=6.0841)
    assert only(row, "country_code", "commune_code", "geo_method") == ("CH", None, "source")


def test_a_city_abroad_is_named_as_the_gazetteer_does() -> None:
    row = located(country_code="DE", city="Munich")
    assert only(row, "commune", "geo_method", "commune_code", "geo_issue") == ("Munich", "commune", None, None)
    assert row["geo_precision_m"] > 5000
    assert located(country_code="US", city="Springfield")["geo_issue"] == "city_ambiguous"
    assert located(country_code="DE", city="Atlantis")["geo_issue"] == "city_unknown"


def test_a_point_far_from_its_city_keeps_its_place_and_says_so() -> None:
    row = located(country_code="DE", city="Munich", lat=53.551234, lon=9.993712)
    assert only(row, "lat", "geo_method", "geo_issue") == (53.551234, "source", "point_far_from_city")


def test_a_foreign_postcode_does_not_make_a_french_commune() -> None:
    row = located(country_code="DE", postcode="75011", city="Pforzheim")
    assert only(row, "country_code", "commune_code") == ("DE", None)
    row = located(country_code="FR", postcode="SW1A 1AA")
    assert only(row, "commune_code", "geo_issue") == (None, "postcode_unknown")


# --- any table, any order


def test_tables_that_lack_columns_are_located() -> None:
    bare = pa.table({"source": ["a", "b"], "source_key": ["1", "2"], "name": ["Atelier", None]})
    assert locate(bare).schema.equals(Located.arrow_schema())
    assert locate(bare.slice(0, 0)).num_rows == 0
    assert locate(bare).column("geo_issue").to_pylist() == ["no_place", "no_place"]


def test_columns_of_other_types_are_read() -> None:
    listing = pa.table(
        {
            "source": pa.array(["a"], pa.large_string()),
            "source_key": pa.array(["1"], pa.large_string()),
            "postcode": pa.array([75011], pa.int64()),
            "city": pa.array(["Paris"], pa.large_string()),
            "country_code": pa.array(["France"]).dictionary_encode(),
            "lat": pa.array([None], pa.null()),
            "lon": pa.array([None], pa.null()),
        }
    )
    assert only(locate(listing).to_pylist()[0], "commune_code", "country_code") == ("75056", "FR")


texts = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["Paris", "75011", "FR", "Lyon 03", "DE", "1260"]))
numbers = st.one_of(st.none(), st.floats(), st.floats(-180, 180))
rows = st.fixed_dictionaries(
    {name: texts for name in ("address", "street", "postcode", "city", "commune_code", "country_code")}
    | {"lat": numbers, "lon": numbers}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=6))
def test_any_listing_gives_a_row_that_holds_together(listings: list[dict[str, Any]]) -> None:
    result = locate(table(*listings))
    assert result.schema.equals(Located.arrow_schema())
    for row in result.to_pylist():
        Located(**row)
        assert (row["lat"] is None) == (row["lon"] is None) == (row["geo_method"] == "none")
        assert row["commune_code"] is None or row["country_code"] == "FR"
        assert set((row["geo_issue"] or "").split(SEPARATOR)) <= {*ISSUES, ""}
        if row["commune_code"] and row["lat"] is not None and row["geo_issue"] is None:
            index = np.array([communes().index_of[row["commune_code"]]])
            assert outside_km(np.array([row["lat"]]), np.array([row["lon"]]), index)[0] <= 2


@settings(max_examples=20, deadline=None)
@given(st.lists(rows, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_listings_changes_nothing(listings: list[dict[str, Any]], random: Any) -> None:
    keyed = [row | {"source_key": str(number)} for number, row in enumerate(listings)]
    shuffled = keyed.copy()
    random.shuffle(shuffled)

    def by_key(result: pa.Table) -> list[dict[str, Any]]:
        return sorted(result.to_pylist(), key=lambda row: row["source_key"])

    assert repr(by_key(locate(table(*keyed)))) == repr(by_key(locate(table(*shuffled))))


def test_the_listings_are_not_changed() -> None:
    listings = table({"lat": 3.5, "lon": 44.5, "country_code": "RE"}, {"lat": 6379846.0, "lon": 739866.0})
    before = listings.to_pylist()
    locate(listings)
    assert listings.to_pylist() == before
    assert listings.schema == SCHEMA
