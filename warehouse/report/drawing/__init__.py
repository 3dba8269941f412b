"""Counts to pictures drawn once, in Python."""
