"""Whom the lab serves, and with what."""

from collections.abc import Sequence

from warehouse.archetypes.reading.testimony import IDENTITY_ROLES, Cue
from warehouse.archetypes.signals.signal import Weighed, by_place, signal


@signal("professionals")
def professionals(cues: Sequence[Cue]) -> Weighed:
    """Report professionals, craftspeople, firms or start-ups as the public, not as founder or owner."""
    return (
        (cue, cue.place_strength)
        for cue in cues
        if cue.role not in IDENTITY_ROLES and cue.role not in {"legal", "label"}
    )


@signal("prototyping")
def prototyping(cues: Sequence[Cue]) -> Weighed:
    """Report prototyping or small series."""
    return by_place(cues)


@signal("paid_service")
def paid_service(cues: Sequence[Cue]) -> Weighed:
    """Report paid services: quotes, clients, prices without tax."""
    return by_place(cues)


@signal("subscription")
def subscription(cues: Sequence[Cue]) -> Weighed:
    """Report subscriptions, tenants or industrial machines."""
    return by_place(cues)


@signal("students")
def students(cues: Sequence[Cue]) -> Weighed:
    """Report students or teaching staff."""
    return by_place(cues)


@signal("research_innovation")
def research_innovation(cues: Sequence[Cue]) -> Weighed:
    """Report R&D or innovation."""
    return by_place(cues)


@signal("residents")
def residents(cues: Sequence[Cue]) -> Weighed:
    """Report residents or a priority neighbourhood."""
    return by_place(cues)


@signal("everyone_free")
def everyone_free(cues: Sequence[Cue]) -> Weighed:
    """Report a general public: free, seniors, families, youth."""
    return by_place(cues)


@signal("digital_mediation")
def digital_mediation(cues: Sequence[Cue]) -> Weighed:
    """Report digital mediation or inclusion."""
    return by_place(cues)


@signal("admin_help")
def admin_help(cues: Sequence[Cue]) -> Weighed:
    """Report help with administrative procedures."""
    return by_place(cues)


@signal("digital_initiation")
def digital_initiation(cues: Sequence[Cue]) -> Weighed:
    """Report first steps with computers, parenting, coding-goûter."""
    return by_place(cues)


@signal("digital_awareness")
def digital_awareness(cues: Sequence[Cue]) -> Weighed:
    """Report parenting, coding-goûter, science and media awareness."""
    return by_place(cues)


@signal("mobile")
def mobile(cues: Sequence[Cue]) -> Weighed:
    """Report a mobile lab."""
    return by_place(cues)


@signal("training_path")
def training_path(cues: Sequence[Cue]) -> Weighed:
    """Report training paths, qualifications, curricula."""
    return by_place(cues)


@signal("training_label")
def training_label(cues: Sequence[Cue]) -> Weighed:
    """Report the labels Grande École du Numérique or Qualiopi: labels, not activities."""
    return by_place(cues)
