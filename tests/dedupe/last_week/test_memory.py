"""A run that remembers the last one does again only what changed, and comes to exactly what a full run comes to."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.judgements import BadJudgements, Judgement, Verdict, check
from dedupe.policy import SourcePolicy
from dedupe.resolve import Resolution
from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, resolved

PAIR = ("left_source", "left_source_key", "right_source", "right_source_key")
TOWNS = 30
POLICY = {"commons": SourcePolicy(3, licence_layer="share_alike"), "atlas": SourcePolicy(1, is_duplicate_free=True)}

Listing = dict[str, Any]
Week = dict[tuple[str, str], Listing]


def town_of(number: int) -> Listing:
    return {"lat": 44 + number / 10, "city": f"Ville {number}", "postcode": f"{10000 + number}"}


def crowded() -> Week:
    """Return listings whose blocks overflow: one web host for all, one rare word, and in three towns one cell."""
    week: Week = {}
    for number in range(TOWNS):
        for source, base in (("atlas", BRINDILLE), ("wiki", BRINDILLE_AGAIN), ("commons", ENCLUME)):
            town = town_of(number % 3 if number > TOWNS // 2 else number)
            name = f"{base['name']} {'abcdefgh'[number % 8] * 3}"
            week[source, f"{number:03}"] = {**base, **town, "name": name, "website": "https://reseau.example"}
    return week


CHANGES: dict[str, Listing] = {
    "renamed": {"name": "Rucher des Lilas"},
    "again the same word": {"name": "Brindille Zinc"},
    "another site": {"website": "https://rucher.example"},
    "another's phone": {"phone": "+33 4 76 00 00 01"},
    "moved next door": {"lat": 44.0, "lon": 5.0, "street": "12 rue Basse"},
    "on one point": {"lat": 45.5, "lon": 5.5, "street": "3 quai Neuf", "city": "Aval"},
    "on one point, other town": {"lat": 45.5, "lon": 5.5, "street": "8 place Haute", "city": "Amont"},
    "on one point, third town": {"lat": 45.5, "lon": 5.5, "street": "1 rue du Pont", "city": "Plaine"},
    "without a place": {"lat": None, "lon": None, "street": None, "city": None, "postcode": None},
    "closed": {"status": "closed"},
}

places = st.tuples(st.sampled_from(["atlas", "wiki", "commons"]), st.integers(0, TOWNS + 4).map("{:03}".format))
edits = st.lists(st.tuples(places, st.sampled_from(["gone", *CHANGES])), max_size=12)
pairs = st.lists(places, min_size=2, max_size=2, unique=True)
verdicts = st.lists(st.tuples(pairs, st.sampled_from(["same", "different"])), max_size=4)


def edited(week: Week, changes: Iterable[tuple[tuple[str, str], str]]) -> Week:
    week = dict(week)
    for key, change in changes:
        if change == "gone":
            week.pop(key, None)
        else:
            week[key] = {**week.get(key, {**BRINDILLE, **town_of(int(key[1]))}), **CHANGES[change]}
    return week


def judged(verdicts: Iterable[tuple[list[tuple[str, str]], Verdict]]) -> tuple[Judgement, ...]:
    """Return those of the verdicts that contradict none before them."""
    kept: tuple[Judgement, ...] = ()
    for (left, right), verdict in verdicts:
        more = (*kept, Judgement(left, right, verdict, "a test", date(2026, 10, 12), "", len(kept) + 2))
        with suppress(BadJudgements):
            check(more)
            kept = more
    return kept


def table(week: Week) -> pa.Table:
    return listings(*(lab(source, key, **own) for (source, key), own in week.items()))


def assert_equal(part: Resolution, full: Resolution) -> None:
    for name in ("assignments", "registry", "id_bridge", "departed", "matches"):
        assert getattr(part, name).equals(getattr(full, name)), name
    one, two = asdict(part.decided.memory), asdict(full.decided.memory)
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_a_remembered_run_compares_only_what_changed() -> None:
    first = resolved(table(crowded()), "2026-W40")
    past = replace(before(first), memory=first.decided.memory)
    # not renamed: a third name behind the one site is news for every listing that names it
    changed = edited(crowded(), [(("wiki", "007"), "moved next door")])
    part = resolved(table(changed), "2026-W41", previous=past)
    assert_equal(part, resolved(table(changed), "2026-W41", previous=replace(past, memory=None)))
    assert 0.9 * len(part.decided.pairs) < part.decided.compared.remembered < len(part.decided.pairs)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(edits, verdicts, st.booleans()), min_size=1, max_size=4))
def test_weeks_of_any_edits_come_to_what_full_runs_come_to(
    weeks: list[tuple[list[tuple[tuple[str, str], str]], list[tuple[list[tuple[str, str]], Verdict]], bool]],
) -> None:
    week = crowded()
    last = resolved(table(week), "2026-W40", policy=POLICY)
    for number, (changes, decided, trusts_the_wiki) in enumerate(weeks, start=41):
        week = edited(week, changes)
        past = replace(before(last), memory=last.decided.memory)
        policy = {**POLICY, "wiki": SourcePolicy(2, is_duplicate_free=trusts_the_wiki)}
        options = {"policy": policy, "judgements": judged(decided)}
        part, full = (
            resolved(table(week), f"2026-W{number}", previous=replace(past, memory=memory), **options)
            for memory in (past.memory, None)
        )
        assert full.decided.compared.remembered == 0
        assert_equal(part, full)
        last = part


def site_of_a_network(towns: int) -> Week:
    """Return a pair with two web sites, the one of which is named in that many towns."""
    week = {("wiki", "brindille"): {**BRINDILLE, "website": "https://autre.example"}}
    for number in range(towns):
        town = {"lat": 40 + number, "city": "ABCDEF"[number] * 5, "name": f"Atelier {'ABCDEF'[number] * 4}"}
        week["atlas", f"{number:03}"] = {**BRINDILLE, **(town if number else {}), "email": None, "phone": None}
    return week


def addresses_on_one_point(number: int) -> Week:
    """Return listings on one point of that many addresses."""
    return {
        (source, f"{at}"): {**ENCLUME, "street": f"{at} rue {chr(ord('A') + at) * 5}", "email": None, "website": None}
        for source in ("atlas", "wiki")
        for at in range(number)
    }


@pytest.mark.parametrize(
    ("first", "after", "restated"),
    [(site_of_a_network(5), site_of_a_network(6), "site_equal"),
     (addresses_on_one_point(2), addresses_on_one_point(3), "precision_km")],
    ids=["a site becomes nobody's own", "a point becomes a town's centre"],
)  # fmt: skip
def test_what_others_say_is_news_to_pairs_that_are_as_they_were(first: Week, after: Week, restated: str) -> None:
    last = resolved(table(first), "2026-W40")
    past = replace(before(last), memory=last.decided.memory)
    part = resolved(table(after), "2026-W41", previous=past)
    assert_equal(part, resolved(table(after), "2026-W41", previous=replace(past, memory=None)))
    was, is_ = (
        {tuple(row[name] for name in PAIR): row[restated] for row in run.matches.to_pylist()} for run in (last, part)
    )
    assert any(was[pair] != is_[pair] for pair in was.keys() & is_.keys()), "nothing was restated: this proves nothing"


def test_a_source_with_new_keys_comes_to_what_a_full_run_comes_to() -> None:
    first = resolved(table(crowded()), "2026-W40")
    past = replace(before(first), memory=first.decided.memory)
    renumbered = {(source, key[::-1] if source == "wiki" else key): own for (source, key), own in crowded().items()}
    part = resolved(table(renumbered), "2026-W41", previous=past)
    assert_equal(part, resolved(table(renumbered), "2026-W41", previous=replace(past, memory=None)))


@pytest.mark.parametrize("stale", [{"version": "another"}])
def test_a_memory_of_another_model_is_not_used(stale: dict[str, str]) -> None:
    first = resolved(table(crowded()), "2026-W40")
    past = replace(before(first), memory=replace(first.decided.memory, **stale))
    assert resolved(table(crowded()), "2026-W41", previous=past).decided.compared.remembered == 0
