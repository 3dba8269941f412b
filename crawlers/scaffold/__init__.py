"""A URL to a new source: one look, a proposal, and the files a person completes."""
