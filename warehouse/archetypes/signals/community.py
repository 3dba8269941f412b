"""The community of the lab, and its machines."""

from collections.abc import Sequence

from warehouse.archetypes.reading.testimony import Cue
from warehouse.archetypes.reading.text import HOST
from warehouse.archetypes.signals.signal import Weighed, by_place, in_words, signal

_IN_NAME = 0.5
"""A name like "Hackerspace X" is a name (ruling 1)."""
_IN_KIND = 0.55
"""A source's own category is evidence, never the answer: with the same word in the name, 1.95, it stays below 2."""


@signal("community_lab")
def community_lab(cues: Sequence[Cue]) -> Weighed:
    """Report a lab that calls itself associative, a hackerspace or an open workshop; the name alone is no text."""
    return ((cue, cue.place_strength * {"name": _IN_NAME, "kind": _IN_KIND}.get(cue.role, 1.0)) for cue in cues)


@signal("association")
def association_form(cues: Sequence[Cue]) -> Weighed:
    """Report an association, charity or e.V.; not decisive, for 1, 2 and 6 are associations too."""
    return by_place(cues)


@signal("association")
def association_runs_it(cues: Sequence[Cue]) -> Weighed:
    """Report prose that says an association created or runs the lab."""
    return (
        (cue, cue.place_strength)
        for cue in cues
        if cue.role == "text" and cue.directness == HOST and not cue.is_several
    )


@signal("open_to_all")
def open_to_all(cues: Sequence[Cue]) -> Weighed:
    """Report that the lab is open to everybody."""
    return in_words(cues)


@signal("membership")
def membership(cues: Sequence[Cue]) -> Weighed:
    """Report members, volunteers or a community."""
    return in_words(cues)


@signal("sharing")
def sharing(cues: Sequence[Cue]) -> Weighed:
    """Report sharing of knowledge, DIY, open source."""
    return in_words(cues)


@signal("maker_culture")
def maker_culture(cues: Sequence[Cue]) -> Weighed:
    """Report makers, meeting, repairing: words everybody uses."""
    return in_words(cues)


@signal("open_lab")
def open_lab(cues: Sequence[Cue]) -> Weighed:
    """Report open-lab evenings, regular opening hours of a community, repair."""
    return in_words(cues)


@signal("opening_slots")
def opening_slots(cues: Sequence[Cue]) -> Weighed:
    """Report regular opening days; hours alone say little."""
    return in_words(cues)


@signal("charter")
def charter(cues: Sequence[Cue]) -> Weighed:
    """Report the Fab Lab charter or a network that asks for it."""
    return by_place(cues)


@signal("laser", "cnc")
def full_workshop(cues: Sequence[Cue]) -> Weighed:
    """Report laser and CNC together."""
    if {cue.concept for cue in cues} != {"laser", "cnc"}:
        return ()
    return by_place(cues)
