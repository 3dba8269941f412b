"""The latest release and a moment to how old it is, whether a weekly refresh was missed, and what readers are told."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.releases import ROOT, Releases
from warehouse.storage import Storage

ALLOWED_AGE_DAYS = 8.0
"""A week's release is due on its Monday; after the next Monday and a day for a late run, one was missed."""
FRESHNESS = f"{ROOT}/freshness.json"


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


@dataclass(frozen=True)
class LastRun:
    """What the last run that had to publish made of its week."""

    iso_week: str
    at: datetime
    result: str
    why: str | None


def write_freshness(storage: Storage, run: LastRun | None = None) -> None:
    """Write freshness.json beside the pointer: until when the latest release is fresh, and what the last run did.

    A reader of data needs `latest.json` alone; this file tells a monitor, or a person, why it has not moved. It is
    written by every run, also one that is held, and nothing depends on it. Of the last run of a later week it keeps the
    word: a backfill does not hide why the pointer stands. Without a run, as after an erasure, it keeps that word, too.

    Raises: ReleaseDamaged when the pointer cannot be read.
    """
    releases = Releases(storage)
    latest = releases.latest()
    told: dict[str, object] = {"latest": None, "fresh_until": None, "stale_sources": {}}
    if latest is not None:
        monday = datetime.combine(latest.snapshot_date, datetime.min.time(), UTC)
        sources = releases.manifest(latest.editions["full"]).sources
        told = {
            "latest": {"iso_week": latest.iso_week, "revision": latest.revision},
            "fresh_until": _written(monday + timedelta(days=ALLOWED_AGE_DAYS)),
            "stale_sources": {one.source: one.staleness_weeks for one in sources if one.staleness_weeks},
        }
    told["last_run"] = before = _told_before(storage)
    if run is not None and run.iso_week >= (before["iso_week"] or ""):
        told["last_run"] = {"iso_week": run.iso_week, "at": _written(run.at), "result": run.result, "why": run.why}
    storage.put(FRESHNESS, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode())


def _told_before(storage: Storage) -> dict[str, str | None]:
    """Return what the file says of the last run; of none when there is no file, or one that was tampered with."""
    nothing: dict[str, str | None] = {"iso_week": None}
    try:
        told = json.loads(storage.read(FRESHNESS))["last_run"] if storage.exists(FRESHNESS) else nothing
    except (ValueError, KeyError, TypeError):
        return nothing
    return told if isinstance(told, dict) and isinstance(told.get("iso_week"), str) else nothing


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
