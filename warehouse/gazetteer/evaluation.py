"""The census of tiers-lieux of 2019 to how often the commune is found: `labs evaluate location`."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.gazetteer.cells import Mask, is_none
from warehouse.gazetteer.communes import commune_code, communes
from warehouse.gazetteer.coordinates import parse
from warehouse.gazetteer.locate import locate
from warehouse.gazetteer.points import FAR_KM, outside_km
from warehouse.gazetteer.stated import points, texts
from warehouse.schema import UserError

REQUIRED_SHARE = 0.98
"""Of the rows that carry a usable address or point, how many must get their commune. Source: issue 5."""

_COLUMNS = {"ADRESSE": "street", "CP": "postcode", "COMINIT": "city"}
_NEEDED = ("ID", "INSEECOM", "LAT", "LONG", *_COLUMNS)


class NoCensus(UserError):
    """The file is not the census: the user's error."""


@dataclass(frozen=True)
class Miss:
    """One row of the census whose commune was not found."""

    row_id: str
    stated: str
    expected: str
    found: str | None
    geo_issue: str | None


@dataclass(frozen=True)
class Evaluation:
    """How the communes found compare with the census."""

    rows: int
    usable: int
    """Rows with a code that is or became a commune, and with an address or a point."""
    without_code: int
    misses: list[Miss]

    @property
    def share(self) -> float:
        """Return the share of usable rows with the right commune, 0-1."""
        return (self.usable - len(self.misses)) / self.usable if self.usable else 0.0

    @property
    def is_met(self) -> bool:
        """Tell whether the share is as high as is required."""
        return self.share >= REQUIRED_SHARE

    def lines(self) -> list[str]:
        """Return the report for people, the misses listed."""
        right = self.usable - len(self.misses)
        head = [
            f"rows of the census           {self.rows}",
            f"without a usable INSEE code  {self.without_code}",
            f"usable                       {self.usable}",
            f"commune found                {right} ({self.share:.2%}; required {REQUIRED_SHARE:.0%})",
            f"missed                       {len(self.misses)}",
        ]
        return head + [
            f"  {miss.row_id}: {miss.stated}: expected {miss.expected}, found {miss.found or 'none'}"
            + (f" ({miss.geo_issue})" if miss.geo_issue else "")
            for miss in self.misses
        ]


def evaluate(census: Path) -> Evaluation:
    """Return how often the commune found without the census's own code equals it, both of today.

    INSEECOM, a code of 2019, is carried to its current commune; arrondissements to theirs.
    Raises: NoCensus when the file is not there or has not its columns; OSError when it cannot be read.
    """
    rows = _read(census)
    listings = _listings(rows)
    located = locate(listings)
    expected = [commune_code(row["INSEECOM"]) for row in rows]
    says = has_address(listings) | has_point(listings)
    usable = [index for index, code in enumerate(expected) if code and says[index]]
    found, issues = located["commune_code"].to_pylist(), located["geo_issue"].to_pylist()
    misses = [
        Miss(
            row_id=rows[index]["ID"],
            stated=" ".join(rows[index][name] for name in (*_COLUMNS, "LAT", "LONG") if rows[index][name]),
            expected=_named(expected[index]),
            found=_named(found[index]) or None,
            geo_issue=issues[index],
        )
        for index in usable
        if found[index] != expected[index]
    ]
    return Evaluation(len(rows), len(usable), sum(code is None for code in expected), misses)


def _read(census: Path) -> list[dict[str, str]]:
    if not census.is_file():
        raise NoCensus(f"{census}: no such file")
    with census.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := [name for name in _NEEDED if name not in (reader.fieldnames or ())]:
            raise NoCensus(f"{census}: not the census of 2019, column {missing[0]} is missing")
        return [{name: (row[name] or "").strip() for name in _NEEDED} for row in reader]


def _listings(rows: list[dict[str, str]]) -> pa.Table:
    """Return the rows as listings, the code left out: it is what is looked for."""
    at = [parse(row["LAT"], row["LONG"]) for row in rows]
    columns: dict[str, Any] = {
        "source": ["cget_2019"] * len(rows),
        "source_key": [row["ID"] for row in rows],
        "country_code": ["FR"] * len(rows),
    }
    columns |= {
        name: pa.array([row[column] if row[column] != "0" else None for row in rows], pa.string())
        for column, name in _COLUMNS.items()
    }
    columns |= {name: pa.array([getattr(point, name) for point in at], pa.float64()) for name in ("lat", "lon")}
    return pa.table(columns)


def _named(code: str | None) -> str:
    if code is None:
        return ""
    return f"{code} {communes().names[communes().index_of[code]]}"


def has_address(listings: pa.Table) -> Mask:
    """Tell which listings say postcode, city or an address in one line."""
    says = np.zeros(listings.num_rows, np.bool_)
    for name in ("postcode", "city", "address"):
        says |= texts(listings, name).is_valid().to_numpy(zero_copy_only=False)
    return says


def has_point(listings: pa.Table) -> Mask:
    """Tell which listings state a point."""
    lat, _, _ = points(listings)
    return np.isfinite(lat)


@dataclass(frozen=True)
class Coverage:
    """How complete and consistent the places of a table are."""

    french: int
    """Listings in France with any address or point."""
    french_with_commune: int
    contradictions: int
    """Points more than 2 km outside their commune without an issue."""

    @property
    def share(self) -> float:
        """Return the share of French listings with a commune, 0-1; 1 where there is none."""
        return self.french_with_commune / self.french if self.french else 1.0


def coverage(listings: pa.Table, located: pa.Table) -> Coverage:
    """Return how many French listings got a commune, and how many points contradict theirs unsaid."""
    is_french = located["country_code"].to_numpy(zero_copy_only=False) == "FR"
    french = is_french & (has_address(listings) | has_point(listings))
    codes = located["commune_code"].to_numpy(zero_copy_only=False)
    lat, lon = (located[name].to_numpy(zero_copy_only=False) for name in ("lat", "lon"))
    rows = np.flatnonzero(~is_none(codes) & np.isfinite(lat))
    indices = np.array([communes().index_of[code] for code in codes[rows]], np.int64)
    far = outside_km(lat[rows], lon[rows], indices) > FAR_KM
    unsaid = is_none(located["geo_issue"].to_numpy(zero_copy_only=False)[rows])
    return Coverage(int(french.sum()), int((french & ~is_none(codes)).sum()), int((far & unsaid).sum()))
