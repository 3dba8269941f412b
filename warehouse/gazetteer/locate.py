"""Listings to their proven places: commune, country and point, with method, precision and every doubt."""

import logging
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.gazetteer import abroad, exactness
from warehouse.gazetteer.cells import Indices, Mask, Objects, choose, either, is_none, objects
from warehouse.gazetteer.communes import NONE, communes, departements
from warehouse.gazetteer.evidence import Evidence, far_from_point, gather, weigh
from warehouse.gazetteer.issues import ISSUES, SEPARATOR
from warehouse.gazetteer.shapes import Floats
from warehouse.gazetteer.stated import TERRITORIES, read
from warehouse.gazetteer.tables import GazetteerUnavailable
from warehouse.schema import Located, conform, empty

log = logging.getLogger(__name__)


# Rows at a time: only shared points need the whole table, and the work of a batch stays under half a gigabyte.
_BATCH = 100_000


def locate(listings: pa.Table) -> pa.Table:
    """Return where each listing is, one row of `Located` a listing, in their order.

    The order of evidence: the source's INSEE code; postcode and name together; the commune the point lies in; postcode
    or name alone when only one commune has it. Repairs that other evidence proves are made, and named in `geo_issue`
    with every doubt, in the words of `issues.py`. Any table with source and source_key will do: a column it lacks says
    nothing.
    """
    shared = exactness.is_shared(listings)
    batches = range(0, listings.num_rows, _BATCH)
    tables = [_located(listings.slice(at, _BATCH), shared[at : at + _BATCH]) for at in batches]
    return pa.concat_tables(tables) if tables else empty(Located)


def _located(listings: pa.Table, shared: Mask) -> pa.Table:
    """Return the rows of one batch; all null where the reference tables cannot be read."""
    try:
        columns = _columns(listings, shared)
    except GazetteerUnavailable as error:
        log.error("%s", error)
        columns = {
            "geo_method": pa.array(["none"] * listings.num_rows, pa.string()),
            "geo_issue": pa.array(["gazetteer_unavailable"] * listings.num_rows, pa.string()),
        }
    keys = {name: listings[name] for name in ("source", "source_key")}
    return conform(pa.table(keys | columns), Located)


def _columns(listings: pa.Table, shared: Mask) -> dict[str, Any]:
    stated = read(listings)
    evidence = gather(stated)
    weigh(evidence)
    commune = _commune(evidence)
    country = choose(commune != NONE, "FR", either(stated.country, evidence.lies_in))
    departement = _departement(evidence, commune, country)
    city = _abroad(evidence, country)
    district = _district(evidence, commune)
    point = exactness.judge(evidence, commune, district, city, shared)
    _final_issues(evidence, commune, country, point.lat)
    return {
        **_french_columns(evidence, commune, departement),
        "arrondissement_code": pa.array(district, pa.string()),
        "commune": pa.array(choose(commune != NONE, _names()[commune], city.name), pa.string()),
        "country_code": pa.array(country, pa.string()),
        "lat": pa.array(point.lat, pa.float64(), from_pandas=True),
        "lon": pa.array(point.lon, pa.float64(), from_pandas=True),
        "geo_method": pa.array(point.method, pa.string()),
        "geo_precision_m": pa.array(point.precision_m, pa.float64(), from_pandas=True),
        "geo_issue": _joined(evidence),
    }


def _commune(evidence: Evidence) -> Indices:
    """Return the commune of each row in the order of evidence."""
    is_french = evidence.stated.country == "FR"
    lies = np.where(is_french | is_none(evidence.stated.country), evidence.found.commune, NONE)
    weak = np.where(is_french & ~far_from_point(evidence, evidence.named), evidence.named, NONE)
    return np.where(evidence.known != NONE, evidence.known, np.where(lies != NONE, lies, weak))


def _district(evidence: Evidence, commune: Indices) -> Objects:
    """Return the arrondissement of the commune: by code, by words, by point."""
    by_words = objects([words.arrondissement for words in evidence.words])
    district = np.full(len(commune), None, object)
    for stated in (evidence.code_district, by_words, evidence.found.arrondissement):
        is_of = np.array([communes().index_of.get(code or "", NONE) for code in stated], np.int64) == commune
        district = either(district, choose(is_of & (commune != NONE), stated, None))
    return district


def _departement(evidence: Evidence, commune: Indices, country: Objects) -> Objects:
    """Return the département: of the commune, else the only one the postcode or the territory leaves open."""
    of_commune = np.array([*communes().departement_codes, None], dtype=object)[commune]
    open_rows = np.flatnonzero(is_none(of_commune) & (country == "FR"))
    by_territory = {row["territory_code"]: code for code, row in departements().items()}
    for row in open_rows.tolist():
        territory = evidence.stated.territory[row] or evidence.found.country[row]
        only = evidence.words[row].departements
        of_commune[row] = only[0] if len(only) == 1 else by_territory.get(territory if territory in TERRITORIES else "")
    return of_commune


def _abroad(evidence: Evidence, country: Objects) -> abroad.Abroad:
    """Return the cities of the rows outside France; French rows have none."""
    count = len(country)
    empty = abroad.Abroad(
        name=np.full(count, None, object),
        lat=np.full(count, np.nan),
        lon=np.full(count, np.nan),
        radius_km=np.full(count, np.nan),
        issue=np.full(count, None, object),
    )
    rows = np.flatnonzero(~is_none(country) & (country != "FR"))
    if len(rows):
        found = abroad.find(country[rows], evidence.stated.city[rows], evidence.lat[rows], evidence.lon[rows])
        for name in ("name", "lat", "lon", "radius_km", "issue"):
            getattr(empty, name)[rows] = getattr(found, name)
    return empty


def _final_issues(evidence: Evidence, commune: Indices, country: Objects, lat: Floats) -> None:
    """Note what stays open once everything is weighed."""
    stated, issues = evidence.stated, evidence.issues
    is_french, without = country == "FR", commune == NONE
    says_words = ~is_none(stated.postcode) | ~is_none(stated.city)
    several = np.array([len(words.candidates) > 1 for words in evidence.words], np.bool_)
    contradicted = is_french & without & (evidence.named != NONE)
    issues.add("point_far_from_commune", contradicted)
    issues.add("commune_ambiguous", is_french & without & several & ~contradicted)
    issues.add("city_unknown", is_french & without & ~several & ~contradicted & ~is_none(stated.city))
    issues.add("postcode_contradicted", is_french & _contradicts_postcode(evidence, commune))
    nothing = np.isnan(lat) & ~says_words & is_none(stated.commune_code)
    issues.add("no_place", nothing & is_none(stated.notation) & np.isnan(stated.lat))
    issues.add("country_unknown", is_none(country) & ~nothing)


def _contradicts_postcode(evidence: Evidence, commune: Indices) -> Mask:
    """Tell where the commune lies in another département than the postcode."""
    codes = communes().departement_codes
    return np.array(
        [
            index != NONE and bool(words.departements) and codes[index] not in words.departements
            for index, words in zip(commune.tolist(), evidence.words, strict=True)
        ],
        np.bool_,
    )


def _names() -> Objects:
    return np.array([*communes().names, None], dtype=object)


def _french_columns(evidence: Evidence, commune: Indices, departement: Objects) -> dict[str, Any]:
    """Return the columns of France, null elsewhere."""
    france, by_code = communes(), departements()
    rows = [by_code.get(code or "", {}) for code in departement]
    territory = [row.get("territory_code") for row in rows]
    stated = evidence.stated.territory
    return {
        "commune_code": pa.array(np.array([*france.codes, None], dtype=object)[commune], pa.string()),
        "departement_code": pa.array(departement, pa.string()),
        "departement": pa.array([row.get("name") for row in rows], pa.string()),
        "region_code": pa.array([row.get("region_code") for row in rows], pa.string()),
        "region": pa.array([row.get("region") for row in rows], pa.string()),
        "epci_code": pa.array(np.array([*france.epci_codes, None], dtype=object)[commune], pa.string()),
        "territory_code": pa.array(
            [a or (b if c is None else None) for a, b, c in zip(territory, stated, departement, strict=True)],
            pa.string(),
        ),
    }


def _joined(evidence: Evidence) -> pa.Array:
    """Return the issues of each row, in the order of the vocabulary."""
    cells = np.full(evidence.issues.count, "", object)
    for name in ISSUES:
        if (where := evidence.issues.rows.get(name)) is not None:
            cells[where] += name + SEPARATOR
    return pa.array([cell[: -len(SEPARATOR)] or None for cell in cells], pa.string())
