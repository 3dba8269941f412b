"""A pair of listings, and why it is or is not one lab."""

from typing import Literal

from pydantic import Field, create_model

from warehouse.schema.row import Row

Verdict = Literal["match", "no_match", "unsure"]

FEATURES: dict[str, str] = {
    "name_shared": "Weight of the words both names have; a rare word weighs 1, a generic one or the city less.",
    "name_least": "Share of the lighter name's weight that the other has, 0-1.",
    "name_most": "Share of the heavier name's weight that the other has, 0-1.",
    "name_left_least": "Weight of the words without a counterpart, on the side with less.",
    "name_left_most": "Weight of the words without a counterpart, on the side with more.",
    "name_left_ratio": "Likeness of the heaviest words without a counterpart, 0-1.",
    "name_core": "Likeness of the names' letters without generic words, city and spaces, 0-1.",
    "name_initials": "1 when one name, or its heaviest word, is the initials of the other, else 0.",
    "name_places": "Number of cities in which the commoner of the two names occurs.",
    "name_branch": "1 when the names have the same numbers and branch words, 0 when not; null without any.",
    "distance_km": "Distance between the coordinates, km.",
    "precision_km": "Radius within which the less precise position is known, km.",
    "street_ratio": "Likeness of the streets, 0-1.",
    "street_words": "Share of the words of the shorter street that the other has, 0-1.",
    "number_equal": "1 when the house numbers are the same, 0 when they differ.",
    "postcode_equal": "1 when the postcodes are the same, 0.5 when they start alike, 0 when they differ.",
    "city_ratio": "Likeness of the cities, 0-1; 1 in the same commune.",
    "country_equal": "1 when the countries are the same, 0 when they differ.",
    "site_equal": "1 when host or platform page are the same, 0 when they differ.",
    "site_places": "Number of cities the shared site serves.",
    "site_names": "Number of different names the shared site stands for.",
    "site_linked": "1 when one names the other's page, else 0.",
    "handle_ratio": "Likeness of what the two call themselves in their web or mail addresses, 0-1.",
    "handle_name": "Likeness of one's web or mail address to the other's name, 0-1.",
    "email_equal": "1 when the addresses are the same, 0.5 when only their hosts are, 0 when they differ.",
    "email_places": "Number of cities the shared e-mail host serves.",
    "email_names": "Number of different names the shared e-mail address stands for.",
    "phone_equal": "1 when the numbers are the same, 0 when they differ.",
    "phone_names": "Number of different names the shared number stands for.",
    "register_equal": "1 when SIRET or RNA are the same, 0 when they differ.",
    "same_source": "1 when both listings are of one source, else 0.",
}
"""Every feature a pair is compared by: a column each, null when a side is missing the value."""


class _MatchHead(Row):
    left_source: str = Field(description="Source of the left listing.")
    left_source_key: str = Field(description="Key of the left listing.")
    right_source: str = Field(description="Source of the right listing.")
    right_source_key: str = Field(description="Key of the right listing.")
    rule: str = Field(description="First blocking rule that made the pair a candidate.")
    score: float = Field(ge=0, le=1, description="Probability that the two are one lab, 0-1.")
    verdict: Verdict = Field(description="match, no_match or unsure.")
    decided_by: str = Field(description="model, veto or judgement, with its name.")
    reasons: str | None = Field(
        description="The features that moved the score most, with their contribution in log-odds; null for no_match."
    )
    model_version: str = Field(description="Version of the scoring model: labs explain tells every contribution.")


Match = create_model(
    "Match",
    __base__=_MatchHead,
    __doc__="One compared pair; left sorts before right. A receipt: what was compared, what it weighed, who decided.",
    **{name: (float | None, Field(default=None, description=text)) for name, text in FEATURES.items()},  # type: ignore[call-overload]  # create_model takes the fields as keywords; mypy sees only a dict
)
Match.key = ("left_source", "left_source_key", "right_source", "right_source_key")
