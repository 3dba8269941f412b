"""When a source, or an entry of its directory, last answered, to how overdue it is and how long its listings last."""

from collections.abc import Mapping
from typing import Any

from warehouse.weeks import Week

MAX_STALE_WEEKS = 8
"""So long are last good listings kept; after it they have expired. Source: publishing-and-safety.md 1.6."""


def weeks_overdue(before: Mapping[str, Any] | None, week: Week, weeks_between: int) -> int:
    """Return for how many weeks, this one included, a source has been due without an answer: 0 when it is not due.

    Args:
        before: its state in the last week there is, None when there is none.
        week: this week.
        weeks_between: weeks from one crawl to the next.
    """
    if before is None or before["listings_week"] is None:
        return (before["staleness_weeks"] if before else 0) + 1
    return max(0, week.weeks_since(Week.parse(before["listings_week"])) - (weeks_between - 1))
