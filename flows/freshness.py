"""The latest release and a moment to how old it is, and whether a weekly refresh was missed."""

from dataclasses import dataclass
from datetime import datetime

from warehouse.releases import Releases
from warehouse.storage import Storage

ALLOWED_AGE_DAYS = 8.0
"""A week's release is due on its Monday; after the next Monday and a day for a late run, one was missed."""


@dataclass(frozen=True)
class Freshness:
    """How old the latest release is."""

    iso_week: str | None
    """None when nothing was ever published."""
    age_days: float | None
    """Days from the Monday of the week to the moment asked about."""

    @property
    def is_fresh(self) -> bool:
        """True when no weekly refresh was missed."""
        return self.age_days is not None and self.age_days <= ALLOWED_AGE_DAYS

    def sentence(self) -> str:
        """Return the freshness in words."""
        if self.age_days is None:
            return "nothing is published yet"
        verdict = "fresh" if self.is_fresh else f"stale: older than {ALLOWED_AGE_DAYS:g} days"
        return f"{self.iso_week}  {self.age_days:.1f} days old, {verdict}"


def freshness(warehouse: str, now: datetime) -> Freshness:
    """Return how old the latest release of the warehouse is at the moment `now`.

    Raises: ReleaseDamaged when the pointer cannot be read.
    """
    latest = Releases(Storage(warehouse)).latest()
    if latest is None:
        return Freshness(None, None)
    monday = datetime.combine(latest.snapshot_date, datetime.min.time(), now.tzinfo)
    return Freshness(latest.iso_week, (now - monday).total_seconds() / 86_400)
