"""A testimony and its points to the few facts the decision order asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.archetypes.balance import Balance
from warehouse.archetypes.testimony import IDENTITY_ROLES, Testimony

PUBLIC_HOSTS = ("library_host", "digital_public_space", "public_service_desk", "micro_folie", "social_centre")
"""Codebook §2 gate 1d and ruling 5."""
HOSTING = ("coworking", "cafe", "grocery", "culture", "lodging", "garden", "reuse_shop", "broadcast")
"""Hosting functions. Source: ruling 3; training and meeting rooms, incubator, médiathèque, Micro-Folie are none."""
MACHINES = ("fabrication", "combined_category", "laser", "cnc", "printer3d", "wood_metal", "community_lab")
_DESCRIBED = 0.6
"""Place strength from which a function is described, not ticked (a ticked category gives 0.5)."""
_GUARDED_RULES = ("professionals>5", "prototyping>5")
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
    public_host: float
    higher_education: float
    training: float
    school: float
    office: float
    social_centre: float
    science_centre: float
    community: float
    professional: float
    professional_guard: float
    """What the guard takes from archetype 5."""
    has_business_form: bool
    is_association: bool
    is_open: bool
    is_own_association: bool
    """True when prose says an association is the lab, so that its host is only its address."""
    members_run_machines: bool
    has_full_workshop: bool
    has_large_machine: bool
    has_charter: bool
    has_machines: bool
    has_other_activity: bool
    is_health: bool
    is_planned: bool
    is_private_person: bool


def gather(testimony: Testimony, balance: Balance) -> Facts:
    """Return the facts of one lab."""
    functions = {
        concept: 1.0 if max(cue.place_strength for cue in testimony.of(concept)) >= _DESCRIBED else 0.5
        for concept in HOSTING
        if testimony.says(concept)
    }
    has_business_form = balance.of("company_form>5", "paid_service>5") > 0
    is_open = balance.of("open_to_all>3", "membership>3") > 0
    is_association = balance.of("association_form>3", "community_lab>3") > 0
    is_guarded = (is_association or is_open or testimony.says("mixed_public")) and not has_business_form
    professional = balance.of("paid_service>5", "subscription>5", "company_form>5") + sum(
        max(balance.of(rule) - (_GUARD if is_guarded else 0.0), 0.0) for rule in _GUARDED_RULES
    )
    has_full_workshop = testimony.says("laser") and testimony.says("cnc")
    return Facts(
        functions=sum(functions.values()),
        is_third_place=testimony.says("third_place", "territory_factory"),
        has_village_cue=testimony.says("village"),
        names_a_function=any(
            cue.role in IDENTITY_ROLES - {"address"} for concept in functions for cue in testimony.of(concept)
        ),
        public_host=balance.best("1", PUBLIC_HOSTS),
        higher_education=balance.best("4", ("higher_education", "research_body")),
        training=balance.best("6", ("vocational_body", "insertion", "school_host")),
        school=balance.of("school_host>6"),
        office=balance.best("5", ("prototyping_office", "staff_lab", "proximity_manufacture")),
        social_centre=balance.of("social_centre>1"),
        science_centre=balance.of("science_centre>1"),
        community=balance.of(
            "community_lab>3",
            "charter>3",
            "open_to_all>3",
            "membership>3",
            "sharing>3",
            "open_lab>3",
            "association_runs_it>3",
            "maker_culture>3",
        ),
        professional=professional,
        professional_guard=sum(min(balance.of(rule), _GUARD) for rule in _GUARDED_RULES) if is_guarded else 0.0,
        has_business_form=has_business_form,
        is_association=is_association,
        is_open=is_open,
        is_own_association=balance.of("community_lab>3", "association_runs_it>3") >= _DESCRIBED and is_association,
        members_run_machines=balance.of("membership>3", "community_lab>3", "open_lab>3") >= 2.0,
        has_full_workshop=has_full_workshop,
        has_large_machine=testimony.says("laser", "cnc"),
        has_charter=balance.of("charter>3") > 0,
        has_machines=testimony.says(*MACHINES),
        has_other_activity=testimony.says("other_activity"),
        is_health=balance.health,
        is_planned=testimony.says("planned"),
        is_private_person=testimony.says("private_person"),
    )


Points = Mapping[str, float]


def guarded(points: Points, facts: Facts, gate: float) -> dict[str, float]:
    """Return the points after the subtractions of the codebook (§3, each archetype's minus line)."""
    after = dict(points)
    if facts.functions == 0:
        after["2"] -= 2.0
    elif facts.functions >= 2:
        after["2"] += 1.5
    if facts.public_host >= gate:
        after["3"] -= 2.0
    if facts.higher_education >= gate:
        after["3"] -= 1.0
        after["6"] -= 1.0
    after["5"] -= facts.professional_guard
    return after
