"""Points and facts to an archetype, in the decision order of the codebook: scope, operator, ... score."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.archetypes.decision.balance import Balance
from warehouse.archetypes.decision.facts import Facts, GuardReceipt, gather, guards_of
from warehouse.archetypes.reading.testimony import Testimony

LEAST_POINTS = 2.5
"""Below it no archetype is given. Source: codebook §4, "top score < 2.5"."""
LEAST_LEAD = 0.5
"""Source: codebook §4, "lead < 0.5"."""
GATE = 2.4
"""Points from which a body counts as the host: a strong cue (3.0) of the lab's own name, operator, address or domain,
or one that prose calls the host; a mention (0.65 of 3.5) stays below."""
LEAST_PROFESSIONAL = 3.0
"""More than one word for paying professionals: they have to dominate (codebook §2 step 3)."""
LEAST_COMMUNITY = 2.0
"""One positive community cue (ruling 13)."""
_SOME_COMMUNITY = 0.9
"""One weak community cue."""
_AS_STRONG = 0.25
"""Gates within it are level; the order of the codebook's gates b, c, a, d decides."""
_TRACE = 0.5
"""Points below which an archetype is no runner-up and no hint."""

UNCLASSIFIED = "unclassified"


class Told(NamedTuple):
    """What one step says: the archetype, and the gate, tie-break or ruling it rests on."""

    archetype: str
    codebook_rule: str


@dataclass(frozen=True)
class Decision:
    """What was decided, in which step, with the points of every archetype after the guards."""

    archetype: str
    step: str
    codebook_rule: str
    runner_up: str | None
    margin: float
    points: Mapping[str, float]
    guards: tuple[GuardReceipt, ...]
    hint: str | None = None
    reason: str | None = None


def decide(testimony: Testimony, balance: Balance) -> Decision:
    """Return the decision on one lab: the first step that can tell decides."""
    facts = gather(testimony, balance)
    points = dict(balance.points)
    guards: list[GuardReceipt] = []
    for guard in guards_of(facts, GATE):
        change = max(guard.points, -points[guard.archetype])
        if change:
            points[guard.archetype] += change
            guards.append(guard._replace(points=round(change, 3)))
    return _in_order(testimony, facts, Points(points, tuple(guards)))


@dataclass(frozen=True)
class Points:
    """The points of every archetype after the guards, and the guards."""

    of: Mapping[str, float]
    guards: tuple[GuardReceipt, ...]

    def ranked(self) -> list[str]:
        """Return the archetypes by points, ties by number."""
        return sorted(self.of, key=lambda archetype: (-self.of[archetype], archetype))

    def decided(self, told: Told, step: str) -> Decision:
        """Return the decision for an archetype, with the best other one as runner-up."""
        second = next(other for other in self.ranked() if other != told.archetype)
        return Decision(
            told.archetype,
            step,
            told.codebook_rule,
            second if self.of[second] > _TRACE else None,
            max(self.of[told.archetype] - self.of[second], 0.0),
            self.of,
            self.guards,
        )

    def abstained(self, step: str, codebook_rule: str, reason: str) -> Decision:
        """Return the abstention, with what thin evidence points to as hint."""
        first, second = self.ranked()[:2]
        return Decision(
            UNCLASSIFIED,
            step,
            codebook_rule,
            None,
            self.of[first] - self.of[second],
            self.of,
            self.guards,
            first if self.of[first] > _TRACE else None,
            reason,
        )


def _in_order(testimony: Testimony, facts: Facts, points: Points) -> Decision:
    if _is_out_of_scope(testimony, facts):
        return points.abstained("scope", "step 0", "hors_champ")
    for step, tell in STEPS:
        told = tell(facts, points.of)
        if told is not None:
            return points.decided(told, step)
        if step == "functions" and facts.is_planned and facts.community < LEAST_COMMUNITY * 2:
            return points.abstained("scope", "ruling 10", "planned")
    return _by_score(facts, points)


def _is_out_of_scope(testimony: Testimony, facts: Facts) -> bool:
    """Ruling 9: a complete text, another activity, no machine; health labs and private workshops too."""
    if facts.is_health and facts.public_host < GATE and facts.higher_education < GATE:
        return True
    if facts.is_private_person and not facts.is_association:
        return True
    has_workshop = facts.has_machines or (facts.has_workshops and facts.functions >= 2)
    return testimony.has_text and not testimony.is_cut and facts.has_other_activity and not has_workshop


def _operator(facts: Facts, _points: Mapping[str, float]) -> Told | None:
    """Gate 1: the strongest host, then the tie-breaks that look behind it."""
    gates = {"4": facts.higher_education, "6": facts.training, "5": facts.office, "1": facts.public_host}
    strongest = max(gates.values())
    if strongest < GATE:
        return _science_centre(facts)
    top = next(archetype for archetype, value in gates.items() if value >= max(strongest - _AS_STRONG, GATE))
    return {"1": _public_host, "4": _higher_education, "5": _company, "6": _training_body}[top](facts)


def _higher_education(_facts: Facts) -> Told:
    """Gate 1b: even when open to all, even in a university library, even when student-only."""
    return Told("4", "gate 1b")


def _public_host(facts: Facts) -> Told:
    """T3 and ruling 2: two hosting functions make it 2; T1, rulings 5, 7: members who run machines make it 3."""
    if facts.functions >= 2:
        return Told("2", "T3")
    if facts.members_run_machines and (facts.has_full_workshop or facts.has_charter):
        return Told("3", "T1")
    if facts.members_run_machines and facts.is_own_association and facts.is_popular_education_host:
        return Told("3", "ruling 5")
    return Told("1", "gate 1d")


def _company(facts: Facts) -> Told | None:
    """T9: both programmes give 2; T8, ruling 12: a lab open to a community without firms is no company lab."""
    if facts.is_territory_factory:
        return Told("2", "T9")
    return None if facts.community >= LEAST_COMMUNITY and not facts.serves_firms else Told("5", "gate 1a")


def _training_body(facts: Facts) -> Told:
    """T7 and ruling 11: a school host is 6 unless an association operates the lab and it is open."""
    return Told("3", "T7") if facts.is_school_host and facts.is_association and facts.is_open else Told("6", "gate 1c")


def _science_centre(facts: Facts) -> Told | None:
    """T1 and ruling 8: machines with open slots are 3, workshops only or no details 1."""
    if facts.science_centre < GATE:
        return None
    is_open = facts.has_large_machine and facts.community >= _SOME_COMMUNITY
    return Told("3", "T1 science centre") if is_open else Told("1", "ruling 8")


def _functions(facts: Facts, points: Mapping[str, float]) -> Told | None:
    """T2, T3: two hosting functions, or one and a tiers-lieu or village cue; ruling 4: mere coworking is 3."""
    is_hybrid = facts.is_third_place or facts.names_a_function or facts.has_village_cue or facts.is_in_coworking
    if facts.functions >= 2 and (is_hybrid or facts.has_core_function or points["2"] >= points["3"]):
        return Told("2", "T2")
    # one described function is enough; of ticked ones the place has to outweigh the workshop too (ruling 3)
    ahead = points["1"] if facts.functions >= 1 else max(points["1"], points["3"], LEAST_POINTS)
    if facts.functions > 0 and is_hybrid and points["2"] >= ahead:
        return Told("2", "T2")
    others = max(points[archetype] for archetype in ("1", "4", "5", "6"))
    is_mere_coworking = facts.has_only_coworking and not is_hybrid and others < LEAST_POINTS
    return Told("3", "ruling 4") if is_mere_coworking else None


def _audience(facts: Facts, _points: Mapping[str, float]) -> Told | None:
    """Step 3 and T8: paying professionals dominate."""
    dominate = facts.professional >= LEAST_PROFESSIONAL and facts.professional > facts.community
    return Told("5", "step 3") if dominate else None


def _community(facts: Facts, points: Mapping[str, float]) -> Told | None:
    """Step 4 and ruling 13: one positive community cue, and no other archetype ahead.

    Residents, families or a free entry are everybody's public: they put nobody ahead.
    """
    ahead = max(points["1"] - facts.public_in_general, points["2"], points["4"], points["6"])
    return Told("3", "step 4") if facts.community >= LEAST_COMMUNITY and points["3"] >= ahead else None


STEPS: tuple[tuple[str, Callable[[Facts, Mapping[str, float]], Told | None]], ...] = (
    ("operator", _operator),
    ("functions", _functions),
    ("audience", _audience),
    ("community", _community),
)


def _by_score(facts: Facts, points: Points) -> Decision:
    """Step 5: the points decide, or nothing does."""
    first, second = points.ranked()[:2]
    if points.of[first] < LEAST_POINTS:
        return points.abstained("score", "step 5", "thin" if points.of[first] > _TRACE else "name_only")
    if points.of[first] - points.of[second] < LEAST_LEAD:
        return points.abstained("score", "step 5", "tie")
    if first == "3" and facts.community < _SOME_COMMUNITY:
        return points.abstained("score", "ruling 13", "thin")
    if first == "5" and facts.professional < LEAST_PROFESSIONAL and facts.office < GATE:
        return points.abstained("score", "step 3", "thin")
    if first == "4" and facts.higher_education == 0:
        return _without_higher_education(points)
    return points.decided(Told(first, "step 5"), "score")


def _without_higher_education(points: Points) -> Decision:
    """Codebook §3.4: a technopole or living lab without higher education is 2 or 5, whichever has more to say."""
    other = max(("5", "2"), key=lambda archetype: points.of[archetype])
    if points.of[other] <= _TRACE:
        return points.abstained("score", "technopole", "thin")
    return points.decided(Told(other, "technopole"), "score")
