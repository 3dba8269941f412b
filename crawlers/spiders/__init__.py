"""One file a source: its declaration and what its fields mean."""
