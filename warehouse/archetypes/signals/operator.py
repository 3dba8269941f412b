"""Who operates or hosts the lab."""

from collections.abc import Sequence

from warehouse.archetypes.reading.testimony import DIRECTNESS_STRENGTH, IDENTITY_ROLES, Cue
from warehouse.archetypes.reading.text import GENITIVE, MENTION, STATED
from warehouse.archetypes.signals.signal import Weighed, by_host, by_place, signal


@signal("library")
def library_host(cues: Sequence[Cue]) -> Weighed:
    """Report a library as the place's host; one that is only a partner or one of several counts for less."""
    return by_host(cues)


@signal("digital_public_space")
def digital_public_space(cues: Sequence[Cue]) -> Weighed:
    """Report a public digital space: EPN, cyber-base, espace multimédia."""
    return by_host(cues)


@signal("public_service_desk")
def public_service_desk(cues: Sequence[Cue]) -> Weighed:
    """Report a public-service desk: France Services, MSAP, conseiller numérique, Aidants Connect."""
    return by_host(cues)


@signal("micro_folie")
def micro_folie(cues: Sequence[Cue]) -> Weighed:
    """Report a Micro-Folie."""
    return by_host(cues)


@signal("social_centre")
def social_centre(cues: Sequence[Cue]) -> Weighed:
    """Report a house of popular education or social centre: MJC, maison de quartier, Familles rurales."""
    return by_host(cues)


@signal("municipal_service")
def municipal_service(cues: Sequence[Cue]) -> Weighed:
    """Report that the town itself runs the lab."""
    return by_host(cues)


@signal("town_service")
def town_service(cues: Sequence[Cue]) -> Weighed:
    """Report a town or town hall as place or partner."""
    return by_host(cues)


@signal("territory_body")
def territory_body(cues: Sequence[Cue]) -> Weighed:
    """Report a département, EPCI, pays or syndicat."""
    return by_host(cues)


@signal("science_centre")
def science_centre(cues: Sequence[Cue]) -> Weighed:
    """Report a science centre or museum."""
    return by_host(cues)


@signal("higher_education")
def higher_education(cues: Sequence[Cue]) -> Weighed:
    """Report a university, engineering or art school; "grande école du numérique" is a label, not one of them."""
    return by_host(cues)


@signal("campus")
def campus(cues: Sequence[Cue]) -> Weighed:
    """Report a campus as the place; a school may have one too."""
    return by_host(cues)


@signal("research_body")
def research_body(cues: Sequence[Cue]) -> Weighed:
    """Report a research body or researchers."""
    return by_host(cues)


@signal("innovation_campus")
def innovation_campus(cues: Sequence[Cue]) -> Weighed:
    """Report a living lab, technopole, incubator or technology transfer."""
    return by_host(cues)


@signal("vocational_body")
def vocational_body(cues: Sequence[Cue]) -> Weighed:
    """Report a vocational or adult training body: GRETA, AFPA, CFA, UIMM, Simplon."""
    return by_host(cues)


@signal("insertion")
def insertion(cues: Sequence[Cue]) -> Weighed:
    """Report learners far from work: décrocheurs, demandeurs d'emploi, stagiaires, chantier d'insertion.

    They are a public and no host: naming them says as much as a genitive says of a host, and to receive them no less
    than to name one (T5).
    """
    for cue in cues:
        raised = {STATED: GENITIVE, MENTION: STATED}.get(cue.directness)
        factor = DIRECTNESS_STRENGTH[raised] / DIRECTNESS_STRENGTH[cue.directness] if raised else 1.0
        yield cue, min(cue.host_strength * factor, cue.place_strength)


@signal("employment_service")
def employment_service(cues: Sequence[Cue]) -> Weighed:
    """Report employment services: partners more often than operators."""
    return by_host(cues)


@signal("school")
def school_host(cues: Sequence[Cue]) -> Weighed:
    """Report a lycée, collège or high school as host."""
    return by_host(cues)


@signal("prototyping_office")
def prototyping_office(cues: Sequence[Cue]) -> Weighed:
    """Report an engineering office, shared factory or professional prototyping workshop."""
    return by_place(cues)


@signal("staff_lab")
def staff_lab(cues: Sequence[Cue]) -> Weighed:
    """Report a company's lab for its own staff."""
    return by_place(cues)


@signal("company_form")
def company_form(cues: Sequence[Cue]) -> Weighed:
    """Report a commercial legal form."""
    return by_place(cues)


@signal("health_body")
def health_host(cues: Sequence[Cue]) -> Weighed:
    """Report a hospital or rehabilitation centre as host: health labs stand outside the six archetypes."""
    return ((cue, cue.host_strength) for cue in cues if cue.role in IDENTITY_ROLES)
