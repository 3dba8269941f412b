"""What the place is, and what else goes on there."""

from collections.abc import Sequence

from warehouse.archetypes.reading.testimony import Cue
from warehouse.archetypes.signals.signal import Weighed, by_place, in_words, signal


@signal("third_place")
def third_place(cues: Sequence[Cue]) -> Weighed:
    """Report that the place is called a tiers-lieu."""
    return by_place(cues)


@signal("territory_factory")
def territory_factory(cues: Sequence[Cue]) -> Weighed:
    """Report the programme Fabriques de territoire."""
    return by_place(cues)


@signal("proximity_manufacture")
def proximity_manufacture(cues: Sequence[Cue]) -> Weighed:
    """Report the programme Manufactures de proximité."""
    return by_place(cues)


@signal("coworking")
def coworking(cues: Sequence[Cue]) -> Weighed:
    """Report coworking or telework on site."""
    return by_place(cues)


@signal("cafe")
def cafe(cues: Sequence[Cue]) -> Weighed:
    """Report a café, canteen or restaurant on site; a repair café is none."""
    return by_place(cues)


@signal("grocery", "culture", "lodging", "garden", "reuse_shop", "broadcast")
def other_function(cues: Sequence[Cue]) -> Weighed:
    """Report another hosting function: shop, culture, lodging, garden, ressourcerie, radio or studio.

    Only where it is described: "Les Jardins de la Culture" is a name.
    """
    return in_words(cues)


@signal("village")
def village(cues: Sequence[Cue]) -> Weighed:
    """Report a village or rural setting; never enough alone."""
    return by_place(cues)


@signal("hybrid_place")
def hybrid_place(cues: Sequence[Cue]) -> Weighed:
    """Report a place with a second life or several uses: friche, former barracks, lieu de vie."""
    return by_place(cues)


@signal("cooperative_form")
def cooperative_form(cues: Sequence[Cue]) -> Weighed:
    """Report a SCIC, SPL or régie de quartier."""
    return by_place(cues)
