"""What a person at a terminal sees and types: how far a run is, results and refusals, single keys."""
