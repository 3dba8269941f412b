"""Records two by two to what their features are computed from: both sides, and whether they stand in one town."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dedupe.features.likeness import Values, distance, equal, ratio
from dedupe.features.name_evidence import NameEvidence
from dedupe.keys.text import Array, Integers
from dedupe.normalize import Records

OTHER_TOWN_KM = 20.0
"""Distance from which two addresses are in two towns, unless city or postcode says that a position is wrong."""

SAME_CITY, OTHER_CITY = 0.8, 0.5
"""Likeness from which two cities are one, and below which they are two."""


@dataclass(frozen=True)
class Context:
    """What the features of a set of pairs are computed from.

    Attributes:
        records: All records.
        left, right: Rows of the pairs.
        names: Evidence of the names.
        spread: How many places each contact value serves.
    """

    records: Records
    left: Integers
    right: Integers
    names: NameEvidence
    spread: dict[str, Array]

    @cached_property
    def km(self) -> Values:
        """Feature `distance_km`."""
        return distance(self.records.places, self.left, self.right)

    @cached_property
    def postcode(self) -> Values:
        """Feature `postcode_equal`."""
        where = self.records.places
        same = equal(where.postcode, self.left, self.right)
        return np.where((same == 0) & (equal(where.district, self.left, self.right) == 1), np.float32(0.5), same)

    @cached_property
    def city(self) -> Values:
        """Feature `city_ratio`."""
        where = self.records.places
        likeness = ratio(where.city, self.left, self.right)
        return np.where(equal(where.commune, self.left, self.right) == 1, np.float32(1), likeness)

    @cached_property
    def in_two_towns(self) -> Array:
        """True where the two are known to be in different towns."""
        is_one = (self.postcode == 1) | (self.city >= SAME_CITY)
        is_far = (self.km > OTHER_TOWN_KM) & ~is_one
        result: Array = is_far | (np.isnan(self.km) & (self.postcode == 0) & (self.city < OTHER_CITY))
        return result
