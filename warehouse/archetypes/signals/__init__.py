"""The signals of a lab: who runs it, what the place is, whom it serves, who makes there."""

from warehouse.archetypes.signals import audience, community, operator, place
from warehouse.archetypes.signals.signal import SIGNALS, Signal, detect

__all__ = ["SIGNALS", "Signal", "audience", "community", "detect", "operator", "place"]
