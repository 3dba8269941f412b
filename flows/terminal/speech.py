"""What a command says: its result on standard output, one line of refusal on standard error, its exit status."""

import sys
from typing import Any

from warehouse.report.untrusted import plain, visible

DONE, WORLD, MISUSE = 0, 1, 2
"""Exit status: done (published); held or failed by the world; the user's error."""


def say(text: str) -> None:
    """Write a result to standard output, without characters a terminal would obey."""
    sys.stdout.write(visible(text).rstrip("\n") + "\n")


def note(text: str) -> None:
    """Write one line beside the result to standard error."""
    sys.stderr.write(f"labs: {plain(text)}\n")


def refuse(text: str, status: int = MISUSE) -> int:
    """Write why nothing was done to standard error, and return the exit status."""
    note(text)
    return status


def names(_: Any, tokens: Any) -> list[str]:
    """Return the names of a comma-separated option."""
    return [name.strip() for name in tokens[0].value.split(",") if name.strip()]
