"""Features to words a person reads: what was compared, and its value with the unit."""

from collections.abc import Callable

_LEVELS = {0.0: "no", 0.5: "in part", 1.0: "yes"}


def _share(value: float) -> str:
    return f"{value:.0%}"


def _km(value: float) -> str:
    return f"{value:.0f} km" if value >= 10 else f"{value:.2f} km"


def _weight(value: float) -> str:
    return f"{value:.2f}"


def _is(value: float) -> str:
    return _LEVELS[round(value, 1)]


def _count(unit: str) -> Callable[[float], str]:
    return lambda value: f"{value:.0f} {unit}"


WORDS: dict[str, tuple[str, Callable[[float], str]]] = {
    "name_shared": ("weight of the words in common", _weight),
    "name_least": ("lighter name found in the other", _share),
    "name_most": ("heavier name found in the other", _share),
    "name_left_least": ("weight of the words left over, lesser side", _weight),
    "name_left_most": ("weight of the words left over, greater side", _weight),
    "name_left_ratio": ("words left over alike", _share),
    "name_core": ("names alike but for generic words", _share),
    "name_initials": ("one name the initials of the other", _is),
    "name_places": ("towns with the commoner name", _count("towns")),
    "name_branch": ("same numbers and branch words in the name", _is),
    "distance_km": ("distance", _km),
    "precision_km": ("position known within", _km),
    "street_ratio": ("streets alike", _share),
    "street_words": ("words of the street in common", _share),
    "number_equal": ("same house number", _is),
    "postcode_equal": ("same postcode", _is),
    "city_ratio": ("cities alike", _share),
    "country_equal": ("same country", _is),
    "site_equal": ("same web site", _is),
    "site_places": ("towns the web site serves", _count("towns")),
    "site_names": ("names behind the web site", _count("names")),
    "site_linked": ("one names the other's page", _is),
    "handle_ratio": ("web or mail names alike", _share),
    "handle_name": ("web or mail name like the other's name", _share),
    "email_equal": ("same e-mail address", _is),
    "email_places": ("towns the e-mail host serves", _count("towns")),
    "email_names": ("names behind the e-mail address", _count("names")),
    "phone_equal": ("same phone number", _is),
    "phone_names": ("names behind the phone number", _count("names")),
    "register_equal": ("same register number", _is),
    "same_source": ("both of one source", _is),
}
"""Every feature of `comparison.FEATURES`: its short name, and how its value is written."""


def worded(feature: str, value: float | None) -> str:
    """Return the feature in words: "distance 0.21 km"; a missing value is "unknown"."""
    name, written = WORDS[feature]
    return f"{name} {'unknown' if value is None else written(value)}"
