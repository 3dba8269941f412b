"""Signals to an archetype: points, facts, the order of the codebook, and the probability of being right."""
