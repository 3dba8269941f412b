"""What went wrong to the one line and the exit status the user gets; anything else is a bug and keeps its traceback."""

from flows.workers import WorkersUnreachable
from warehouse.checks import ChecksFailed
from warehouse.proof import ProofFailed
from warehouse.releases import ReleaseDamaged
from warehouse.schema import UserError
from warehouse.writer import AnotherWriter

HELD = (ChecksFailed, ProofFailed, ReleaseDamaged, AnotherWriter, WorkersUnreachable)
"""What the world did: exit status 1."""


def line_of(error: Exception) -> tuple[str | None, int]:
    """Return the line to print and the exit status; no line for a bug."""
    if isinstance(error, UserError):
        return str(error), 2
    if isinstance(error, HELD):
        return str(error), 1
    return None, 1
