"""Labs whose listings may not be one are told, with the reason."""

from datetime import date

from dedupe.explanation.quality import doubts, doubts_in
from dedupe.judgements import Judgement
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, lab, listings
from tests.dedupe.test_resolve import resolved


def test_a_lab_whose_listings_agree_is_not_doubtful() -> None:
    assert doubts(resolved(listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **BRINDILLE_AGAIN)))) == []


def test_a_lab_judged_one_against_all_likeness_is_told_with_its_distance() -> None:
    far = {"name": "Robotique", "city": "Lille", "country_code": "FR", "lat": 50.63, "lon": 3.06}
    judged = [Judgement(("atlas", "1"), ("wiki", "b"), "same", "ada", date(2026, 10, 1), "")]
    table = listings(lab("atlas", "1", **BRINDILLE), lab("wiki", "b", **far))
    resolution = resolved(table, judgements=judged)
    (doubt,) = doubts(resolution)
    assert doubt.reasons == ("weak_link", "wide")
    assert doubt.widest_km is not None
    assert 400 < doubt.widest_km < 500
    assert doubts_in(resolution.assignments, resolution.matches) == [doubt]
    gone = resolution.assignments.slice(1)
    assert doubts_in(gone, resolution.matches) == [], "a pair of a listing that has left is of no lab"
