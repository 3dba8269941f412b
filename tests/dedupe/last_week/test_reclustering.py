"""A week clusters again only the components in which something is other than last week."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import clustering
from dedupe.clustering import Clusters, Constraints, Scored
from dedupe.judgements import Judgement
from dedupe.last_week import reclustering
from dedupe.last_week.known import NEW
from dedupe.last_week.memory import nothing
from dedupe.last_week.pairing import Compared
from dedupe.resolve import Resolution
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, resolved

TOWNS = 12

Listings = dict[tuple[str, str], dict[str, Any]]


def towns() -> Listings:
    """Return a lab with two listings and another with one in each of some towns, which have nothing in common."""
    found: Listings = {}
    for number in range(TOWNS):
        town = {"city": f"Ville{number:02}", "postcode": f"{10000 + number}", "lat": 44 + number / 2}
        for source, base in (("atlas", BRINDILLE), ("wiki", BRINDILLE_AGAIN), ("region", ENCLUME)):
            name = f"{base['name']} {chr(ord('a') + number) * 5}"
            site = f"https://{source if base is ENCLUME else 'lab'}{number}.example"
            street = f"{number + 1} rue {chr(ord('k') + number) * 6}"
            own = {"name": name, "website": site, "street": street, "email": None, "phone": None}
            found[source, f"{number:02}"] = {**base, **town, **own}
    return found


def week(number: int, found: Listings, last: Resolution | None, **more: Any) -> Resolution:
    table = listings(*(lab(source, key, **own) for (source, key), own in found.items()))
    past = replace(before(last), memory=last.decided.memory) if last else None
    return resolved(table, f"2026-W{number}", previous=past, **more)


@pytest.fixture
def clustered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which the number of rows of every clustering is added."""
    numbers: list[int] = []
    inner = clustering.clusters

    def counted(scored: Scored, constraints: Constraints) -> Clusters:
        numbers.append(len(constraints.follower))
        return inner(scored, constraints)

    monkeypatch.setattr(clustering, "clusters", counted)
    return numbers


JUDGED = Judgement(("atlas", "03"), ("region", "03"), "same", "a test", date(2026, 10, 1), "", 2)


@pytest.mark.parametrize(
    ("change", "judgements", "rows"),
    [
        ({}, (), 0),
        ({("atlas", "03"): {"name": "Brindille ddddd"}}, (), 2),
        ({("atlas", "03"): None}, (), 1),
        ({("network", "03"): {**towns()["region", "03"], "name": "L'Enclume ddddd"}}, (), 2),
        ({}, (JUDGED,), 3),
    ],
    ids=["nothing", "a new name", "one gone", "one more", "a judgement"],
)  # fmt: skip
def test_only_what_is_touched_is_clustered_again(
    change: Listings, judgements: tuple[Judgement, ...], rows: int, clustered: list[int]
) -> None:
    first = week(40, towns(), None)
    # from the second week on what was known before speaks for every pair; from the third it says what it said
    second = week(41, towns(), first)
    assert clustered == [3 * TOWNS, 3 * TOWNS]
    third = {listing: {**towns().get(listing, {}), **own} for listing, own in change.items() if own is not None}
    found = {listing: own for listing, own in {**towns(), **third}.items() if change.get(listing, own) is not None}
    part = week(42, found, second, judgements=judgements)
    assert clustered[2:] == [rows]
    full = resolved(
        listings(*(lab(source, key, **own) for (source, key), own in found.items())),
        "2026-W42", previous=before(second), judgements=judgements,
    )  # fmt: skip
    np.testing.assert_array_equal(part.decided.clusters.cluster, full.decided.clusters.cluster)
    np.testing.assert_array_equal(part.decided.clusters.component, full.decided.clusters.component)


BUSY, ROWS = 7, 14
"""Rows that have pairs, and all: what is clustered again stays under half of them."""

rows = st.integers(0, BUSY - 1)
pairs = st.tuples(rows, rows).filter(lambda pair: pair[0] < pair[1])


probabilities = st.sampled_from([0.0, 0.25, 0.375, 0.625, 0.75, 0.875])
Scores = dict[tuple[int, int], float]
decided = st.sets(pairs, max_size=1)
numbers = st.lists(st.sampled_from([-1, -1, 0]), min_size=ROWS, max_size=ROWS)
Said = tuple[set[tuple[int, int]], set[tuple[int, int]], list[int]]
"""Pairs that must, and must not, be one; what a cluster holds at most one of."""


def constrained(said: Said) -> Constraints:
    must, must_not, exclusive = said
    return Constraints(
        must=np.array(sorted(must), dtype=np.int64).reshape(-1, 2),
        must_not=np.array(sorted(must_not - must), dtype=np.int64).reshape(-1, 2),
        exclusive=np.array(exclusive),
        follower=np.zeros(ROWS, dtype=bool),
    )


def scored(scores: Scores) -> Scored:
    keys = np.array(sorted(scores), dtype=np.int64).reshape(-1, 2)
    return Scored(keys[:, 0], keys[:, 1], np.array([scores[key] for key in sorted(scores)], dtype=np.float32))


@st.composite
def two_weeks(draw: st.DrawFn) -> tuple[tuple[Scores, Constraints], tuple[Scores, Constraints]]:
    """Return two weeks, most of the second as in the first."""
    scores = draw(st.dictionaries(pairs, probabilities, min_size=6, max_size=18))
    changes = draw(st.dictionaries(st.sampled_from(sorted(scores)) | pairs, probabilities | st.none(), max_size=2))
    now = {pair: score for pair, score in {**scores, **changes}.items() if score is not None}
    first = draw(st.tuples(decided, decided, numbers))
    other = draw(st.tuples(decided, decided, numbers))
    which = draw(st.sampled_from(["nothing", "must", "must not", "numbers"]))
    second = tuple(
        theirs if which == name else own
        for name, own, theirs in zip(("must", "must not", "numbers"), first, other, strict=True)
    )
    return (scores, constrained(first)), (now, constrained(cast("Said", second)))


@settings(max_examples=500, deadline=None)
@given(two_weeks(), st.sets(rows, max_size=1))
def test_the_clusters_are_those_of_clustering_all(
    weeks: tuple[tuple[Scores, Constraints], tuple[Scores, Constraints]], new: set[int]
) -> None:
    (scores, constraints), (scores_now, constraints_now) = weeks
    was, is_ = scored(scores), scored(scores_now)
    # a new listing stands where another was: its pairs are new
    old = np.array([NEW if row in new else row for row in range(ROWS)])
    places = {pair: at for at, pair in enumerate(sorted(scores)) if not new & set(pair)}
    number = np.array([places.get(pair, NEW) for pair in sorted(scores_now)], dtype=np.int64)
    first = clustering.clusters(was, constraints)
    memory = replace(
        nothing(), digest=np.arange(ROWS), cluster=first.cluster, component=first.component, left=was.left,
        right=was.right, link=was.score, is_exclusive=constraints.exclusive >= 0,
        is_judged=reclustering.is_judged(constraints),
    )  # fmt: skip
    compared = cast("Compared", SimpleNamespace(before=memory, known=SimpleNamespace(old=old, now=old), number=number))
    found, wanted = reclustering.clusters(is_, constraints_now, compared), clustering.clusters(is_, constraints_now)
    np.testing.assert_array_equal(found.cluster, wanted.cluster)
    np.testing.assert_array_equal(found.component, wanted.component)
