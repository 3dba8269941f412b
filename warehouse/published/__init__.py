"""What may be asked of published releases, and how they are forgotten."""
