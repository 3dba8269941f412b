"""What must not be kept for long to its end: contacts and archived pages, thirteen weeks after the newest release.

What stays is enough to work with: a week whose pages are gone is replayed from its listings, which lose their contacts.
"""

from datetime import date

import pyarrow as pa

from warehouse.columns import replaced
from warehouse.editions import CONTACT_WEEKS, EDITIONS
from warehouse.lake import Lake
from warehouse.releases import ROOT, Releases
from warehouse.storage import Storage
from warehouse.weeks import BadWeek, Week

ARCHIVE_WEEKS = 13
"""So long are pages kept. Source: issue 7; the guide's own limit of 90 days is the same."""

_PERSONAL = ("email", "phone")


def expire_contacts(storage: Storage, *, weeks: int = CONTACT_WEEKS) -> list[Week]:
    """Remove the published contacts of weeks past retention; return those weeks.

    Releases stay as they are: their manifests say how long contacts are kept.
    """
    names = storage.names(f"{ROOT}/contacts")
    dated = {name: Week.of(date.fromisoformat(name.removeprefix("snapshot_date="))) for name in names}
    old = _past(storage, dated, weeks)
    for name in old:
        storage.remove(f"{ROOT}/contacts/{name}")
    return sorted(old.values())


def expire_archive(storage: Storage, *, weeks: int = ARCHIVE_WEEKS) -> list[Week]:
    """Remove the archived pages of weeks past retention; return those weeks."""
    named = {}
    for name in storage.names("archive"):
        try:
            named[name] = Week.parse(name.removeprefix("week="))
        except BadWeek:
            continue
    old = _past(storage, named, weeks)
    for name in old:
        storage.remove(f"archive/{name}")
    return sorted(old.values())


def expire_lake(lake: Lake, *, weeks: int = CONTACT_WEEKS) -> list[Week]:
    """Empty e-mail and phone of listings past retention, and drop contacts past it; return the weeks touched."""
    touched = set()
    for week in _past(lake.storage, {str(week): week for week in lake.weeks("listings")}, weeks).values():
        listings = lake.read("listings", week)
        if any(listings[name].null_count < listings.num_rows for name in _PERSONAL):
            lake.write("listings", week, _without_contacts(listings))
            touched.add(week)
    for own in (lake, *(Lake(lake.storage, edition=name) for name in EDITIONS if name != "full")):
        for week in _past(lake.storage, {str(week): week for week in own.weeks("contacts")}, weeks).values():
            own.remove("contacts", week)
            touched.add(week)
    return sorted(touched)


def _past(storage: Storage, named: dict[str, Week], weeks: int) -> dict[str, Week]:
    latest = Releases(storage).latest()
    if latest is None:
        return {}
    newest = Week.parse(latest.iso_week)
    return {name: week for name, week in named.items() if newest.weeks_since(week) >= weeks}


def _without_contacts(listings: pa.Table) -> pa.Table:
    for name in _PERSONAL:
        listings = replaced(listings, name, pa.nulls(listings.num_rows, pa.string()))
    return listings
