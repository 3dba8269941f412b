"""Points and facts to an archetype, in the decision order of the codebook: scope, operator, ... score."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warehouse.archetypes.balance import Balance
from warehouse.archetypes.facts import Facts, gather, guarded
from warehouse.archetypes.testimony import Testimony

LEAST_POINTS = 2.5
"""Below it no archetype is given. Source: codebook §4, "top score < 2.5"."""
LEAST_LEAD = 0.5
"""Source: codebook §4, "lead < 0.5"."""
GATE = 2.4
"""Points from which a body counts as the host: a strong cue (3.0) of the lab's own name, operator, address or domain,
or one that prose calls the host; a mention (0.65 of 3.5) stays below."""
LEAST_PROFESSIONAL = 2.5
"""One unguarded medium cue for paying professionals (codebook §3.5)."""
LEAST_COMMUNITY = 2.0
"""One positive community cue (ruling 13)."""
_SOME_COMMUNITY = 0.9
"""One weak community cue."""
_TRACE = 0.5
"""Points below which an archetype is no runner-up and no hint."""

UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Decision:
    """What was decided, in which step, with the points of every archetype."""

    archetype: str
    step: str
    runner_up: str | None
    margin: float
    points: Mapping[str, float]
    hint: str | None = None
    reason: str | None = None


def decide(testimony: Testimony, balance: Balance) -> Decision:
    """Return the decision on one lab: the first step that can tell decides."""
    facts = gather(testimony, balance)
    points = guarded(balance.points, facts, GATE)
    if _is_out_of_scope(testimony, facts):
        return _abstain("scope", points, "hors_champ")
    for step, tell in STEPS:
        archetype = tell(facts, points)
        if archetype is not None:
            return _decided(archetype, step, points)
        if step == "functions" and facts.is_planned and facts.community < LEAST_COMMUNITY * 2:
            return _abstain("scope", points, "planned")
    return _by_score(facts, points)


def _is_out_of_scope(testimony: Testimony, facts: Facts) -> bool:
    """Ruling 9: a complete text, another activity, no machine; health labs and private workshops too."""
    if facts.is_health and facts.public_host < GATE and facts.higher_education < GATE:
        return True
    if facts.is_private_person and not facts.is_association:
        return True
    return testimony.has_text and not testimony.is_cut and facts.has_other_activity and not facts.has_machines


def _operator(facts: Facts, points: Mapping[str, float]) -> str | None:
    """Gate 1, with the tie-breaks that look behind it (T1, T3, T7, rulings 2, 5, 11, 12)."""
    gates = {"4": facts.higher_education, "6": facts.training, "1": facts.public_host, "5": facts.office}
    top = max(gates, key=lambda archetype: (gates[archetype], points[archetype]))
    if gates[top] < GATE:
        return _science_centre(facts)
    if top == "1":
        if facts.functions >= 2:
            return "2"
        is_lifted = facts.members_run_machines and (
            facts.has_full_workshop
            or facts.has_charter
            or (facts.is_own_association and facts.public_host == facts.social_centre)
        )
        return "3" if is_lifted else "1"
    if top == "6" and facts.training == facts.school and facts.is_association and facts.is_open:
        return "3"
    if top == "5" and facts.community > facts.professional + facts.office:
        return None
    return top


def _science_centre(facts: Facts) -> str | None:
    """T1 and ruling 8: a full workshop with open slots is 3, workshops only or no details 1."""
    if facts.science_centre < GATE:
        return None
    return "3" if facts.has_large_machine and facts.community >= _SOME_COMMUNITY else "1"


def _functions(facts: Facts, points: Mapping[str, float]) -> str | None:
    """T2: two hosting functions, or one and a tiers-lieu or village cue, stated of the place."""
    is_hybrid = facts.is_third_place or facts.names_a_function
    if facts.functions >= 2 or (facts.functions >= 1 and (is_hybrid or facts.has_village_cue)):
        return "2"
    return "2" if facts.functions > 0 and facts.is_third_place and points["2"] >= LEAST_POINTS else None


def _audience(facts: Facts, _points: Mapping[str, float]) -> str | None:
    """Step 3 and T8: paying professionals dominate."""
    return "5" if facts.professional >= LEAST_PROFESSIONAL and facts.professional > facts.community else None


def _community(facts: Facts, points: Mapping[str, float]) -> str | None:
    """Step 4 and ruling 13: one positive community cue, and no other archetype ahead."""
    ahead = max(points[archetype] for archetype in ("1", "2", "4", "6"))
    return "3" if facts.community >= LEAST_COMMUNITY and points["3"] >= ahead else None


STEPS: tuple[tuple[str, Callable[[Facts, Mapping[str, float]], str | None]], ...] = (
    ("operator", _operator),
    ("functions", _functions),
    ("audience", _audience),
    ("community", _community),
)


def _by_score(facts: Facts, points: Mapping[str, float]) -> Decision:
    first, second = _ranked(points)[:2]
    if points[first] < LEAST_POINTS:
        return _abstain("score", points, "thin" if points[first] > _TRACE else "name_only")
    if points[first] - points[second] < LEAST_LEAD:
        return _abstain("score", points, "tie")
    if first == "3" and facts.community < _SOME_COMMUNITY and not facts.has_full_workshop:
        return _abstain("score", points, "thin")
    return _decided(first, "score", points)


def _ranked(points: Mapping[str, float]) -> list[str]:
    return sorted(points, key=lambda archetype: (-points[archetype], archetype))


def _decided(archetype: str, step: str, points: Mapping[str, float]) -> Decision:
    second = next(other for other in _ranked(points) if other != archetype)
    return Decision(
        archetype,
        step,
        second if points[second] > _TRACE else None,
        max(points[archetype] - max(points[second], 0.0), 0.0),
        points,
    )


def _abstain(step: str, points: Mapping[str, float], reason: str) -> Decision:
    first, second = _ranked(points)[:2]
    return Decision(
        UNCLASSIFIED,
        step,
        None,
        max(points[first] - points[second], 0.0),
        points,
        first if points[first] > _TRACE else None,
        reason,
    )
