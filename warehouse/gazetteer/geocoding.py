"""Listings without a point to the addresses a geocoder is asked for, and its answers back to places."""

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.gazetteer.addresses import parse
from warehouse.gazetteer.cells import objects
from warehouse.gazetteer.communes import commune_code
from warehouse.gazetteer.issues import ISSUES, SEPARATOR
from warehouse.gazetteer.locate import locate
from warehouse.gazetteer.names import place_key
from warehouse.gazetteer.stated import texts
from warehouse.schema import Located, conform

SCORE = {"housenumber": 0.6, "street": 0.7}
"""Types of answers taken, and from which score on. Source: publishing-and-safety.md 2.3."""

_METHOD = {"housenumber": "geocoder", "street": "street"}
# A house is a plot wide; half of French streets are shorter than 250 m, and the answer is the middle of one.
_PRECISION_M = {"housenumber": 20.0, "street": 250.0}
# Doubts an accepted answer settles: about how exact the point is, and about which commune.
_SETTLED = {"commune_point", "rounded_point", "shared_point", "commune_ambiguous", "city_unknown", "postcode_unknown"}
_LONGEST_QUERY = 200


def queries(listings: pa.Table, located: pa.Table) -> list[str | None]:
    """Return the address to ask for of each listing; None where the source's point holds or no street is given.

    Only addresses in France are asked, of listings that stand on the middle of their commune or nowhere.
    """
    columns = {name: texts(listings, name).to_pylist() for name in ("street", "address", "postcode", "city")}
    rows = zip(*columns.values(), located["commune"].to_pylist(), strict=True)
    is_open = np.isin(located["geo_method"].to_numpy(zero_copy_only=False), ["commune", "none"])
    is_french = located["country_code"].to_numpy(zero_copy_only=False) == "FR"
    return [_query(*row) if asked else None for asked, row in zip(is_open & is_french, rows, strict=True)]


@lru_cache(maxsize=10_000)
def _query(
    street: str | None, address: str | None, postcode: str | None, city: str | None, commune: str | None
) -> str | None:
    parsed = parse(street or address, "FR")
    place = city or parsed.city or commune
    if not parsed.street or not place:
        return None
    key = place_key(" ".join(part for part in (parsed.line, postcode or parsed.postcode, place) if part))
    return key if 3 <= len(key) <= _LONGEST_QUERY else None


def unanswered(listings: pa.Table, located: pa.Table, answers: pa.Table) -> list[str]:
    """Return the addresses of the listings no answer is kept for, sorted, each once."""
    kept = set(answers["query"].to_pylist())
    return sorted({query for query in queries(listings, located) if query is not None} - kept)


def refine(located: pa.Table, listings: pa.Table, answers: pa.Table) -> pa.Table:
    """Return the places with the points of the accepted answers; all others as they are.

    An answer is accepted by type and score, when it lies in the commune already found, or where none was found has
    the listing's postcode. A point of the source that held is never touched: such listings have no query.
    """
    accepted = _accepted(located, listings, answers)
    if not accepted:
        return located
    rows, found = list(accepted), list(accepted.values())
    point = {name: [answer[name] for answer in found] for name in ("lat", "lon")}
    place = locate(
        pa.table(
            {
                "source": located["source"].take(rows),
                "source_key": located["source_key"].take(rows),
                "commune_code": pa.array([answer["commune_code"] for answer in found], pa.string()),
                "country_code": pa.array(["FR"] * len(rows), pa.string()),
                **{name: pa.array(values, pa.float64()) for name, values in point.items()},
            }
        )
    )
    fresh = {name: place[name].to_pylist() for name in Located.column_names()} | point
    fresh["geo_method"] = [_METHOD[answer["match_type"]] for answer in found]
    fresh["geo_precision_m"] = [_PRECISION_M[answer["match_type"]] for answer in found]
    fresh["geo_issue"] = [_unsettled(issue) for issue in located["geo_issue"].take(rows).to_pylist()]
    columns = {}
    for field in Located.arrow_schema():
        column = objects(located[field.name].to_pylist())
        column[rows] = objects(fresh[field.name])
        columns[field.name] = pa.array(column, field.type)
    return conform(pa.table(columns), Located)


def _accepted(located: pa.Table, listings: pa.Table, answers: pa.Table) -> dict[int, dict[str, Any]]:
    """Return the accepted answer of each row that has one."""
    by_query = {answer["query"]: answer for answer in answers.to_pylist()}
    communes, postcodes = located["commune_code"].to_pylist(), texts(listings, "postcode").to_pylist()
    found = enumerate(by_query.get(query or "") for query in queries(listings, located))
    return {
        row: answer
        for row, answer in found
        if answer is not None and _is_accepted(answer, communes[row], postcodes[row])
    }


def _is_accepted(answer: dict[str, Any], commune: str | None, postcode: str | None) -> bool:
    if answer["lat"] is None or answer["score"] is None or answer["score"] < SCORE.get(answer["match_type"], 2.0):
        return False
    found = commune_code(answer["commune_code"] or "")
    return found is not None and (found == commune if commune else postcode == answer["postcode"])


def _unsettled(issue: str | None) -> str | None:
    names = [name for name in ISSUES if name in (issue or "").split(SEPARATOR) and name not in _SETTLED]
    return SEPARATOR.join(names) or None
