"""The version of the published schema: one number, carried by every file of a snapshot."""

SCHEMA_VERSION = "1.1.0"
"""Major: a reader must change. Minor: columns appended. Patch: descriptions. Source: semver.org."""
