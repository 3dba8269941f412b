"""Everything about the lab once it is one lab: meaning, reference data, archetype, storage, publication."""
