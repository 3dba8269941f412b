"""The tables of a snapshot to the numbers a reader sees first: totals, shares, counts by region, fill rates."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.gazetteer.issues import SEPARATOR
from warehouse.report.inputs import ReportInput
from warehouse.report.study import ORDER, UNCLASSIFIED

UNCERTAIN_M = 1000.0
"""A radius above which a point is drawn as uncertain: wider than a village, where a reader would look in vain."""

FRESH_DAYS = 366
"""A sign of life within a year counts as confirmed: labs close yearly with their budget (archetypes.md 0.1)."""

POINT_DOUBTS = frozenset(
    [
        "point_outside_country",
        "point_far_from_commune",
        "point_far_from_city",
        "country_centroid",
        "commune_point",
        "shared_point",
        "at_sea",
    ]
)
"""Issues of the gazetteer that cast doubt on the point itself; the others are about codes, or are repairs."""

Row = Mapping[str, Any]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "position": ("lat",),
    "address": ("street", "address", "commune", "city"),
    "website": ("website",),
    "description": ("description",),
    "opening_hours": ("opening_hours",),
    "equipment": ("equipment",),
    "services": ("services",),
    "operator": ("operator",),
    "siret": ("siret", "rna"),
}
"""What counts as filled: any of these columns of labs."""


@dataclass(frozen=True)
class Figures:
    """Numbers of one snapshot; shares are 0-1, None where there is nothing to divide by."""

    labs: int
    active: int
    placed: int
    uncertain: int
    classified: int
    confirmed: int
    by_archetype: Mapping[str, int]
    regions: Sequence[tuple[str | None, Mapping[str, int]]]
    """(region, labs by archetype) of France, most labs first; None is a French lab without region."""
    countries: Sequence[tuple[str, int]]
    by_departement: Mapping[str, int]
    positions: Mapping[str, int]
    filled: Mapping[str, float]
    changes: Mapping[tuple[str, str], int]
    """Changes by kind and reason."""

    def share(self, part: int) -> float | None:
        """Return the part of all labs."""
        return part / self.labs if self.labs else None


def archetype_of(lab: Row) -> str:
    """Return the archetype of a lab; one that was never classified is unclassified."""
    return lab["archetype"] or UNCLASSIFIED


def is_uncertain(lab: Row) -> bool:
    """Return whether a placed lab may be elsewhere: a commune's centre, a wide radius or a point that is doubted."""
    precision = lab["geo_precision_m"]
    is_wide = precision is not None and precision > UNCERTAIN_M
    return lab["geo_method"] == "commune" or is_wide or not POINT_DOUBTS.isdisjoint(issues(lab))


def issues(lab: Row) -> list[str]:
    """Return what was repaired or doubted of the lab's place."""
    return [issue for issue in (lab["geo_issue"] or "").split(SEPARATOR) if issue]


def figures(report: ReportInput) -> Figures:
    """Return the numbers of the snapshot."""
    labs = report.rows("labs")
    placed = [lab for lab in labs if lab["lat"] is not None and lab["lon"] is not None]
    counted = Counter(archetype_of(lab) for lab in labs)
    return Figures(
        labs=len(labs),
        active=sum(lab["status"] == "active" for lab in labs),
        placed=len(placed),
        uncertain=sum(is_uncertain(lab) for lab in placed),
        classified=sum(archetype_of(lab) != UNCLASSIFIED for lab in labs),
        confirmed=sum(_is_fresh(lab["last_confirmed_on"], report.snapshot_date) for lab in labs),
        by_archetype={key: counted[key] for key in ORDER},
        regions=_regions(labs),
        countries=_most_first(Counter(str(lab["country_code"] or "") for lab in labs)),
        by_departement=Counter(str(lab["departement_code"]) for lab in labs if lab["departement_code"]),
        positions=Counter(str(lab["geo_method"]) if lab["lat"] is not None else "none" for lab in labs),
        filled=_filled(labs),
        changes=Counter((str(row["change"]), str(row["reason"])) for row in report.rows("changes")),
    )


def _is_fresh(confirmed: Any, today: date) -> bool:
    return isinstance(confirmed, date) and (today - confirmed).days <= FRESH_DAYS


def _regions(labs: Iterable[Row]) -> list[tuple[str | None, Mapping[str, int]]]:
    regions: dict[str | None, Counter[str]] = {}
    for lab in labs:
        if lab["country_code"] == "FR" or lab["region"]:
            regions.setdefault(lab["region"], Counter())[archetype_of(lab)] += 1
    return sorted(regions.items(), key=lambda item: (item[0] is None, -sum(item[1].values()), str(item[0])))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _filled(labs: Sequence[Row]) -> dict[str, float]:
    if not labs:
        return {}
    return {
        field: sum(any(lab[column] not in (None, []) for column in columns) for lab in labs) / len(labs)
        for field, columns in FIELDS.items()
    }
