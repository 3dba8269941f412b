"""The making of a release: tables of an edition, its files, their place."""
