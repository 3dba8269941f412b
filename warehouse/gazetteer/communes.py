"""The communes of France: INSEE codes, postcodes and names to the current commune."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.tables import read

NONE = -1
"""The index of no commune."""


@dataclass(frozen=True)
class Communes:
    """The current communes by index, and the ways to find one. A commune's index is its place in `codes`."""

    codes: list[str]
    names: list[str]
    keys: list[str]
    departement_codes: list[str]
    region_codes: list[str]
    epci_codes: list[str | None]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    surface_lat: NDArray[np.float64]
    surface_lon: NDArray[np.float64]
    radius_km: NDArray[np.float64]
    index_of: dict[str, int]
    """Any code, past or present, arrondissements included, to the current commune."""
    arrondissements: dict[str, tuple[float, float, float]]
    """Latitude and longitude of the town hall and reach in km of each arrondissement."""
    by_postcode: dict[str, tuple[int, ...]]
    arrondissement_by_postcode: dict[str, str]
    by_name: dict[str, tuple[int, ...]]
    """Key of any name, communes déléguées and associées included, to the communes it may mean."""
    names_of: dict[int, list[str]]
    """Keys of all names of each commune."""

    def by_code(self, code: str) -> tuple[int, str | None, bool]:
        """Return commune, arrondissement and whether a lost zero was put back, for an INSEE code as stated."""
        code = re.sub(r"\s|\.0$", "", code).upper()
        is_short = re.fullmatch(r"[1-9]\d{3}", code) is not None
        code = f"0{code}" if is_short else code
        index = self.index_of.get(code, NONE)
        return index, code if code in self.arrondissements else None, is_short and index != NONE

    def departements_of(self, postcode: str) -> tuple[str, ...]:
        """Return the départements a postcode can lie in: three digits overseas, both of Corsica for 20."""
        if postcode.startswith("20"):
            return ("2A", "2B")
        if postcode.startswith("980"):
            return ()
        # Saint-Barthélemy and Saint-Martin kept the postcodes of Guadeloupe
        if postcode.startswith("971"):
            return ("971", "977", "978")
        return (postcode[:3],) if postcode.startswith(("97", "98")) else (postcode[:2],)


@cache
def communes() -> Communes:
    """Return the communes, indexed once.

    Raises: GazetteerUnavailable.
    """
    rows: list[dict[str, Any]] = read("communes").to_pylist()
    current = [row for row in rows if row["kind"] == "commune"]
    position = {row["code"]: i for i, row in enumerate(current)}
    index_of: dict[str, int] = {}
    # the present before the past: a code taken up again means what it means today
    for row in current:
        for former in row["former_codes"] or ():
            index_of[former] = position[row["code"]]
    index_of |= {row["code"]: position[row["commune_code"]] for row in rows if row["kind"] != "commune"}
    index_of |= position
    by_postcode: dict[str, list[int]] = {}
    by_name: dict[str, set[int]] = {}
    names_of: dict[int, list[str]] = {}
    arrondissement_by_postcode = {}
    for row in rows:
        index = position[row["commune_code"]]
        by_name.setdefault(row["key"], set()).add(index)
        names_of.setdefault(index, []).append(row["key"])
        for postcode in row["postcodes"] or ():
            if row["kind"] == "commune":
                by_postcode.setdefault(postcode, []).append(index)
            else:
                arrondissement_by_postcode[postcode] = row["code"]

    def column(name: str, otherwise: str | None = None) -> NDArray[np.float64]:
        return np.array(
            [row[name] if row[name] is not None or otherwise is None else row[otherwise] for row in current], np.float64
        )

    return Communes(
        codes=[row["code"] for row in current],
        names=[row["name"] for row in current],
        keys=[row["key"] for row in current],
        departement_codes=[row["departement_code"] for row in current],
        region_codes=[row["region_code"] for row in current],
        epci_codes=[row["epci_code"] for row in current],
        lat=column("hall_lat", "lat"),
        lon=column("hall_lon", "lon"),
        surface_lat=column("lat"),
        surface_lon=column("lon"),
        radius_km=column("radius_km"),
        index_of=index_of,
        arrondissements={
            row["code"]: (row["hall_lat"] or row["lat"], row["hall_lon"] or row["lon"], row["radius_km"])
            for row in rows
            if row["kind"] == "arrondissement"
        },
        by_postcode={postcode: tuple(found) for postcode, found in by_postcode.items()},
        arrondissement_by_postcode=arrondissement_by_postcode,
        by_name={key: tuple(sorted(found)) for key, found in by_name.items()},
        names_of=names_of,
    )


@cache
def departements() -> dict[str, dict[str, str | None]]:
    """Return name, region and territory of each département by code.

    Raises: GazetteerUnavailable.
    """
    return {row["code"]: row for row in read("departements").to_pylist()}


def commune_code(code: str) -> str | None:
    """Return the current commune of an INSEE code, past or present, of a commune or an arrondissement."""
    index, _, _ = communes().by_code(code)
    return None if index == NONE else communes().codes[index]


def arrondissement_code(city: str, number: int) -> str:
    """Return the INSEE code of an arrondissement of Paris, Lyon or Marseille."""
    return f"{ {'paris': 75100, 'lyon': 69380, 'marseille': 13200}[place_key(city)] + number }"
