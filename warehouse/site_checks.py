"""Looks at the labs' own home pages: which are due, what is known of all, and what a lab gains by it.

A site that answers is a sign of life, and its head is evidence on the archetype. Neither is published as text, and a
page counts in an edition only for labs whose website there is that page: which may stand in it is its edition's matter.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import replaced
from warehouse.lake import Lake
from warehouse.schema import Listing, SiteCheck, conform, empty
from warehouse.weeks import Week

SOURCE = "lab_websites"
"""What evidence of a home page is said to come from."""
DAYS_BETWEEN = 28
"""A home page is looked at once a month at most."""
MOST_A_RUN = 1_500
"""Labs a weekly slice looks at: four of them are the 6,000 labs of all sources."""


def due(editions: Iterable[pa.Table], known: pa.Table, on: date, most: int = MOST_A_RUN) -> list[tuple[str, str]]:
    """Return the (lab_id, website) to look at on a day: those never seen first, then those seen longest ago.

    Args:
        editions: the labs of each edition, whose websites may differ.
        known: what is known (schema SiteCheck).
        on: the day.
        most: how many at most, those already looked at in the week of `on` included.
    """
    seen = {(row["lab_id"], row["website"]): row["checked_on"] for row in known.to_pylist()}
    left = most - sum(day.isocalendar()[:2] == on.isocalendar()[:2] for day in seen.values())
    pages = {(row["lab_id"], row["website"]) for labs in editions for row in _websites(labs)}
    waiting = [page for page in pages if page not in seen or (on - seen[page]).days >= DAYS_BETWEEN]
    return sorted(waiting, key=lambda page: (seen.get(page, date.min), page))[: max(left, 0)]


def added(known: pa.Table, new: pa.Table, editions: Iterable[pa.Table]) -> pa.Table:
    """Return what is known with the new looks in place of the old, of the websites labs still have."""
    rows = {(row["lab_id"], row["website"]): row for table in (known, new) for row in table.to_pylist()}
    pages = {(row["lab_id"], row["website"]) for labs in editions for row in _websites(labs)}
    return SiteCheck.table([SiteCheck(**row) for page, row in rows.items() if page in pages])


def confirmed(labs: pa.Table, known: pa.Table) -> pa.Table:
    """Return the labs, those confirmed by their own site where it answered after the last sign of life.

    A closed lab stays as it is: a site outlives its lab.
    """
    days = {(row["lab_id"], row["website"]): row["checked_on"] for row in _alive(known)}
    told = ("last_confirmed_on", "status_evidence", "confirmed_by")
    rows = labs.select(["lab_id", "website", "status", *told]).to_pylist()
    for row in rows:
        answered = days.get((row["lab_id"], row["website"]))
        if answered and row["status"] != "closed" and answered > (row["last_confirmed_on"] or date.min):
            row.update(zip(told, (answered, "site_answers", SOURCE), strict=True))
    for name in told:
        labs = replaced(labs, name, [row[name] for row in rows])
    return labs


def with_home_pages(listings: pa.Table, known: pa.Table) -> pa.Table:
    """Return the listings, and beside them one row a home page whose head says something of its lab.

    Args:
        listings: with a column `lab_id`; a page counts for a lab one of whose listings names it as its website.
        known: what is known (schema SiteCheck).
    """
    named = set(zip(listings["lab_id"].to_pylist(), listings["website"].to_pylist(), strict=True))
    pages = [row for row in _alive(known) if (row["lab_id"], row["website"]) in named and _said(row)]
    if not pages:
        return listings
    rows = [
        # no name: that of a page is a claim, and its address counts already as the website of the lab
        {"source": SOURCE, "source_key": row["website"], "name": "", "description": _said(row), "status": "unknown"}
        for row in pages
    ]
    heard = conform(pa.Table.from_pylist(rows), Listing)
    heard = heard.append_column("lab_id", pa.array([row["lab_id"] for row in pages], pa.string()))
    return pa.concat_tables([listings, heard.select(listings.column_names).cast(listings.schema)])


def known_before(lake: Lake, week: Week) -> pa.Table:
    """Return what is known before a week: the newest table of the weeks before it; no row before the first look."""
    newest = max((past for past in lake.weeks("site_checks") if past < week), default=None)
    return lake.read("site_checks", newest) if newest else empty(SiteCheck)


def _alive(known: pa.Table) -> list[dict[str, Any]]:
    """Return the looks at which the lab's own site answered: neither parked nor another site by now."""
    dead = pc.or_kleene(known["is_parked"], known["is_moved"]).fill_null(False)
    return known.filter(pc.and_(known["failure"].is_null(), pc.invert(dead))).to_pylist()  # type: ignore[no-any-return]


def _said(row: Mapping[str, Any]) -> str:
    return ". ".join(text for text in (row["title"], row["description"]) if text)


def _websites(labs: pa.Table) -> list[dict[str, Any]]:
    return labs.select(["lab_id", "website"]).filter(labs["website"].is_valid()).to_pylist()  # type: ignore[no-any-return]
