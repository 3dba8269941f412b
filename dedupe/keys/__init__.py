"""The text of listings to comparison keys."""
