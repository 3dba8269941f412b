"""Code, words and point of each listing to one commune, country and point, in the order of evidence."""

from dataclasses import dataclass

import numpy as np

from warehouse.gazetteer import abroad, middles, points
from warehouse.gazetteer.cells import Indices, Mask, Objects, each_once, is_none, taken
from warehouse.gazetteer.communes import NONE, communes
from warehouse.gazetteer.issues import ISSUES
from warehouse.gazetteer.points import FAR_KM, Found
from warehouse.gazetteer.repairs import repairs
from warehouse.gazetteer.shapes import Floats
from warehouse.gazetteer.stated import Stated, as_french
from warehouse.gazetteer.words import Words, by_words
from warehouse.gazetteer.world import country_near


class Issues:
    """Which rows have which issue."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.rows: dict[str, Mask] = {}

    def add(self, name: str, where: Mask) -> None:
        """Note the issue for the rows of the mask; the vocabulary is fixed."""
        if name not in ISSUES:
            raise ValueError(f"{name} is no geo_issue")
        if where.any():
            self.rows[name] = self.rows.get(name, np.zeros(self.count, np.bool_)) | where


@dataclass
class Evidence:
    """What is known of each listing, one entry a row; refined step by step in `weigh`."""

    stated: Stated
    by_code: Indices
    code_district: Objects
    words: Objects
    named: Indices
    """Commune the words name, strong or weak."""
    is_strong: Mask
    lat: Floats
    lon: Floats
    found: Found
    issues: Issues

    @property
    def has_point(self) -> Mask:
        """Tell which rows have a point nothing has refuted."""
        return np.isfinite(self.lat)

    @property
    def known(self) -> Indices:
        """Return the commune of code, else of postcode and name together: what a point is held against."""
        return np.where(self.by_code != NONE, self.by_code, np.where(self.is_strong, self.named, NONE))

    @property
    def lies_in(self) -> Objects:
        """Return the country each point lies in, FR for the territories too."""
        return as_french(self.found.country)

    def drop(self, issue: str, where: Mask) -> None:
        """Refuse the points of the rows."""
        self.issues.add(issue, where)
        self.lat[where] = self.lon[where] = np.nan
        self.found.put(np.flatnonzero(where), Found.nowhere(int(where.sum())))


def gather(stated: Stated) -> Evidence:
    """Return code, words and point of each listing looked up.

    Raises: GazetteerUnavailable.
    """
    issues = Issues(len(stated))
    for name in sorted({name for name in stated.notation if name is not None}):
        issues.add(name, stated.notation == name)
    found = points.find(stated.lat, stated.lon)
    may_be_french = (stated.country == "FR") | is_none(stated.country) | (as_french(found.country) == "FR")
    codes, inverse = each_once(
        lambda code: communes().by_code(code) if code else (NONE, None, False), stated.commune_code
    )
    by_code = np.where(may_be_french, np.array([code[0] for code in codes], np.int64)[inverse], NONE)
    issues.add("lost_zero", taken([code[2] for code in codes], inverse).astype(bool) & (by_code != NONE))
    issues.add("code_unknown", ~is_none(stated.commune_code) & (by_code == NONE) & (stated.country == "FR"))
    rows = np.flatnonzero(may_be_french)
    looked_up, which = each_once(by_words, stated.postcode[rows], stated.city[rows], stated.territory[rows])
    words = np.full(len(stated), Words(), object)
    words[rows] = taken(looked_up, which)
    named, is_strong = np.full(len(stated), NONE, np.int64), np.zeros(len(stated), np.bool_)
    named[rows] = np.array([w.commune for w in looked_up], np.int64)[which]
    is_strong[rows] = np.array([w.is_strong for w in looked_up], np.bool_)[which]
    evidence = Evidence(
        stated=stated,
        by_code=by_code,
        code_district=taken([code[1] for code in codes], inverse),
        words=words,
        named=named,
        is_strong=is_strong,
        lat=stated.lat.copy(),
        lon=stated.lon.copy(),
        found=found,
        issues=issues,
    )
    evidence.drop("country_centroid", middles.is_country(evidence.lat, evidence.lon))
    _settle_country(evidence)
    for name in ("lost_zero", "cedex", "postcode_of_neighbour", "postcode_unknown"):
        has = np.zeros(len(stated), np.bool_)
        has[rows] = np.array([name in w.issues for w in looked_up], np.bool_)[which]
        issues.add(name, has & (stated.country == "FR"))
    return evidence


def _settle_country(evidence: Evidence) -> None:
    """Take words for France only where the country is France, or where nothing or point and words speak against it."""
    stated, country = evidence.stated, evidence.stated.country
    agrees = np.zeros(len(stated), np.bool_)
    rows = np.flatnonzero((evidence.known != NONE) & evidence.has_point)
    agrees[rows] = points.outside_km(evidence.lat[rows], evidence.lon[rows], evidence.known[rows]) <= FAR_KM
    foreign = ~is_none(country) & (country != "FR")
    corrected = foreign & agrees
    evidence.issues.add("country_corrected", corrected)
    country[corrected | (is_none(country) & (evidence.known != NONE))] = "FR"
    not_french = country != "FR"
    for index in (evidence.by_code, evidence.named):
        index[not_french] = NONE
    evidence.is_strong[not_french] = False


def weigh(evidence: Evidence) -> None:
    """Repair the points other evidence proves wrong, and refuse those it contradicts."""
    _repair(evidence)
    stated, known = evidence.stated, evidence.known
    has_point, lies_in = evidence.has_point, evidence.lies_in
    far = far_from_point(evidence, known)
    # words and point agree on one commune and the code says another: the code is a slip
    rows = np.flatnonzero(far & (evidence.by_code != NONE) & evidence.is_strong)
    rows = rows[points.outside_km(evidence.lat[rows], evidence.lon[rows], evidence.named[rows]) <= FAR_KM]
    slips = np.zeros(len(stated), np.bool_)
    slips[rows] = True
    evidence.issues.add("code_contradicted", slips)
    evidence.by_code[slips] = NONE
    evidence.drop("point_far_from_commune", far & ~slips)
    country = stated.country
    elsewhere = has_point & (known == NONE) & ~is_none(country) & (lies_in != country) & ~is_none(lies_in)
    _correct_country(evidence, elsewhere)
    evidence.drop("point_outside_country", elsewhere & (evidence.lies_in != country))
    evidence.drop("at_sea", has_point & (known == NONE) & is_none(lies_in))


def _correct_country(evidence: Evidence, elsewhere: Mask) -> None:
    """Take the country a point lies in for the stated one where the city is one of that country, and near."""
    rows = np.flatnonzero(elsewhere)
    lies_in, city = evidence.lies_in[rows], evidence.stated.city[rows]
    agrees = abroad.distance_km(lies_in, city, evidence.lat[rows], evidence.lon[rows]) <= abroad.FAR_KM
    nothing = np.full(len(rows), None, object)
    words, which = each_once(by_words, nothing, city, nothing)
    in_france = evidence.found.commune[rows]
    agrees |= np.array(
        [c in words[w].candidates for c, w in zip(in_france.tolist(), which.tolist(), strict=True)], np.bool_
    )
    corrected = np.zeros(len(elsewhere), np.bool_)
    corrected[rows[agrees]] = True
    evidence.issues.add("country_corrected", corrected)
    evidence.stated.country[corrected] = evidence.lies_in[corrected]


def far_from_point(evidence: Evidence, commune: Indices) -> Mask:
    """Tell which rows have a point that contradicts the commune."""
    far = np.zeros(len(evidence.stated), np.bool_)
    rows = np.flatnonzero(evidence.has_point & (commune != NONE) & (evidence.found.commune != commune))
    far[rows] = points.outside_km(evidence.lat[rows], evidence.lon[rows], commune[rows]) > FAR_KM
    return far


def _repair(evidence: Evidence) -> None:
    known, country = evidence.known, evidence.stated.country
    lies_in = evidence.lies_in
    is_abroad = (known == NONE) & np.where(is_none(country), is_none(lies_in), lies_in != country)
    rows = np.flatnonzero(evidence.has_point & (far_from_point(evidence, known) | is_abroad))
    # a point a step across the border of its country is drawn coarsely, not wrong
    near = rows[(known[rows] == NONE) & ~is_none(country[rows])]
    near = near[country_near(evidence.lat[near], evidence.lon[near], country[near], FAR_KM)]
    evidence.found.country[near] = country[near]
    points.to_nearest_commune(evidence.found, near[country[near] == "FR"], evidence.lat, evidence.lon)
    rows = np.setdiff1d(rows, near)
    target = np.where(known != NONE, known, np.where(country == "FR", evidence.named, NONE))
    city = evidence.stated.city
    issue, lat, lon = repairs(evidence.lat[rows], evidence.lon[rows], target[rows], country[rows], city[rows])
    repaired = rows[~is_none(issue)]
    if len(repaired) == 0:
        return
    evidence.lat[rows], evidence.lon[rows] = lat, lon
    evidence.found.put(repaired, points.find(evidence.lat[repaired], evidence.lon[repaired]))
    held_to_country = repaired[(target[repaired] == NONE) & ~is_none(country[repaired])]
    evidence.found.country[held_to_country] = country[held_to_country]
    for name in ("swapped", "sign_lost"):
        has = np.zeros(len(known), np.bool_)
        has[rows[issue == name]] = True
        evidence.issues.add(name, has)
