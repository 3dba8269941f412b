"""The communes of France: INSEE codes, postcodes and names to the current commune."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.tables import read

# Codes given anew without a merger, which the list of former codes leaves out: Saint-Barthélemy and Saint-Martin left
# Guadeloupe in 2007, Mayotte became a département in 2011. Source: INSEE, code officiel géographique.
_RECODED = {"97123": "97701", "97127": "97801"} | {f"985{n:02}": f"976{n:02}" for n in range(1, 18)}

NONE = -1
"""The index of no commune."""


@dataclass(frozen=True)
class Communes:
    """The current communes by index, and the ways to find one. A commune's index is its place in `codes`."""

    codes: list[str]
    names: list[str]
    departement_codes: list[str]
    epci_codes: list[str | None]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    surface_lat: NDArray[np.float64]
    surface_lon: NDArray[np.float64]
    town_lat: NDArray[np.float64]
    town_lon: NDArray[np.float64]
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
        # Saint-Barthélemy and Saint-Martin kept the postcodes of Guadeloupe
        if postcode.startswith("971"):
            return ("971", "977", "978")
        code = postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
        return (code,) if code in departements() else ()


@cache
def communes() -> Communes:
    """Return the communes, indexed once.

    Raises: GazetteerUnavailable.
    """
    table = read("communes")
    column = {name: table[name].to_pylist() for name in table.column_names}
    is_current = [kind == "commune" for kind in column["kind"]]
    current = {name: [*compress(values, is_current)] for name, values in column.items()}
    position = {code: i for i, code in enumerate(current["code"])}
    # the present before the past: a code taken up again means what it means today
    index_of = {old: i for i, former in enumerate(current["former_codes"]) for old in former or ()}
    index_of |= {old: position[new] for old, new in _RECODED.items()}
    index_of |= {code: position[of] for code, of in zip(column["code"], column["commune_code"], strict=True)}
    index_of |= position
    by_name: dict[str, set[int]] = {}
    names_of: dict[int, list[str]] = {}
    for key, of in zip(column["key"], column["commune_code"], strict=True):
        by_name.setdefault(key, set()).add(position[of])
        names_of.setdefault(position[of], []).append(key)
    by_postcode: dict[str, list[int]] = {}
    for index, postcodes in enumerate(current["postcodes"]):
        for postcode in postcodes or ():
            by_postcode.setdefault(postcode, []).append(index)
    districts = [row for row, kind in enumerate(column["kind"]) if kind == "arrondissement"]

    return Communes(
        codes=current["code"],
        names=current["name"],
        departement_codes=current["departement_code"],
        epci_codes=current["epci_code"],
        lat=_numbers(current["hall_lat"], current["lat"]),
        lon=_numbers(current["hall_lon"], current["lon"]),
        surface_lat=_numbers(current["lat"], current["lat"]),
        surface_lon=_numbers(current["lon"], current["lon"]),
        town_lat=_numbers(current["town_lat"], current["town_lat"]),
        town_lon=_numbers(current["town_lon"], current["town_lon"]),
        radius_km=_numbers(current["radius_km"], current["radius_km"]),
        index_of=index_of,
        arrondissements={
            column["code"][row]: (
                column["hall_lat"][row] or column["lat"][row],
                column["hall_lon"][row] or column["lon"][row],
                column["radius_km"][row],
            )
            for row in districts
        },
        by_postcode={postcode: tuple(found) for postcode, found in by_postcode.items()},
        arrondissement_by_postcode={
            postcode: column["code"][row] for row in districts for postcode in column["postcodes"][row]
        },
        by_name={key: tuple(sorted(found)) for key, found in by_name.items()},
        names_of=names_of,
    )


def _numbers(first: list[float | None], second: list[float | None]) -> NDArray[np.float64]:
    """Return the first where there is one, else the second, else NaN."""
    return np.array([b if a is None else a for a, b in zip(first, second, strict=True)], np.float64)


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
