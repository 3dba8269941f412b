"""A testimony and its points to the few facts the decision order asks for."""

from dataclasses import dataclass
from typing import NamedTuple

from warehouse.archetypes.decision.balance import Balance
from warehouse.archetypes.reading.testimony import IDENTITY_ROLES, Testimony
from warehouse.archetypes.reading.text import HOST

HOSTING = ("coworking", "cafe", "grocery", "culture", "lodging", "garden", "reuse_shop", "broadcast")
"""Hosting functions. Source: ruling 3; training and meeting rooms, incubator, médiathèque, Micro-Folie are none."""
NAMED_HOSTING = ("coworking", "cafe", "reuse_shop")
"""Functions a place may carry in its name and have; "Jardins", "Hôtel" or "Théâtre" are names more often."""
CORE_HOSTING = frozenset({"coworking", "cafe", "grocery", "lodging", "reuse_shop"})
MACHINES = (
    "proximity_manufacture",
    "fabrication",
    "combined_category",
    "laser",
    "cnc",
    "printer3d",
    "wood_metal",
    "community_lab",
)
_DESCRIBED = 0.6
"""Place strength from which a function is described, not ticked (a ticked category gives 0.5)."""
_GUARD = 2.0
"""Taken from each of them when the lab is an association, open or for everybody and has no business form (§3.5)."""


@dataclass(frozen=True)
class Facts:
    """What the steps of the decision look at."""

    functions: float
    """Distinct hosting functions; a ticked one counts half (ruling 3)."""
    is_third_place: bool
    has_village_cue: bool
    names_a_function: bool
    has_core_function: bool
    """True when one of the functions receives people by itself: coworking, café, grocery, lodging, ressourcerie."""
    has_only_coworking: bool
    is_in_coworking: bool
    """True when prose says the lab is, or sits in, a coworking place."""
    public_host: float
    higher_education: float
    training: float
    is_school_host: bool
    office: float
    is_territory_factory: bool
    is_popular_education_host: bool
    science_centre: float
    community: float
    public_in_general: float
    """Points archetype 1 has from residents, families and free entry alone."""
    professional: float
    professional_guard: float
    """What the guard takes from archetype 5."""
    has_business_form: bool
    serves_firms: bool
    is_association: bool
    is_open: bool
    is_own_association: bool
    """True when prose says an association is the lab, so that its host is only its address."""
    members_run_machines: bool
    has_full_workshop: bool
    has_large_machine: bool
    has_charter: bool
    has_machines: bool
    has_workshops: bool
    has_other_activity: bool
    has_procedures_and_initiation: bool
    is_health: bool
    is_planned: bool
    is_private_person: bool


def gather(testimony: Testimony, balance: Balance) -> Facts:
    """Return the facts of one lab."""
    functions = _hosting_functions(testimony)
    has_business_form = balance.of("company_form", "paid_service") > 0
    is_open = balance.of("open_to_all", "membership") > 0
    is_association = balance.of("association_form", "community_lab") > 0
    is_guarded = (is_association or is_open or testimony.says("mixed_public")) and not has_business_form
    audience = balance.step("audience", "5")
    guard = sum(min(points, _GUARD) for rule, points in audience.items() if rule.is_guarded) if is_guarded else 0.0
    public_host, public_signal = balance.strongest("operator", "1")
    training, training_signal = balance.strongest("operator", "6")
    has_full_workshop = testimony.says("laser") and testimony.says("cnc")
    return Facts(
        functions=sum(functions.values()),
        is_third_place=testimony.says("third_place", "territory_factory"),
        has_village_cue=testimony.says("village"),
        names_a_function=any(
            cue.role in IDENTITY_ROLES - {"address"}
            for concept in functions
            if concept != "coworking"
            for cue in testimony.of(concept)
        ),
        has_core_function=not CORE_HOSTING.isdisjoint(functions),
        has_only_coworking=list(functions) == ["coworking"],
        is_in_coworking=any(cue.directness == HOST and cue.role == "text" for cue in testimony.of("coworking")),
        public_host=public_host,
        is_popular_education_host=public_signal == "social_centre",
        higher_education=balance.strongest("operator", "4")[0],
        training=training,
        is_school_host=training_signal == "school_host",
        office=balance.strongest("operator", "5")[0],
        is_territory_factory=testimony.says("territory_factory"),
        science_centre=balance.of("science_centre"),
        community=sum(balance.step("community", "3").values()),
        public_in_general=balance.of("residents", "everyone_free"),
        professional=sum(audience.values()) - guard,
        professional_guard=guard,
        has_business_form=has_business_form,
        serves_firms=has_business_form or balance.of("professionals") > 0,
        is_association=is_association,
        is_open=is_open,
        is_own_association=balance.of("community_lab", "association_runs_it") >= _DESCRIBED and is_association,
        members_run_machines=balance.of("membership", "community_lab", "open_lab") >= 2.0,
        has_full_workshop=has_full_workshop,
        has_large_machine=testimony.says("laser", "cnc"),
        has_charter=balance.of("charter") > 0,
        has_machines=testimony.says(*MACHINES),
        has_workshops=testimony.says("workshop_word"),
        has_other_activity=testimony.says("other_activity"),
        has_procedures_and_initiation={"admin_help", "digital_initiation"} <= balance.tags,
        is_health="health_host" in balance.tags,
        is_planned=testimony.says("planned"),
        is_private_person=testimony.says("private_person"),
    )


def _hosting_functions(testimony: Testimony) -> dict[str, float]:
    """Return the hosting functions: 1 for a described one, 0.5 for a ticked one; names describe NAMED_HOSTING only."""
    strengths = {
        concept: [
            cue.place_strength
            for cue in testimony.of(concept)
            if concept in NAMED_HOSTING or cue.role not in IDENTITY_ROLES
        ]
        for concept in HOSTING
    }
    return {concept: 1.0 if max(found) >= _DESCRIBED else 0.5 for concept, found in strengths.items() if found}


class GuardReceipt(NamedTuple):
    """Points a guard gives an archetype; negative when it takes them."""

    guard: str
    archetype: str
    points: float


def guards_of(facts: Facts, gate: float) -> tuple[GuardReceipt, ...]:
    """Return the guards that apply: the minus lines of the codebook's archetypes (§3)."""
    applied: list[GuardReceipt] = []
    if facts.functions == 0:
        applied.append(GuardReceipt("no_hosting_function", "2", -2.0))
    elif facts.functions >= 2:
        applied.append(GuardReceipt("several_functions", "2", 1.5))
    if facts.public_host >= gate:
        applied.append(GuardReceipt("public_host", "3", -2.0))
    if facts.higher_education >= gate:
        applied.append(GuardReceipt("higher_education_host", "3", -1.0))
        applied.append(GuardReceipt("higher_education_host", "6", -1.0))
    if facts.professional_guard:
        applied.append(GuardReceipt("not_only_professionals", "5", -facts.professional_guard))
    if facts.has_procedures_and_initiation:
        applied.append(GuardReceipt("initiation_and_procedures", "6", -2.5))
    return tuple(applied)
