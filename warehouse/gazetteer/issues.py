"""The fixed vocabulary of `geo_issue`: what was repaired, and what could not be proven."""

REPAIRS: dict[str, str] = {
    "decimal_comma": "coordinates were written with a decimal comma",
    "dms": "coordinates were written in degrees, minutes and seconds",
    "projected": "coordinates were metres of a projection (Lambert-93)",
    "swapped": "latitude and longitude stood in each other's place",
    "sign_lost": "the sign of latitude or longitude was missing or wrong",
    "lost_zero": "the leading zero of the postcode or the INSEE code was lost",
    "cedex": "the postcode is one of businesses (CEDEX, boxes): the commune was found by name in its département",
    "country_corrected": "the stated country contradicts point and words, which agree on another",
}
"""Repairs that were proven and made."""

DOUBTS: dict[str, str] = {
    "unreadable": "coordinates no notation explains",
    "not_finite": "coordinates are NaN or infinite",
    "zero": "coordinates are 0,0: a placeholder",
    "out_of_range": "coordinates no place on Earth has",
    "missing_half": "only one of latitude and longitude is given",
    "at_sea": "the point lies in no country and near none",
    "point_outside_country": "the point lies outside the stated country",
    "point_far_from_commune": "the point lies more than 2 km outside the commune the words name",
    "point_far_from_city": "the point lies far from every place called like the stated city",
    "country_centroid": "the point is the middle of a country",
    "rounded_point": "the point has three decimals or fewer",
    "commune_point": "the point is the town hall or the middle of the commune: no address was located",
    "shared_point": "many listings of the source share the point, at different addresses",
    "code_unknown": "the stated INSEE code is none, past or present",
    "code_contradicted": "the stated INSEE code contradicts point and words, which agree on another commune",
    "postcode_unknown": "the postcode is none of the country",
    "postcode_contradicted": "the postcode belongs to another département than the commune",
    "postcode_of_neighbour": "the postcode belongs to another commune of the département than the city named",
    "commune_ambiguous": "the words name several communes and nothing decides",
    "city_unknown": "no place of the country is called like the stated city",
    "city_ambiguous": "several places of the country are called like the stated city and nothing decides",
    "country_unknown": "nothing says which country",
    "no_place": "neither address nor point is given",
    "gazetteer_unavailable": "the reference tables could not be read: nothing was located",
}
"""What contradicts or is missing; the columns it would fill are null or rest on the better evidence."""

ISSUES: dict[str, str] = REPAIRS | DOUBTS
"""Every issue and its meaning, in the order they stand in a cell."""

SEPARATOR = ";"
"""Between two issues of one cell."""
