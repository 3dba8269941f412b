"""A decision to the probability that it is right."""

from warehouse.archetypes.decision import Decision


def score(decision: Decision, *, disagreeing: int) -> float:
    """Return the calibrated score of a decision, 0-1."""
    return 0.8 - 0.05 * disagreeing
