"""Points that stand for a whole commune or country: what a geocoder answers when it finds no address."""

from functools import cache

import numpy as np

from warehouse.gazetteer.cells import Indices, Mask
from warehouse.gazetteer.communes import NONE, communes
from warehouse.gazetteer.shapes import Floats, great_circle_km
from warehouse.gazetteer.world import commune_shapes

# Closer to a middle than this, a point is the middle, perhaps rounded to four decimals.
_SAME_POINT_KM = 0.015
# Labs stand next door to town halls: with a house number only the very same point is the town hall's.
_VERY_SAME_POINT_KM = 0.002
_SAME_POINT_DEGREES = 2e-4

# Source: Google's canonical coordinates of countries, which its geocoder answers; the last three are Nominatim's
# France and United States, and Google's England.
_COUNTRIES: tuple[tuple[float, float], ...] = (
    *((46.227638, 2.213749), (3.933889, -53.125782), (-17.679742, -149.406843), (-21.115141, 55.536384)),
    *((14.641528, -61.024174), (-12.827500, 45.166244), (-20.904305, 165.618042), (16.995971, -62.067641)),
    *((55.378051, -3.435973), (51.165691, 10.451526), (40.463667, -3.749220), (41.871940, 12.567380)),
    *((50.503887, 4.469936), (46.818188, 8.227512), (52.132633, 5.291266), (39.399872, -8.224454)),
    *((47.516231, 14.550072), (49.815273, 6.129583), (53.412910, -8.243890), (56.263920, 9.501785)),
    *((60.472024, 8.468946), (60.128161, 18.643501), (61.924110, 25.748151), (51.919438, 19.145136)),
    *((49.817492, 15.472962), (47.162494, 19.503304), (45.943161, 24.966760), (39.074208, 21.824312)),
    *((58.595272, 25.013607), (38.963745, 35.243322), (48.379433, 31.165580), (61.524010, 105.318756)),
    *((37.090240, -95.712891), (56.130366, -106.346771), (23.634501, -102.552784), (-14.235004, -51.925280)),
    *((-38.416097, -63.616672), (-35.675147, -71.542969), (4.570868, -74.297333), (-1.831239, -78.183406)),
    *((31.791702, -7.092620), (28.033886, 1.659626), (33.886917, 9.537499), (26.820553, 30.802498)),
    *((-30.559482, 22.937506), (7.946527, -1.023194), (20.593684, 78.962880), (35.861660, 104.195397)),
    *((36.204824, 138.252924), (35.907757, 127.766922), (-25.274398, 133.775136), (-40.900557, 174.885971)),
    *((46.603354, 1.888334), (39.783730, -100.445882), (52.355518, -1.174320)),
)


def is_country(lat: Floats, lon: Floats) -> Mask:
    """Tell which points stand for a whole country."""
    found = np.zeros(len(lat), np.bool_)
    with np.errstate(invalid="ignore"):
        for at_lat, at_lon in _COUNTRIES:
            found |= (np.abs(lat - at_lat) < _SAME_POINT_DEGREES) & (np.abs(lon - at_lon) < _SAME_POINT_DEGREES)
    return found


def is_commune(lat: Floats, lon: Floats, commune: Indices, has_number: Mask) -> Mask:
    """Tell which points are a middle of their commune: centroid, point on surface, GeoNames' town, town hall."""
    rows = np.flatnonzero(np.isfinite(lat) & (commune != NONE))
    found = np.zeros(len(lat), np.bool_)
    at, index = (lat[rows], lon[rows]), commune[rows]
    for middle_lat, middle_lon in _middles():
        found[rows] |= great_circle_km(*at, middle_lat[index], middle_lon[index]) < _SAME_POINT_KM
    france = communes()
    to_hall = great_circle_km(*at, france.lat[index], france.lon[index])
    found[rows] |= to_hall < np.where(has_number[rows], _VERY_SAME_POINT_KM, _SAME_POINT_KM)
    middle_lat, middle_lon, divided = _district_middles()
    for row in rows[np.isin(commune[rows], divided)].tolist():
        to_middles = great_circle_km(
            np.full(len(middle_lat), lat[row]), np.full(len(middle_lat), lon[row]), middle_lat, middle_lon
        )
        found[row] |= bool((to_middles < _SAME_POINT_KM).any())
    return found


@cache
def _middles() -> list[tuple[Floats, Floats]]:
    """Return latitude and longitude of each kind of middle, by commune; NaN where there is none."""
    import shapely

    france, shapes = communes(), commune_shapes()
    centroid_lat, centroid_lon = np.full(len(france.codes), np.nan), np.full(len(france.codes), np.nan)
    own = [place for place, code in enumerate(shapes.codes) if code not in france.arrondissements]
    index = [france.index_of[shapes.codes[place]] for place in own]
    centroids = shapely.centroid(shapes.polygons[own])
    centroid_lat[index], centroid_lon[index] = shapely.get_y(centroids), shapely.get_x(centroids)
    return [
        (centroid_lat, centroid_lon),
        (france.surface_lat, france.surface_lon),
        (france.town_lat, france.town_lon),
    ]


@cache
def _district_middles() -> tuple[Floats, Floats, Indices]:
    """Return the middles of all arrondissements, and the communes that are divided into them."""
    import shapely

    france, shapes = communes(), commune_shapes()
    places = [place for place, code in enumerate(shapes.codes) if code in france.arrondissements]
    middles = np.concatenate(
        [shapely.centroid(shapes.polygons[places]), shapely.point_on_surface(shapes.polygons[places])]
    )
    divided = np.unique([france.index_of[shapes.codes[place]] for place in places])
    return shapely.get_y(middles), shapely.get_x(middles), divided
