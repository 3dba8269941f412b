"""The scoring model: fitted, measured, and kept as text."""
