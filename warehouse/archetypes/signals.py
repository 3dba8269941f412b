"""A lab's testimony to signals: each function finds one kind of evidence and says how directly it is stated."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from warehouse.archetypes.reading import HOST
from warehouse.archetypes.testimony import IDENTITY_ROLES, Cue, Testimony


class Signal(NamedTuple):
    """One cue that counts, and the share of a rule's weight it gives, 0-1."""

    tag: str
    cue: Cue
    strength: float


SignalFunction = Callable[[Testimony], Iterable[tuple[Cue, float]]]
SIGNALS: dict[str, SignalFunction] = {}


def signal(function: SignalFunction) -> SignalFunction:
    """Register a signal under the name of its function; its docstring is published by labs explain."""
    SIGNALS[function.__name__] = function
    return function


def detect(testimony: Testimony) -> Iterator[Signal]:
    """Yield every signal of a testimony, in the order of their declaration."""
    for tag, function in SIGNALS.items():
        for cue, strength in function(testimony):
            if strength > 0:
                yield Signal(tag, cue, strength)


def _institution(testimony: Testimony, *concepts: str) -> Iterator[tuple[Cue, float]]:
    return ((cue, cue.host_strength) for cue in testimony.of(*concepts))


def _stated(testimony: Testimony, *concepts: str) -> Iterator[tuple[Cue, float]]:
    return ((cue, cue.place_strength) for cue in testimony.of(*concepts))


def _in_words(testimony: Testimony, *concepts: str) -> Iterator[tuple[Cue, float]]:
    """Leave names and operators out: "Roche aux Fées Communauté" is no community of makers."""
    return ((cue, cue.place_strength) for cue in testimony.of(*concepts) if cue.role not in IDENTITY_ROLES)


# ---------------------------------------------------------------- operator and host


@signal
def library_host(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a library as the place's host; one that is only a partner or one of several counts for less."""
    return _institution(testimony, "library")


@signal
def digital_public_space(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a public digital space: EPN, cyber-base, espace multimédia."""
    return _institution(testimony, "digital_public_space")


@signal
def public_service_desk(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a public-service desk: France Services, MSAP, conseiller numérique, Aidants Connect."""
    return _institution(testimony, "public_service_desk")


@signal
def micro_folie(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a Micro-Folie."""
    return _institution(testimony, "micro_folie")


@signal
def social_centre(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a house of popular education or social centre: MJC, maison de quartier, Familles rurales."""
    return _institution(testimony, "social_centre")


@signal
def town_service(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a town hall or municipal service."""
    return _institution(testimony, "town_service")


@signal
def territory_body(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a département, EPCI, pays or syndicat."""
    return _institution(testimony, "territory_body")


@signal
def science_centre(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a science centre or museum."""
    return _institution(testimony, "science_centre")


@signal
def higher_education(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a university, engineering or art school; "grande école du numérique" is a label, not one of them."""
    return _institution(testimony, "higher_education")


@signal
def research_body(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a research body or researchers."""
    return _institution(testimony, "research_body")


@signal
def innovation_campus(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a living lab, technopole, incubator or technology transfer."""
    return _institution(testimony, "innovation_campus")


@signal
def vocational_body(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a vocational or adult training body: GRETA, AFPA, CFA, UIMM, Simplon."""
    return _institution(testimony, "vocational_body")


@signal
def insertion(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report learners far from work: décrocheurs, demandeurs d'emploi, stagiaires, chantier d'insertion."""
    return _institution(testimony, "insertion")


@signal
def employment_service(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report employment services: partners more often than operators."""
    return _institution(testimony, "employment_service")


@signal
def school_host(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a lycée, collège or high school as host."""
    return _institution(testimony, "school")


@signal
def prototyping_office(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report an engineering office, shared factory or professional prototyping workshop."""
    return _stated(testimony, "prototyping_office")


@signal
def staff_lab(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a company's lab for its own staff."""
    return _stated(testimony, "staff_lab")


@signal
def company_form(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a commercial legal form."""
    return _stated(testimony, "company_form")


# ---------------------------------------------------------------- the place and its functions


@signal
def third_place(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report that the place is called a tiers-lieu."""
    return _stated(testimony, "third_place")


@signal
def territory_factory(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report the programme Fabriques de territoire."""
    return _stated(testimony, "territory_factory")


@signal
def proximity_manufacture(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report the programme Manufactures de proximité."""
    return _stated(testimony, "proximity_manufacture")


@signal
def coworking(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report coworking or telework on site."""
    return _stated(testimony, "coworking")


@signal
def cafe(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a café, canteen or restaurant on site; a repair café is none."""
    return _stated(testimony, "cafe")


@signal
def other_function(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report another hosting function: shop, culture, lodging, garden, ressourcerie, radio or studio.

    Only where it is described: "Les Jardins de la Culture" is a name.
    """
    return _in_words(testimony, "grocery", "culture", "lodging", "garden", "reuse_shop", "broadcast")


@signal
def village(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a village or rural setting; never enough alone."""
    return _stated(testimony, "village")


@signal
def hybrid_place(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a place with a second life or several uses: friche, former barracks, lieu de vie."""
    return _stated(testimony, "hybrid_place")


@signal
def cooperative_form(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a SCIC, SPL or régie de quartier."""
    return _stated(testimony, "cooperative_form")


# ---------------------------------------------------------------- audience and offer


@signal
def professionals(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report professionals, craftspeople, firms or start-ups as the public, not as founder or owner."""
    return (
        (cue, cue.place_strength)
        for cue in testimony.of("professionals")
        if cue.role not in IDENTITY_ROLES and cue.role not in {"legal", "label"}
    )


@signal
def prototyping(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report prototyping or small series."""
    return _stated(testimony, "prototyping")


@signal
def paid_service(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report paid services: quotes, clients, prices without tax."""
    return _stated(testimony, "paid_service")


@signal
def subscription(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report subscriptions, tenants or industrial machines."""
    return _stated(testimony, "subscription")


@signal
def students(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report students or teaching staff."""
    return _stated(testimony, "students")


@signal
def research_innovation(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report R&D or innovation."""
    return _stated(testimony, "research_innovation")


@signal
def residents(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report residents or a priority neighbourhood."""
    return _stated(testimony, "residents")


@signal
def everyone_free(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a general public: free, seniors, families, youth."""
    return _stated(testimony, "everyone_free")


@signal
def digital_mediation(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report digital mediation or inclusion."""
    return _stated(testimony, "digital_mediation")


@signal
def admin_help(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report help with administrative procedures."""
    return _stated(testimony, "admin_help")


@signal
def digital_initiation(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report first steps with computers, parenting, coding-goûter."""
    return _stated(testimony, "digital_initiation")


@signal
def digital_awareness(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report parenting, coding-goûter, science and media awareness."""
    return _stated(testimony, "digital_awareness")


@signal
def mobile(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a mobile lab."""
    return _stated(testimony, "mobile")


@signal
def training_path(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report training paths, qualifications, curricula."""
    return _stated(testimony, "training_path")


@signal
def training_label(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report the labels Grande École du Numérique or Qualiopi: labels, not activities."""
    return _stated(testimony, "training_label")


# ---------------------------------------------------------------- community and equipment


@signal
def community_lab(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a lab that calls itself associative, a hackerspace or an open workshop; the name alone is no text."""
    for cue in testimony.of("community_lab"):
        yield cue, cue.place_strength * (0.5 if cue.role == "name" else 0.6 if cue.role == "kind" else 1.0)


@signal
def association_form(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report an association, charity or e.V.; not decisive, for 1, 2 and 6 are associations too."""
    return _stated(testimony, "association")


@signal
def association_runs_it(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report prose that says an association created or runs the lab."""
    return (
        (cue, cue.place_strength)
        for cue in testimony.of("association")
        if cue.role == "text" and cue.standing == HOST and not cue.is_several
    )


@signal
def open_to_all(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report that the lab is open to everybody."""
    return _in_words(testimony, "open_to_all")


@signal
def membership(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report members, volunteers or a community."""
    return _in_words(testimony, "membership")


@signal
def sharing(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report sharing of knowledge, DIY, open source."""
    return _in_words(testimony, "sharing")


@signal
def maker_culture(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report makers, meeting, repairing: words everybody uses."""
    return _in_words(testimony, "maker_culture")


@signal
def open_lab(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report open-lab evenings, regular opening hours of a community, repair."""
    return _in_words(testimony, "open_lab")


@signal
def opening_slots(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report regular opening days; hours alone say little."""
    return _in_words(testimony, "opening_slots")


@signal
def charter(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report the Fab Lab charter or a network that asks for it."""
    return _stated(testimony, "charter")


@signal
def full_workshop(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report laser and CNC together."""
    if testimony.says("laser") and testimony.says("cnc"):
        for cue in testimony.of("laser", "cnc"):
            yield cue, cue.place_strength


@signal
def health_host(testimony: Testimony) -> Iterator[tuple[Cue, float]]:
    """Report a hospital or rehabilitation centre as host: health labs stand outside the six archetypes."""
    return ((cue, cue.host_strength) for cue in testimony.of("health_body") if cue.role in IDENTITY_ROLES)
